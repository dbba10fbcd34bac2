// Why this card cannot be used, and what to do.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardProblemViewModel vm
    readonly property bool unblockable: vm.problem === "pin-blocked" || vm.problem === "finger-refused"
    readonly property bool again: vm.problem === "mute" || vm.problem === "unreadable"

    heading: {
        switch (vm.problem) {
        case "mute": return qsTr("Turn the card over");
        case "not-genuine": return qsTr("This card could not be verified");
        case "not-supported": return qsTr("This card cannot be used here");
        case "not-activated": return qsTr("Your card is not activated yet");
        case "expired": return qsTr("Your card has expired");
        case "pin-blocked": return qsTr("Your PIN is blocked");
        case "puk-blocked": return qsTr("The unblocking code is blocked");
        case "finger-refused": return qsTr("Your fingerprint does not unblock this card");
        case "revoked": return qsTr("This card was cancelled");
        case "identity-mismatch": return qsTr("The card's data do not belong together");
        default: return qsTr("The card could not be read");
        }
    }
    help: {
        switch (vm.problem) {
        case "mute": return qsTr("The chip does not answer. Insert the card chip first, with the chip facing up.");
        case "not-genuine": return qsTr("For your safety no service is offered with it. Please visit a Civil Status office.");
        case "not-supported": return qsTr("Use your Omani ID card or your resident card.");
        case "not-activated": return qsTr("It has no PIN so far. Civil Status offices and Sanad centres activate it.");
        case "expired": return qsTr("Renew it at a Civil Status office, then come back.");
        case "finger-refused": return qsTr("With the PUK from the letter that came with the card you can choose a new PIN.");
        case "pin-blocked": return vm.finger ? qsTr("It was entered wrongly too often. With your fingerprint, or with the PUK from the letter that came with the card, you can choose a new one.") : qsTr("It was entered wrongly too often. With the PUK from the letter that came with the card you can choose a new one.");
        case "puk-blocked": return qsTr("It was entered wrongly too often. Please visit a Civil Status office with the card.");
        case "revoked": return qsTr("It was reported lost or replaced by a new one. If that is a mistake, please visit a Civil Status office.");
        case "identity-mismatch": return qsTr("For your safety no service is offered with it. Please visit a Civil Status office.");
        default: return qsTr("Take it out, wipe the chip with a dry cloth and insert it again.");
        }
    }
    primaryText: unblockable ? qsTr("I have the PUK") : ""
    primaryIcon: "lock"
    primaryQuiet: vm.finger
    onPrimary: vm.unblock()
    centred: true

    CardIllustration {
        Layout.alignment: Qt.AlignHCenter
        visible: !page.vm.finger
        // Above a button there is less room, and what to do without a PUK must be seen at once.
        size: Theme.size.illustration * (page.unblockable && !Theme.portrait ? 0.8 : 1)
        motion: page.again && !page.vm.cardPresent ? CardIllustration.In : CardIllustration.Out
    }
    // The card stays where it is: its finger is asked for next.
    Icon {
        Layout.alignment: Qt.AlignHCenter
        Layout.bottomMargin: Theme.size.medium
        visible: page.vm.finger
        name: "fingerprint"
        size: Theme.size.iconHuge
        color: Theme.color.accent
    }
    Button {
        objectName: "fingerButton"
        Layout.fillWidth: true
        visible: page.vm.finger
        kind: Button.Primary
        iconName: "fingerprint"
        text: qsTr("Unblock with your fingerprint")
        onClicked: page.vm.unblockByFinger()
    }
    Banner {
        Layout.fillWidth: true
        tone: page.again || page.unblockable ? Banner.Warning : Banner.Danger
        iconName: page.again ? "refresh" : page.unblockable ? "lock" : "shield-x"
        text: page.again ? qsTr("Please take the card out and insert it again.")
            : page.unblockable ? qsTr("No PUK? Take your card and visit a Civil Status office.")
                               : qsTr("Please take your card.")
    }
}
