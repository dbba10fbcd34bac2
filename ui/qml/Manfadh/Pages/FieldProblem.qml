// What is wrong, right at the field.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

RowLayout {
    id: problem

    required property list<string> problems

    visible: problems.length > 0
    spacing: Theme.size.small
    Icon {
        name: "alert-triangle"
        size: Theme.size.iconSmall
        color: Theme.color.danger
    }
    Label {
        objectName: "fieldProblem"
        Layout.fillWidth: true
        text: problem.problems.join(" ")
        color: Theme.color.danger
        font.pixelSize: Theme.type.caption
        font.weight: Theme.type.semibold
    }
}
