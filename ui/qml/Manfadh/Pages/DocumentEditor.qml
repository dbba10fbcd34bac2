// Papers where no scanner is: what can be done instead.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    Banner {
        Layout.fillWidth: true
        iconName: "file-text"
        title: qsTr("Papers cannot be scanned here now.")
        text: qsTr("This service needs a paper. Please use another terminal or a Sanad centre.")
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
