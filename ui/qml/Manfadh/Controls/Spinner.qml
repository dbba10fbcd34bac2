// Work in progress: the star turns. The sentence beside it says what is happening.
import QtQuick
import QtQuick.Controls.impl as Impl
import Manfadh.Theme

Item {
    id: spinner

    property int size: Theme.size.iconHuge
    property color tint: Theme.color.gold
    property bool bare: false // only the turning outline

    implicitWidth: size
    implicitHeight: size
    Accessible.ignored: true

    Impl.ColorImage {
        anchors.fill: parent
        source: Theme.art("star_outline")
        sourceSize: Qt.size(spinner.size, spinner.size)
        color: spinner.tint
        RotationAnimator on rotation {
            running: spinner.visible && !Theme.reducedMotion
            from: 0
            to: 45
            duration: Theme.duration.turn
            easing.type: Easing.InOutQuad
            loops: Animation.Infinite
        }
    }
    Impl.ColorImage {
        anchors.centerIn: parent
        visible: !spinner.bare
        width: spinner.size / 2
        height: spinner.size / 2
        source: Theme.art("star")
        sourceSize: Qt.size(spinner.size / 2, spinner.size / 2)
        color: spinner.tint
    }
}
