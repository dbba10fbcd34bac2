// The PIN: to say who you are, and again to sign.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property PinViewModel vm

    heading: vm.signing ? qsTr("Enter your PIN to sign") : qsTr("Enter your card PIN")
    help: Theme.largeText && warning.grave && !vm.signing ? "" : vm.signing ? qsTr("With your PIN you sign: %1. It then counts as your signature.").arg(vm.subject)
                     : qsTr("Six digits. Cover the pad with your hand: the PIN is neither shown nor stored.")
    primaryText: vm.checking ? "" : vm.signing ? qsTr("Sign and submit") : qsTr("Continue")
    onPrimary: shell.proceed()
    centred: true

    noticeShown: warning.worded && !Theme.portrait
    notice: PinNotice {
        id: warning
        Layout.fillWidth: true
        vm: page.vm
    }

    PinNotice {
        Layout.fillWidth: true
        visible: worded && Theme.portrait
        vm: page.vm
    }
    PinBoxes {
        Layout.alignment: Qt.AlignHCenter
        Layout.topMargin: Theme.size.small
        Layout.bottomMargin: Theme.size.small
        filled: page.vm.digits
        length: page.vm.length
        invalid: page.vm.incomplete
        label: qsTr("%n digits entered", "", page.vm.digits)
    }
    PinPad {
        Layout.alignment: Qt.AlignHCenter
        visible: !page.vm.checking
        onDigitPressed: digit => page.vm.press(digit)
        onErasePressed: page.vm.erase()
        onClearPressed: page.vm.clear()
    }
    Waiting {
        Layout.fillWidth: true
        visible: page.vm.checking
        text: qsTr("Checking your PIN. Leave the card in the slot.")
    }
}
