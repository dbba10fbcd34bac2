pragma ComponentBehavior: Bound

// How many digits are in: six boxes, dots only, left to right in every language.
import QtQuick
import Manfadh.Theme

Row {
    id: boxes
    objectName: "pinBoxes"

    required property int filled
    required property int length
    required property string label
    property bool invalid: false

    // Eight of them, for a PUK, are as wide as a portrait page only when they stand closer.
    spacing: Theme.size.small + (length > 6 ? 0 : Theme.size.tiny)
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true
    Accessible.role: Accessible.Indicator
    Accessible.name: label

    Repeater {
        model: boxes.length
        Rectangle {
            id: box
            required property int index
            width: Theme.size.pinBox
            height: Theme.size.pinBox + Theme.size.small
            radius: Theme.size.radiusSmall
            color: Theme.color.surface
            border.width: index === boxes.filled || boxes.invalid ? Theme.size.ring : Theme.size.line
            border.color: boxes.invalid ? Theme.color.danger : index === boxes.filled ? Theme.color.accent : Theme.color.outline
            Rectangle {
                anchors.centerIn: parent
                visible: box.index < boxes.filled
                width: Theme.size.pinDot
                height: width
                radius: width / 2
                color: Theme.color.ink
            }
        }
    }
}
