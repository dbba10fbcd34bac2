pragma ComponentBehavior: Bound

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
    readonly property real inside: -Theme.size.huge * unit
    readonly property real outside: Theme.size.slotHeight * unit

    implicitWidth: size
    implicitHeight: Theme.size.artHeight * unit
    clip: true
    LayoutMirroring.enabled: false
    Accessible.ignored: true

    Image {
        id: card
        source: Theme.art("card")
        width: Theme.size.cardWidth * scene.unit
        height: width * Theme.size.cardRatio
        sourceSize: Qt.size(width, height)
        x: (scene.width - width) / 2
        y: rest
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
    Repeater {
        model: scene.motion === CardIllustration.Still ? 0 : 2
        Icon {
            required property int index
            x: index === 0 ? Theme.size.huge * scene.unit : scene.width - Theme.size.huge * scene.unit - width
            y: Theme.size.slotHeight * scene.unit + Theme.size.huge * scene.unit
            size: Theme.size.target * scene.unit
            name: scene.motion === CardIllustration.In ? "chevrons-up" : "chevrons-down"
            color: Theme.color.gold
        }
    }
    Image {
        source: Theme.art("slot")
        width: scene.size
        height: Theme.size.slotHeight * scene.unit
        sourceSize: Qt.size(width, height)
    }
}
