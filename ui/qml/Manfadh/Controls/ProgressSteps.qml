pragma ComponentBehavior: Bound

// Where one is among the questions of a service.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

ColumnLayout {
    id: steps

    required property int current // 1-based
    required property int total
    required property string caption

    spacing: Theme.size.tiny
    visible: total > 1
    Accessible.role: Accessible.ProgressBar
    Accessible.name: caption

    Label {
        Layout.fillWidth: true
        text: steps.caption
        font.pixelSize: Theme.type.caption
        font.weight: Theme.type.medium
        color: Theme.color.nightInkSoft
        Accessible.ignored: true
    }
    Row {
        id: row
        Layout.fillWidth: true
        spacing: Theme.size.tiny
        Repeater {
            model: steps.total
            Rectangle {
                required property int index
                width: (row.width - row.spacing * (steps.total - 1)) / steps.total
                height: Theme.size.step
                radius: height / 2
                color: index < steps.current ? Theme.color.nightGold : "transparent"
                border.width: Theme.size.hair
                border.color: index < steps.current ? Theme.color.nightGold : Theme.color.nightOutline
            }
        }
    }
}
