// A story in the citizen's own words.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    keyboard: Theme.rtl ? "ar" : "en"
    onTyped: text => area.input.insert(area.input.cursorPosition, text)
    onErased: area.input.remove(Math.max(area.input.cursorPosition - 1, 0), area.input.cursorPosition)
    onEntered: area.input.insert(area.input.cursorPosition, "\n")

    TextArea {
        id: area
        objectName: "field_" + editor.vm.fieldId
        Layout.fillWidth: true
        implicitHeight: Theme.size.field * (editor.vm.problems.length > 0 ? 1.4 : Theme.portrait ? 2.4 : 2)
        label: editor.vm.label
        text: editor.vm.text
        invalid: editor.vm.problems.length > 0
        input.focus: true
        Component.onCompleted: input.cursorPosition = input.length
        onEdited: value => editor.vm.write(value)
    }
    RowLayout {
        Layout.fillWidth: true
        FieldProblem {
            Layout.fillWidth: true
            problems: editor.vm.problems
        }
        Item {
            Layout.fillWidth: true
            visible: editor.vm.problems.length === 0
        }
        Label {
            objectName: "counter"
            text: "\u2066" + editor.vm.text.length + " / " + editor.vm.maximum + "\u2069"
            font.pixelSize: Theme.type.caption
            color: editor.vm.text.length > editor.vm.maximum ? Theme.color.danger : Theme.color.inkSoft
            wrapMode: Text.NoWrap
        }
    }
}
