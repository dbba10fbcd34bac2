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
    required property AttractViewModel attract
    required property OutOfServiceViewModel outOfService
    required property CardProblemViewModel cardProblem
    required property PinViewModel pin
    required property CardTaskViewModel cardTask
    required property IdentityViewModel identity
    required property ServicesViewModel services
    required property QuestionViewModel question
    required property EmployerViewModel employer
    required property PapersViewModel papers
    required property CheckViewModel check
    required property ConfirmationViewModel confirmation
    required property EndingViewModel ending
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
    // Pages that follow another one when somebody touches the screen, and take long to make.
    readonly property var following: ({ "identity": "services", "services": "question", "check": "sign", "sign": "working" })

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
        fill(spare, following[opened] ?? "");
    }

    function fill(slot: Slot, page: string): void {
        slot.page = page;
        switch (page) {
        case "out-of-service": return load(slot, "OutOfServicePage", { vm: outOfService });
        case "attract": return load(slot, "AttractPage", { vm: attract });
        case "language": return load(slot, "LanguagePage", {});
        case "insert-card": return load(slot, "InsertCardPage", {});
        case "reading-card": return load(slot, "ReadingCardPage", { identity: identity });
        case "card-problem": return load(slot, "CardProblemPage", { vm: cardProblem });
        case "pin":
        case "sign": return load(slot, "PinPage", { vm: pin });
        case "identity": return load(slot, "IdentityPage", { vm: identity });
        case "services": return load(slot, "ServicesPage", { vm: services });
        case "question": return load(slot, "QuestionPage", { vm: question, employer: employer });
        case "papers": return load(slot, "PapersPage", { vm: papers });
        case "check": return load(slot, "CheckPage", { vm: check });
        case "working": return load(slot, "WorkingPage", {});
        case "confirmation": return load(slot, "ConfirmationPage", { vm: confirmation });
        case "activation": return load(slot, "ActivationPage", { vm: cardTask, identity: identity });
        case "activation-stopped": return load(slot, "ActivationStoppedPage", { vm: cardTask });
        case "card-state": return load(slot, "CardStatePage", { pin: pin, identity: identity });
        case "code":
        case "old-pin":
        case "puk":
        case "new-pin":
        case "repeat-pin": return load(slot, "SecretPage", { vm: cardTask, pin: pin });
        case "finger": return load(slot, "FingerPage", { vm: cardTask, pin: pin });
        case "card-working": return load(slot, "CardWorkingPage", { vm: cardTask });
        case "card-done": return load(slot, "CardDonePage", { vm: confirmation, task: cardTask });
        case "take-card":
        case "ended": return load(slot, "EndingPage", { vm: ending });
        default: slot.setSource("");
        }
    }

    function load(slot: Slot, file: string, properties: var): void {
        properties.shell = shell;
        slot.setSource("../Pages/" + file + ".qml", properties);
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
