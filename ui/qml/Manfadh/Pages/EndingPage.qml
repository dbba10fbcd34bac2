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

    heading: {
        if (taking)
            return vm.paper ? qsTr("Take your card and your receipt") : qsTr("Take your card");
        switch (vm.end) {
        case "card-removed": return qsTr("You took your card");
        case "cancelled": return qsTr("The visit was cancelled");
        case "timed-out": return qsTr("The visit ended after a pause");
        case "device-lost": return qsTr("The terminal had to stop");
        default: return qsTr("Thank you");
        }
    }
    help: {
        if (vm.kept)
            return qsTr("Your request is saved and takes effect. Everything else was deleted here.");
        switch (vm.end) {
        case "finished": return qsTr("Everything you entered was deleted here.");
        case "card-refused": return qsTr("Nothing of the card stays here.");
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
    Rectangle {
        Layout.alignment: Qt.AlignHCenter
        visible: !page.taking
        implicitWidth: Theme.size.photoHeight
        implicitHeight: Theme.size.photoHeight
        radius: width / 2
        color: page.good ? Theme.color.successGround : Theme.color.warningGround
        border.width: Theme.size.stroke
        border.color: page.good ? Theme.color.success : Theme.color.warning
        Icon {
            anchors.centerIn: parent
            name: page.good ? "check" : page.vm.end === "timed-out" ? "clock" : "hand-stop"
            size: Theme.size.iconHuge
            color: page.good ? Theme.color.success : Theme.color.warning
        }
    }
    readonly property bool good: vm.kept || vm.end === "finished" || vm.end === ""
}
