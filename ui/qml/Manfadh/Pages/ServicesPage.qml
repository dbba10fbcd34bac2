pragma ComponentBehavior: Bound

// What can be done here.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property ServicesViewModel vm

    heading: qsTr("What do you need today?")
    help: qsTr("Touch a service to begin.")

    Repeater {
        model: page.vm.services
        ServiceCard {
            required property var modelData
            Layout.fillWidth: true
            objectName: "service_" + modelData.id
            iconName: modelData.icon
            text: modelData.title
            note: modelData.summary
            minutes: modelData.minutes
            fee: modelData.fee
            onClicked: page.vm.choose(modelData.id)
        }
    }
    Banner {
        Layout.fillWidth: true
        Layout.topMargin: Theme.size.small
        visible: !page.shell.online
        iconName: "cloud-off"
        title: qsTr("The network is down. You can go on.")
        text: qsTr("Your request is saved here and sent by itself when the network returns.")
    }
}
