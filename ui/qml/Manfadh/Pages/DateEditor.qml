// One day.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    property int box: 0

    keyboard: "digits"
    onTyped: digit => {
        const next = day.type(digit);
        if (next >= 0)
            box = next;
    }
    onErased: box = day.erase()
    onCleared: {
        vm.write("");
        box = 0;
    }

    DateEntry {
        id: day
        Layout.fillWidth: true
        name: editor.vm.fieldId
        label: editor.vm.label
        value: editor.vm.text
        current: editor.box
        invalid: editor.vm.problems.length > 0
        onEdited: value => editor.vm.write(value)
        onBoxChosen: index => {
            editor.box = index;
            editor.forceActiveFocus();
        }
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
