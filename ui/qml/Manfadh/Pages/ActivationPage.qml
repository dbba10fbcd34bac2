pragma ComponentBehavior: Bound

// A new card: whose it is and what activation takes.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardTaskViewModel vm
    required property IdentityViewModel identity

    heading: qsTr("Activate your card")
    help: vm.transport ? qsTr("Your card still has the PIN of the letter that came with it. It takes about a minute.")
                       : qsTr("Your card is new and has no PIN yet. It takes about two minutes.")
    primaryText: qsTr("Activate")
    onPrimary: shell.proceed()
    centred: true

    Banner {
        Layout.fillWidth: true
        visible: !page.vm.online && !page.vm.transport
        tone: Banner.Warning
        iconName: "wifi-off"
        title: qsTr("A network is needed")
        text: qsTr("Activation works only with a network. What was done is kept: try again in a while, here or elsewhere.")
    }
    IdentityCard {
        Layout.fillWidth: true
        photo: page.identity.photo
        nameAr: page.identity.nameAr
        nameEn: page.identity.nameEn
        civilNumber: page.identity.civilNumber
        expiry: page.identity.expiry
        resident: page.identity.resident
    }
    Repeater {
        model: page.vm.transport ? [
            { icon: "file-text", text: qsTr("You enter the PIN of the letter, once.") },
            { icon: "lock", text: qsTr("You choose a PIN of six digits, twice.") },
            { icon: "shield-check", text: qsTr("Only your own PIN is good from then on, and you get a receipt.") }
        ] : [
            { icon: "device-mobile", text: qsTr("You get a code by text message on the phone number registered for you.") },
            { icon: "lock", text: qsTr("You choose a PIN of six digits, twice.") },
            { icon: "shield-check", text: qsTr("Your card makes its keys, and you get a receipt.") }
        ]
        RowLayout {
            id: line
            required property var modelData
            Layout.fillWidth: true
            spacing: Theme.size.medium
            Icon {
                name: line.modelData.icon
                color: Theme.color.accent
            }
            Label {
                Layout.fillWidth: true
                text: line.modelData.text
            }
        }
    }
}
