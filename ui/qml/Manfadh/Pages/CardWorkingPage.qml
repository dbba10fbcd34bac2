// The card makes its keys or takes its PIN: the moment when it must not be touched.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardTaskViewModel vm

    heading: vm.kind === "activate-card" ? qsTr("Your card is being activated") : qsTr("Your new PIN is being set")
    help: qsTr("Leave your card in the slot.")
    centred: true

    Spinner {
        Layout.alignment: Qt.AlignHCenter
        size: Theme.size.photoHeight
    }
    Label {
        objectName: "progress"
        Layout.fillWidth: true
        Layout.topMargin: Theme.size.wide
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.type.title
        font.weight: Theme.type.semibold
        text: {
            if (page.vm.kind !== "activate-card" || page.vm.transport)
                return qsTr("One moment");
            switch (page.vm.step) {
            case 2: return qsTr("Setting your PIN");
            case 3: return qsTr("Making the key for signing in");
            case 4: return qsTr("Making the key for signing");
            case 5: return qsTr("Checking everything");
            default: return qsTr("Asking the central office");
            }
        }
    }
    Label {
        Layout.fillWidth: true
        visible: page.vm.steps > 0
        horizontalAlignment: Text.AlignHCenter
        color: Theme.color.inkSoft
        //: progress of the activation
        text: qsTr("Step %1 of %2").arg(page.vm.step).arg(page.vm.steps)
    }
}
