pragma ComponentBehavior: Bound

// The card is as wanted: what that means, and the receipt.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property ConfirmationViewModel vm
    required property CardTaskViewModel task

    heading: {
        switch (task.kind) {
        case "change-pin": return qsTr("Your PIN is changed");
        case "unblock-pin": return qsTr("Your PIN is unblocked");
        default: return qsTr("Your card is active");
        }
    }
    help: qsTr("Transaction number: %1").arg("\u2066" + vm.reference + "\u2069")
    primaryText: qsTr("Finish")
    primaryIcon: "check"
    onPrimary: shell.proceed()

    GridLayout {
        Layout.fillWidth: true
        columns: Theme.largeText ? 1 : 2
        columnSpacing: Theme.size.large_
        rowSpacing: Theme.size.medium

        ColumnLayout {
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignTop
            spacing: Theme.size.medium
            Banner {
                Layout.fillWidth: true
                tone: Banner.Success
                iconName: "circle-check"
                title: qsTr("Done")
            }
            Repeater {
                model: page.vm.nextSteps
                Label {
                    required property string modelData
                    Layout.fillWidth: true
                    text: modelData
                }
            }
            Label {
                Layout.fillWidth: true
                text: page.vm.office + "\n\u2066" + page.vm.phone + "\u2069"
                font.weight: Theme.type.semibold
            }
        }
        ReceiptPanel {
            Layout.alignment: Qt.AlignTop | Qt.AlignHCenter
            vm: page.vm
        }
    }
}
