// The mark: an arch to walk through, a star of light, and the slot of the card.
import QtQuick
import QtQuick.Controls.impl as Impl
import Manfadh.Theme

Item {
    id: logo

    property int size: Theme.size.mark
    property color archColor: Theme.color.nightInk
    property color lightColor: Theme.color.nightGold

    implicitWidth: size
    implicitHeight: size
    Accessible.ignored: true

    Impl.ColorImage {
        anchors.fill: parent
        source: Theme.art("mark_arch")
        sourceSize: Qt.size(logo.size, logo.size)
        color: logo.archColor
    }
    Impl.ColorImage {
        anchors.fill: parent
        source: Theme.art("mark_light")
        sourceSize: Qt.size(logo.size, logo.size)
        color: logo.lightColor
    }
}
