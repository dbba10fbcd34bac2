// A first and, when it is over, a last day.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    property bool atLast: false // digits go to the last day
    property int box: 0

    readonly property DateEntry target: atLast ? last : first

    keyboard: "digits"
    onTyped: digit => {
        const next = target.type(digit);
        if (next >= 0)
            box = next;
        else if (!atLast && vm.periodTo === "") {
            atLast = true;
            box = 0;
        }
    }
    onErased: {
        if (atLast && box === 0 && last.parts[0] === "") {
            atLast = false;
            box = 2;
        }
        box = target.erase();
    }
    onCleared: {
        vm.writePeriod("", "");
        atLast = false;
        box = 0;
    }

    GridLayout {
        Layout.fillWidth: true
        columns: Theme.portrait ? 1 : 2
        uniformCellWidths: true
        columnSpacing: Theme.size.medium
        rowSpacing: Theme.size.large_
        DateEntry {
            id: first
            Layout.fillWidth: true
            name: "from"
            label: qsTr("First day")
            value: editor.vm.periodFrom
            current: editor.atLast ? -1 : editor.box
            invalid: editor.vm.problems.length > 0
            onEdited: value => editor.vm.writePeriod(value, editor.vm.periodTo)
            onBoxChosen: index => {
                editor.atLast = false;
                editor.box = index;
            }
        }
        DateEntry {
            id: last
            Layout.fillWidth: true
            name: "to"
            label: qsTr("Last day, if it is over")
            value: editor.vm.periodTo
            current: editor.atLast ? editor.box : -1
            invalid: editor.vm.problems.length > 0
            onEdited: value => editor.vm.writePeriod(editor.vm.periodFrom, value)
            onBoxChosen: index => {
                editor.atLast = true;
                editor.box = index;
            }
        }
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
