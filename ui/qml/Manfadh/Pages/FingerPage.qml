// The cardholder's finger in place of the PUK: the sensor waits for it, the card compares it.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardTaskViewModel vm
    required property PinViewModel pin
    readonly property bool broken: vm.problem === "offline" || vm.problem === "hardwareError"

    heading: qsTr("Put your finger on the sensor")
    help: qsTr("The finger that was taken when the card was made. Your card compares it itself: it is neither sent anywhere nor stored.")
    primaryText: vm.busy || broken ? "" : qsTr("Try again")
    primaryIcon: "refresh"
    secondaryText: qsTr("I have the PUK")
    onPrimary: shell.proceed()
    onSecondary: vm.usePuk()
    centred: true

    Banner {
        objectName: "fingerProblem"
        Layout.fillWidth: true
        visible: !page.vm.busy && title !== ""
        tone: page.pin.wrong && !page.broken ? Banner.Danger : Banner.Warning
        title: page.broken ? qsTr("The sensor is not working")
            : page.vm.problem !== "" ? qsTr("No finger was seen")
            : page.pin.wrong ? qsTr("The fingerprint does not match") : ""
        text: {
            if (page.broken)
                return qsTr("Use the PUK from the letter that came with the card, or visit a Civil Status office.");
            if (page.vm.problem !== "")
                return qsTr("Put it flat on the sensor and keep it still. No try is lost.");
            const left = page.pin.triesLeft >= 0 ? qsTr("%n tries left", "", page.pin.triesLeft) : "";
            const hint = qsTr("Wipe finger and sensor, then try again.");
            return left === "" ? hint : left + " · " + hint;
        }
    }
    Icon {
        Layout.alignment: Qt.AlignHCenter
        name: "fingerprint"
        size: Theme.size.iconHuge
        color: Theme.color.accent
    }
    Waiting {
        Layout.fillWidth: true
        visible: page.vm.busy
        text: qsTr("Waiting for your finger. Leave the card in the slot.")
    }
}
