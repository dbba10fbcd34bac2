// One secret of the card: one-time code, PIN until now, PUK, new PIN, the new PIN again.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardTaskViewModel vm
    required property PinViewModel pin
    readonly property bool code: vm.asks === "code"

    heading: {
        switch (vm.asks) {
        case "code": return qsTr("Enter the code from your phone");
        case "old-pin": return vm.transport ? qsTr("Enter the PIN of the letter") : qsTr("Enter your PIN as it is now");
        case "puk": return qsTr("Enter the unblocking code (PUK)");
        case "repeat-pin": return qsTr("Enter the new PIN again");
        default: return qsTr("Choose your PIN");
        }
    }
    help: {
        // Large letters leave room for one of the two: what was wrong comes before how it is done.
        if (Theme.largeText && warning.worded)
            return "";
        switch (vm.asks) {
        case "code": return vm.sentTo === "" ? "" : qsTr("We sent a text message with six digits to %1.").arg("\u2066" + vm.sentTo + "\u2069");
        case "old-pin": return vm.transport ? qsTr("Six digits, from the letter that came with your card.") : qsTr("Six digits. Cover the pad with your hand: the PIN is neither shown nor stored.");
        case "puk": return qsTr("Eight digits, from the letter that came with your card.");
        case "repeat-pin": return qsTr("The same six digits once more, so that no slip of the finger stays.");
        default: return qsTr("Six digits that nobody guesses: not your birth date, not your civil number, no 111111 and no 123456.");
        }
    }
    primaryText: vm.busy ? "" : qsTr("Continue")
    secondaryText: code && !vm.busy ? qsTr("New code") : ""
    onPrimary: shell.proceed()
    onSecondary: vm.newCode()
    centred: true

    noticeShown: warning.worded && !Theme.portrait
    notice: CardTaskNotice {
        id: warning
        Layout.fillWidth: true
        vm: page.vm
        pin: page.pin
    }

    CardTaskNotice {
        Layout.fillWidth: true
        visible: worded && Theme.portrait
        vm: page.vm
        pin: page.pin
    }
    PinBoxes {
        Layout.alignment: Qt.AlignHCenter
        Layout.topMargin: Theme.size.small
        Layout.bottomMargin: Theme.size.small
        filled: page.pin.digits
        length: page.pin.length
        invalid: page.pin.incomplete
        label: qsTr("%n digits entered", "", page.pin.digits)
    }
    PinPad {
        Layout.alignment: Qt.AlignHCenter
        visible: !page.vm.busy
        onDigitPressed: digit => page.pin.press(digit)
        onErasePressed: page.pin.erase()
        onClearPressed: page.pin.clear()
    }
    Waiting {
        Layout.fillWidth: true
        visible: page.vm.busy
        text: page.code && page.vm.sentTo === "" ? qsTr("Sending a text message to your registered number")
                                                 : qsTr("One moment. Leave the card in the slot.")
    }
}
