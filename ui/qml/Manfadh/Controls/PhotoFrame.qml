// The photo from the card, framed; a silhouette where the card has none.
import QtQuick
import Manfadh.Theme

Rectangle {
    id: frame

    required property url photo
    required property string label

    implicitWidth: Theme.size.photoWidth
    implicitHeight: Theme.size.photoHeight
    radius: Theme.size.radiusSmall
    color: Theme.color.surface
    border.width: Theme.size.stroke
    border.color: Theme.color.gold
    Accessible.role: Accessible.Graphic
    Accessible.name: label

    Icon {
        anchors.centerIn: parent
        visible: picture.status !== Image.Ready
        name: "user"
        size: Theme.size.iconHuge
        color: Theme.color.accent
    }
    Image {
        id: picture
        anchors.fill: parent
        anchors.margins: Theme.size.tiny + Theme.size.hair
        source: frame.photo
        cache: false
        fillMode: Image.PreserveAspectCrop
        smooth: true
    }
}
