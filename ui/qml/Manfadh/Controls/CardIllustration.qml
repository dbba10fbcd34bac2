// A card and the terminal's slot: it slides in, comes out, or stays. The slot is where it is on the
// terminal, so nothing here mirrors.
import QtQuick
import Manfadh.Theme

Item {
    id: scene

    enum Motion { In, Out, Still }

    property int motion: CardIllustration.In
    property int size: Theme.size.illustration
    readonly property real unit: size / Theme.size.artWidth
    readonly property real inside: -Theme.size.wide * unit
    readonly property real outside: Theme.size.slotHeight * 0.85 * unit

    implicitWidth: size
    implicitHeight: Theme.size.artHeight * unit
    clip: true
    LayoutMirroring.enabled: false
    Accessible.ignored: true

    Image {
        id: card
        source: Theme.art("card")
        width: Theme.size.cardWidth * scene.unit
        height: Theme.size.cardWidth / Theme.size.cardRatio * scene.unit
        sourceSize: Qt.size(width, height)
        rotation: 90
        x: (scene.width - width) / 2
        y: rest + (width - height) / 2
        smooth: true
        property real rest: scene.motion === CardIllustration.Out ? scene.outside : scene.inside

        SequentialAnimation on rest {
            running: scene.visible && scene.motion !== CardIllustration.Still && !Theme.reducedMotion
            loops: Animation.Infinite
            NumberAnimation {
                from: scene.motion === CardIllustration.In ? scene.outside : scene.inside
                to: scene.motion === CardIllustration.In ? scene.inside : scene.outside
                duration: Theme.duration.slide
                easing.type: Easing.InOutCubic
            }
            PauseAnimation {
                duration: Theme.duration.rest
            }
        }
    }
    Image {
        source: Theme.art("slot")
        width: scene.size
        height: Theme.size.slotHeight * scene.unit
        sourceSize: Qt.size(width, height)
    }
}
