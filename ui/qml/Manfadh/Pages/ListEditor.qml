pragma ComponentBehavior: Bound

// Rows of a registry to choose from: search, pages, groups, and why some cannot be chosen.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

Editor {
    id: editor

    readonly property RowsViewModel rows: vm.rows as RowsViewModel
    readonly property bool searched: rows.count > 12 // few rows are quicker to read than to search
    property bool typing: false

    keyboard: typing ? Theme.rtl ? "ar" : "en" : ""
    onTyped: text => field.type(text)
    onErased: field.erase()
    onCleared: field.wipe()
    onEntered: typing = false

    Waiting {
        Layout.fillWidth: true
        visible: editor.rows.waiting
        text: qsTr("Asking the registry")
    }
    Banner {
        Layout.fillWidth: true
        visible: editor.rows.unavailable !== "" && !editor.rows.waiting
        iconName: "cloud-off"
        title: qsTr("The list cannot be shown now.")
        text: editor.rows.unavailable
    }
    Label {
        objectName: "nothingListed"
        Layout.fillWidth: true
        visible: !editor.rows.waiting && editor.rows.unavailable === "" && editor.rows.foundCount === 0
        text: editor.rows.count === 0 ? qsTr("There is nothing to choose from at present.") : qsTr("Nothing was found. Try other words.")
        color: Theme.color.inkSoft
    }
    RowLayout {
        Layout.fillWidth: true
        visible: editor.searched || editor.rows.pageCount > 1
        spacing: Theme.size.small
        TextField {
            id: field
            objectName: "field_search"
            Layout.fillWidth: true
            text: editor.rows.query
            suffixIcon: "search"
            placeholderText: qsTr("Name or number")
            Accessible.name: qsTr("Search in the list")
            onEdited: value => editor.rows.search(value)
            onPressed: editor.typing = true
        }
        Button {
            objectName: "previousRows"
            visible: editor.rows.pageCount > 1
            enabled: editor.rows.page > 1
            opacity: enabled ? 1 : Theme.dimmed
            iconName: Theme.arrowBack
            Accessible.name: qsTr("Previous page")
            onClicked: editor.rows.turn(-1)
        }
        Label {
            objectName: "rowsPage"
            visible: editor.rows.pageCount > 1
            text: "\u2066" + editor.rows.page + " / " + editor.rows.pageCount + "\u2069"
            wrapMode: Text.NoWrap
            //: which page of the list this is, and how many there are
            Accessible.name: qsTr("Page %1 of %2").arg(editor.rows.page).arg(editor.rows.pageCount)
            font.weight: Theme.type.semibold
        }
        Button {
            objectName: "nextRows"
            visible: editor.rows.pageCount > 1
            enabled: editor.rows.page < editor.rows.pageCount
            opacity: enabled ? 1 : Theme.dimmed
            iconName: Theme.arrowForward
            Accessible.name: qsTr("Next page")
            onClicked: editor.rows.turn(1)
        }
    }
    Flow {
        Layout.fillWidth: true
        visible: editor.rows.groups.length > 0
        spacing: Theme.size.small
        Repeater {
            model: editor.rows.groups
            Button {
                required property var modelData
                objectName: "group_" + modelData.id
                iconName: modelData.chosen ? "check" : "users"
                text: "%1 (%2)".arg(modelData.text).arg(modelData.count)
                Accessible.checkable: true
                Accessible.checked: modelData.chosen
                onClicked: editor.rows.pickGroup(modelData.id)
            }
        }
    }
    ColumnLayout {
        Layout.fillWidth: true
        visible: editor.rows.foundCount > 0
        spacing: Theme.size.tiny
        Repeater {
            model: editor.rows.rows
            ListRow {
                required property var modelData
                Layout.fillWidth: true
                row: modelData
                multiple: editor.vm.multiple
                onPicked: editor.rows.pick(modelData.id)
            }
        }
    }
    Rectangle {
        objectName: "chosenBar"
        Layout.fillWidth: true
        visible: editor.vm.multiple && editor.rows.chosenCount > 0
        implicitHeight: chosen.implicitHeight + Theme.size.medium * 2
        radius: Theme.size.radius
        color: Theme.color.night
        Label {
            id: chosen
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            anchors.margins: Theme.size.large_
            text: editor.rows.chosenAmount === "" ? qsTr("%n chosen", "", editor.rows.chosenCount)
                : "%1 · %2".arg(qsTr("%n chosen", "", editor.rows.chosenCount)).arg(editor.rows.chosenAmount)
            color: Theme.color.nightInk
            font.weight: Theme.type.bold
        }
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
