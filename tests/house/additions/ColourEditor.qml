// A colour, shown as it is.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Editor {
    id: editor

    Rectangle {
        objectName: "colourShown"
        Layout.fillWidth: true
        implicitHeight: Theme.size.target
        color: editor.vm.text === "" ? Theme.color.surface : editor.vm.text
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
