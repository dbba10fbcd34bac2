// The receipt as it comes out of the printer: the very bitmap, on paper with a torn edge.
import QtQuick
import QtQuick.Controls.impl as Impl
import Manfadh.Theme

Item {
    id: paper

    required property url receipt
    required property string label
    property int paperWidth: Theme.size.paper
    property int maximumHeight: Theme.size.receiptHeight // the paper is torn off there

    implicitWidth: paperWidth
    implicitHeight: sheet.height + teeth.height
    Accessible.role: Accessible.Graphic
    Accessible.name: label

    Rectangle {
        id: sheet
        width: paper.paperWidth
        height: Math.min(picture.y + picture.height + Theme.size.large_, paper.maximumHeight)
        clip: true
        color: Theme.color.paper
        border.width: Theme.highContrast ? Theme.size.none : Theme.size.hair
        border.color: Theme.color.hairline
        Image {
            id: picture
            anchors.horizontalCenter: parent.horizontalCenter
            y: Theme.size.medium
            width: parent.width - Theme.size.medium * 2
            height: implicitWidth > 0 ? width * implicitHeight / implicitWidth : Theme.size.pane
            source: paper.receipt
            cache: false
            fillMode: Image.PreserveAspectFit
            smooth: true
            mipmap: true
        }
    }
    Impl.ColorImage {
        id: teeth
        anchors.top: sheet.bottom
        width: paper.paperWidth
        height: Theme.size.small
        source: Theme.art("torn")
        fillMode: Image.TileHorizontally
        color: Theme.color.paper
    }
}
