// The visible keyboard focus around `target`, drawn outside of it.
import QtQuick
import Manfadh.Theme

Rectangle {
    required property bool shown
    property bool night: false

    anchors.fill: parent
    anchors.margins: -Theme.size.ring * 2
    visible: shown
    color: "transparent"
    radius: Theme.size.radius + Theme.size.ring * 2
    border.width: Theme.size.ring
    border.color: night ? Theme.color.nightFocus : Theme.color.focus
}
