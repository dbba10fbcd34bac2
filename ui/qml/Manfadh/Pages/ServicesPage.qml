pragma ComponentBehavior: Bound

// What can be done here: shelves of tiles; what cannot be used now says why.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property ServicesViewModel vm
    readonly property bool searched: vm.count > 8 // few services are quicker to see than to search
    property bool typing: false

    heading: qsTr("What do you need today?")
    help: typing ? "" : qsTr("Touch a service to begin.")

    Banner {
        Layout.fillWidth: true
        visible: !page.shell.online
        iconName: "cloud-off"
        title: qsTr("No network now. You can go on.")
        text: qsTr("What is kept here is sent by itself when the network returns.")
    }
    TextField {
        id: field
        objectName: "field_services"
        Layout.fillWidth: true
        visible: page.searched
        text: page.vm.query
        suffixIcon: "search"
        placeholderText: qsTr("Search for a service")
        Accessible.name: qsTr("Search for a service")
        onEdited: value => page.vm.search(value)
        onPressed: page.typing = true
    }
    Label {
        Layout.fillWidth: true
        visible: page.vm.shelves.length === 0
        text: qsTr("No service of this name. Try another word.")
        color: Theme.color.inkSoft
    }
    Repeater {
        model: page.vm.shelves
        ColumnLayout {
            id: shelf
            required property var modelData
            Layout.fillWidth: true
            spacing: Theme.size.small
            RowLayout {
                spacing: Theme.size.small
                Icon {
                    name: shelf.modelData.icon
                    size: Theme.size.iconSmall
                    color: Theme.color.accent
                }
                Label {
                    Layout.fillWidth: true
                    text: shelf.modelData.title
                    font.weight: Theme.type.bold
                    color: Theme.color.accent
                    Accessible.role: Accessible.Heading
                }
            }
            GridLayout {
                Layout.fillWidth: true
                columns: Theme.largeText && Theme.portrait ? 1 : 2
                columnSpacing: Theme.size.medium
                rowSpacing: Theme.size.small
                uniformCellWidths: true
                Repeater {
                    model: shelf.modelData.services
                    ServiceTile {
                        required property var modelData
                        Layout.fillWidth: true
                        Layout.fillHeight: true
                        service: modelData
                        online: page.shell.online
                        onClicked: page.vm.choose(modelData.id)
                    }
                }
            }
        }
    }

    lower: Keyboard {
        width: parent?.width ?? 0
        visible: page.typing
        height: visible ? implicitHeight : 0
        start: page.typing ? Theme.rtl ? "ar" : "en" : ""
        onTyped: text => field.type(text)
        onErased: field.erase()
        onCleared: field.wipe()
        onEntered: page.typing = false
    }
}
