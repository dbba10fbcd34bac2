pragma ComponentBehavior: Bound

// The window: scales the design to the screen, follows the visit's page, language and contrast.
import QtQuick
import QtQuick.Window
import QtQuick.Templates as T
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

T.ApplicationWindow {
    id: root

    required property ShellViewModel shell
    // By page: file, properties for it, and the page that is made ahead (ui/screens.py).
    required property var screens
    required property int initialWidth
    required property int initialHeight
    required property bool fullscreen
    required property bool reducedMotion

    readonly property bool settled: reducedMotion || !entrance.running
    readonly property real unit: Math.min(width, height) / Theme.size.shortSide

    property string opened: ""
    // The page on the screen, and the place of the next one.
    property Slot shown: one
    property Slot spare: other

    function open(page: string): void {
        opened = page;
        // The first page is there at once: there is nothing to come from, and somebody waits.
        const first = shown.item === null;
        if (spare.page !== page)
            fill(spare, page);
        const last = shown;
        shown = spare;
        spare = last;
        if (!first)
            entrance.restart();
    }

    // The page that was left goes, the one that follows is made: nobody waits for either.
    function prepare(): void {
        fill(spare, screens[opened].follower);
    }

    function fill(slot: Slot, page: string): void {
        slot.page = page;
        if (page === "")
            slot.setSource("");
        else
            slot.setSource("../Pages/" + screens[page].file + ".qml", screens[page].properties);
    }

    component Slot: Loader {
        property string page: ""
        anchors.fill: parent
        visible: root.shown === this
        enabled: visible
        focus: visible
    }

    width: initialWidth
    height: initialHeight
    visible: true
    visibility: fullscreen ? Window.FullScreen : Window.Windowed
    title: qsTr("Manfadh, self-service")
    color: Theme.color.ground
    font.family: Theme.type.family
    LayoutMirroring.enabled: shell.rightToLeft
    LayoutMirroring.childrenInherit: true

    Binding { target: Theme; property: "rtl"; value: root.shell.rightToLeft }
    Binding { target: Theme; property: "largeText"; value: root.shell.largeText }
    Binding { target: Theme; property: "highContrast"; value: root.shell.highContrast }
    Binding { target: Theme; property: "reducedMotion"; value: root.reducedMotion }
    Binding { target: Theme; property: "portrait"; value: root.height >= root.width }

    Connections {
        target: root.shell
        function onChanged(): void {
            if (root.opened !== root.shell.page)
                root.open(root.shell.page);
        }
    }
    Component.onCompleted: open(shell.page)

    Item {
        id: design
        width: root.width / root.unit
        height: root.height / root.unit
        scale: root.unit
        transformOrigin: Item.TopLeft
        LayoutMirroring.enabled: root.shell.rightToLeft
        LayoutMirroring.childrenInherit: true

        Slot {
            id: one
        }
        Slot {
            id: other
        }
        // The page is there in its first frame, and what it asks only moves into place: without a
        // graphics card, drawing a page that shines through costs as much again as drawing it.
        NumberAnimation {
            id: entrance
            target: Theme
            property: "entrance"
            from: root.reducedMotion ? 0 : 1
            to: 0
            easing.type: Easing.OutCubic
            duration: Theme.duration.entrance
            onFinished: root.prepare()
        }
        Loader {
            anchors.fill: parent
            active: root.shell.countdown > 0
            sourceComponent: CountdownDialog {
                seconds: root.shell.countdown
                leavable: root.shell.canCancel
                onStay: root.shell.stay()
                onLeave: root.shell.cancel()
            }
        }
    }
}
