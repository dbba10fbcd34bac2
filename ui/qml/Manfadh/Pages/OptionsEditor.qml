pragma ComponentBehavior: Bound

// One or several of a list: subjects, places, languages.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    readonly property bool iconic: vm.options.some(option => option.icon !== "")
    readonly property bool multiple: vm.multiple

    GridLayout {
        Layout.fillWidth: true
        columns: Theme.largeText ? 1 : Theme.portrait || editor.iconic ? 2 : 3
        columnSpacing: Theme.size.medium
        rowSpacing: Theme.size.small
        uniformCellWidths: true
        Repeater {
            model: editor.vm.options
            ChoiceCard {
                required property var modelData
                Layout.fillWidth: true
                Layout.fillHeight: true
                topPadding: Theme.size.small
                bottomPadding: Theme.size.small + Theme.size.edge
                implicitHeight: Math.max(Theme.size.target, implicitContentHeight + topPadding + bottomPadding)
                objectName: modelData.name
                text: modelData.text
                iconName: modelData.icon
                titleSize: Theme.type.label
                multiple: editor.multiple
                chosen: editor.vm.chosen.includes(modelData.code)
                onClicked: editor.multiple ? editor.vm.toggle(modelData.code) : editor.vm.choose(modelData.code)
            }
        }
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
