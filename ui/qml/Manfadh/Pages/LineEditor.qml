// One line: an amount, a number, an address, a name.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    readonly property bool money: vm.kind === "money"
    readonly property bool wide: vm.keyboard !== "digits" && vm.keyboard !== "decimal"

    keyboard: vm.keyboard
    onTyped: text => field.type(text)
    onErased: field.erase()
    onCleared: field.wipe()

    Label {
        Layout.fillWidth: true
        visible: editor.vm.problems.length === 0 || !editor.alone
        text: editor.vm.label
        font.weight: Theme.type.semibold
    }
    TextField {
        id: field
        objectName: "field_" + editor.vm.fieldId
        Layout.fillWidth: true
        Layout.maximumWidth: editor.wide ? Theme.size.column : Theme.size.pinKeyWidth * 3
        text: editor.vm.text
        prefix: editor.vm.prefix
        suffix: editor.money ? qsTr("OMR") : ""
        invalid: editor.vm.problems.length > 0
        focus: true
        onPressed: forceActiveFocus()
        inputMethodHints: Qt.ImhNoPredictiveText
        // Numbers and addresses read from the left in every language; an amount follows its currency.
        LayoutMirroring.enabled: editor.money && Theme.rtl
        Accessible.name: editor.vm.label
        onEdited: value => editor.vm.write(value)
        Component.onCompleted: cursorPosition = length
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
