pragma ComponentBehavior: Bound

// The card is active already: whose it is, how it stands, and the way to another PIN.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property PinViewModel pin
    required property IdentityViewModel identity

    heading: qsTr("Your card is already active")
    help: qsTr("There is nothing more to do. You can use it for every service here.")
    primaryText: qsTr("Change your PIN")
    primaryIcon: "lock"
    onPrimary: shell.proceed()
    centred: true

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
        model: [
            { icon: "circle-check", text: qsTr("Valid until %1").arg("\u2066" + page.identity.expiry + "\u2069") },
            { icon: "lock", text: page.pin.triesLeft >= 0 ? qsTr("You have chosen a PIN; %n tries are left.", "", page.pin.triesLeft) : qsTr("You have chosen a PIN.") },
            { icon: "shield-check", text: qsTr("Both of its certificates are valid: to sign in and to sign.") }
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
