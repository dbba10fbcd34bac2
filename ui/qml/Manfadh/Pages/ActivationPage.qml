pragma ComponentBehavior: Bound

// A new card: whose it is, what activation takes, and what stands in its way now.
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
    help: qsTr("Your card is new and has no PIN yet. It takes about two minutes.")
    primaryText: qsTr("Activate")
    onPrimary: shell.proceed()
    centred: true

    Banner {
        objectName: "activationProblem"
        Layout.fillWidth: true
        visible: title !== ""
        tone: Banner.Warning
        iconName: page.vm.problem === "network" ? "wifi-off" : "alert-triangle"
        title: {
            switch (page.vm.problem) {
            case "": return page.vm.online ? "" : qsTr("A network is needed");
            case "network": return qsTr("A network is needed");
            case "no-mobile": return qsTr("No phone number is registered for you");
            case "code-used-up": return qsTr("The code was wrong too often");
            case "too-many-codes": return qsTr("Too many codes were sent");
            case "not-approved": return qsTr("The time for the code has run out");
            default: return qsTr("This card cannot be activated here");
            }
        }
        text: {
            switch (page.vm.problem) {
            case "":
            case "network": return qsTr("Activation works only with a network. What was done is kept: try again in a while, here or elsewhere.");
            case "no-mobile": return qsTr("Register your number at a Civil Status office, then come back.");
            case "code-used-up":
            case "not-approved": return qsTr("Press Activate: you get a new code.");
            case "too-many-codes": return qsTr("Please wait an hour, then try again.");
            default: return qsTr("Please visit a Civil Status office with the card.");
            }
        }
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
        model: [
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
