// The end of a visit: take the card, or why it ended by itself.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property EndingViewModel vm
    readonly property bool taking: shell.page === "take-card"
    readonly property bool good: vm.end === "finished"

    heading: {
        if (taking)
            return vm.paper ? qsTr("Take your card and your receipt") : qsTr("Take your card");
        switch (vm.end) {
        case "card-removed": return qsTr("You took your card");
        case "cancelled": return qsTr("The visit was cancelled");
        case "timed-out": return qsTr("The visit ended after a pause");
        case "device-lost": return qsTr("The terminal had to stop");
        case "not-kept": return qsTr("Your request could not be saved");
        default: return qsTr("Thank you");
        }
    }
    help: {
        switch (vm.end) {
        case "finished": return vm.done === "refused" ? qsTr("The office did not take your request. Please call it. Everything you entered was deleted here.")
            : vm.done === "card" ? qsTr("Your card is ready. Everything you entered was deleted here.")
            : qsTr("Your request is saved and takes effect. Everything else was deleted here.");
        case "card-refused": return qsTr("Nothing of the card stays here.");
        case "not-kept": return qsTr("Nothing was sent and nothing will happen. Please use another terminal.");
        case "device-lost": return qsTr("A device failed. Nothing was sent, and everything you entered was deleted. Please use another terminal.");
        default: return qsTr("Nothing was sent, and everything you entered was deleted here.");
        }
    }
    centred: true

    CardIllustration {
        Layout.alignment: Qt.AlignHCenter
        visible: page.taking
        motion: CardIllustration.Out
    }
    Item {
        Layout.alignment: Qt.AlignHCenter
        visible: !page.taking
        implicitWidth: Theme.size.pane * 0.9
        implicitHeight: Theme.size.pane + Theme.size.huge
        Rectangle {
            anchors.fill: portal
            anchors.margins: -Theme.size.wide
            visible: !Theme.highContrast
            radius: Theme.size.huge
            color: Theme.color.night
            Pattern {
                anchors.fill: parent
            }
        }
        Image {
            id: portal
            anchors.horizontalCenter: parent.horizontalCenter
            y: Theme.size.wide
            width: Theme.size.pane * 0.8
            height: Theme.size.pane * 0.89
            sourceSize: Qt.size(width, height)
            source: Theme.art("portal")
            Accessible.ignored: true
        }
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.verticalCenter: portal.bottom
            width: Theme.size.photoWidth
            height: width
            radius: width / 2
            color: page.good ? Theme.color.successGround : Theme.color.warningGround
            border.width: Theme.size.edge
            border.color: page.good ? Theme.color.success : Theme.color.warning
            Icon {
                anchors.centerIn: parent
                name: page.good ? "check" : page.vm.end === "timed-out" ? "clock" : "hand-stop"
                size: Theme.size.iconHuge
                color: page.good ? Theme.color.success : Theme.color.warning
            }
        }
    }
}
