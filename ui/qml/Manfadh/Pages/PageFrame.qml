pragma ComponentBehavior: Bound

// The frame of every page of a visit: a night-green masthead with the question, the answer on sand,
// one primary button, and the tools that are always at hand. Portrait stacks it, landscape puts the
// masthead beside the answer. What a page does not show is not made: a page is made while somebody
// waits for it.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

Item {
    id: frame

    required property ShellViewModel shell
    required property string heading
    property string help: ""
    property string primaryText: ""
    property string primaryIcon: Theme.arrowForward
    property bool primaryVisible: true
    // The page has another button that is the main one; this one leads past it.
    property bool primaryQuiet: false
    property string secondaryText: ""
    property string backText: qsTr("Back")
    property string backIcon: Theme.arrowBack
    property bool centred: false
    default property alias content: column.data
    property alias lower: lowerSlot.data
    property alias notice: noticeSlot.data
    // Said by the page: what is inside an invisible slot counts as invisible itself.
    property bool noticeShown: false
    signal primary
    signal secondary

    readonly property bool portrait: Theme.portrait
    // Large letters beside the answer: the words next to the logo give way to the cancel button.
    readonly property bool narrow: Theme.largeText && !portrait && shell.canCancel
    readonly property bool hasFooter: primaryVisible && primaryText !== "" || shell.canBack || secondaryText !== ""

    function scrollToTop(): void {
        flick.contentY = 0;
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.color.ground
    }

    Rectangle {
        id: masthead
        readonly property int pad: Theme.size.margin
        anchors.top: parent.top
        anchors.left: parent.left
        anchors.bottom: frame.portrait ? undefined : parent.bottom
        anchors.right: frame.portrait ? parent.right : undefined
        width: frame.portrait ? parent.width : Theme.size.pane
        height: frame.portrait ? mastheadColumn.implicitHeight + Theme.size.large_ + Theme.size.wide + Theme.size.frieze : parent.height
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.color.nightDeep }
            GradientStop { position: 1; color: Theme.color.night }
        }
        Pattern {
            anchors.fill: parent
        }
        Frieze {
            vertical: !frame.portrait
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            anchors.left: frame.portrait ? parent.left : undefined
            anchors.top: frame.portrait ? undefined : parent.top
            width: frame.portrait ? parent.width : Theme.size.frieze
            height: frame.portrait ? Theme.size.frieze : parent.height
        }

        ColumnLayout {
            id: mastheadColumn
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.bottom: frame.portrait ? undefined : parent.bottom
            anchors.leftMargin: masthead.pad
            anchors.rightMargin: masthead.pad + (frame.portrait ? 0 : Theme.size.frieze)
            anchors.topMargin: Theme.size.large_
            anchors.bottomMargin: Theme.size.wide
            spacing: Theme.size.small

            RowLayout {
                Layout.fillWidth: true
                spacing: Theme.size.medium
                Logo {}
                ColumnLayout {
                    Layout.fillWidth: true
                    spacing: 0
                    Label {
                        Layout.fillWidth: true
                        text: qsTr("Manfadh")
                        visible: frame.shell.serviceTitle === "" && !frame.narrow
                        color: Theme.color.nightInk
                        font.pixelSize: Theme.type.title
                        font.weight: Theme.type.bold
                        lineHeight: Theme.type.headingLeading
                    }
                    Label {
                        Layout.fillWidth: true
                        text: frame.shell.serviceTitle
                        visible: text !== "" && !frame.narrow
                        color: Theme.color.nightInk
                        font.weight: Theme.type.semibold
                        lineHeight: Theme.type.headingLeading
                    }
                }
                Loader {
                    active: !frame.shell.online && (frame.portrait || Theme.largeText)
                    visible: active
                    sourceComponent: StatusChip {
                        online: frame.shell.online
                        brief: Theme.largeText
                        text: qsTr("Works offline")
                    }
                }
                Loader {
                    active: frame.shell.canCancel
                    visible: active
                    sourceComponent: ToolButton {
                        objectName: "cancelButton"
                        iconName: "x"
                        text: qsTr("Cancel")
                        onClicked: frame.shell.cancel()
                    }
                }
            }
            Loader {
                active: !frame.shell.online && !frame.portrait && !Theme.largeText
                visible: active
                sourceComponent: StatusChip {
                    online: frame.shell.online
                    text: qsTr("Works offline")
                }
            }
            Item {
                Layout.fillHeight: !frame.portrait
                Layout.preferredHeight: frame.portrait ? Theme.size.small : Theme.size.wide
                Layout.maximumHeight: frame.portrait ? Theme.size.small : Theme.size.huge * 3
            }
            ProgressSteps {
                Layout.fillWidth: true
                Layout.bottomMargin: Theme.size.small
                current: frame.shell.step
                total: frame.shell.stepCount
                //: progress through the questions of a service
                caption: qsTr("Question %1 of %2").arg(frame.shell.step).arg(frame.shell.stepCount)
            }
            Heading {
                objectName: "heading"
                Layout.fillWidth: true
                text: frame.heading
                color: Theme.color.nightInk
            }
            Label {
                objectName: "help"
                Layout.fillWidth: true
                visible: text !== ""
                text: frame.help
                color: Theme.color.nightInkSoft
            }
            ColumnLayout {
                id: noticeSlot
                Layout.fillWidth: true
                Layout.topMargin: Theme.size.small
                visible: frame.noticeShown
            }
            Item {
                Layout.fillHeight: !frame.portrait
                visible: !frame.portrait
            }
            Loader {
                Layout.fillWidth: true
                Layout.minimumHeight: implicitHeight
                Layout.maximumHeight: implicitHeight
                active: !frame.portrait
                visible: active
                sourceComponent: Dock {
                    shell: frame.shell
                }
            }
        }
    }

    Item {
        id: answer
        anchors.left: frame.portrait ? parent.left : masthead.right
        anchors.right: parent.right
        anchors.top: frame.portrait ? masthead.bottom : parent.top
        anchors.bottom: lowerSlot.top

        readonly property int gap: keyboardShown ? Theme.size.medium : Theme.size.wide
        readonly property bool keyboardShown: lowerSlot.height > 0
        readonly property bool overflows: column.implicitHeight + gap * 2 > height

        Flickable {
            id: flick
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            height: parent.height - (answer.overflows ? more.height : 0)
            contentWidth: width
            contentHeight: Math.max(column.implicitHeight + answer.gap * 2, height)
            boundsBehavior: Flickable.StopAtBounds
            flickableDirection: Flickable.VerticalFlick
            interactive: answer.overflows
            clip: true
            Behavior on contentY {
                enabled: !flick.moving
                NumberAnimation {
                    duration: Theme.duration.scroll
                }
            }

            ColumnLayout {
                id: column
                width: Math.min(flick.width - Theme.size.margin * 2, Theme.size.column)
                x: (flick.width - width) / 2
                y: (frame.centred ? Math.max(answer.gap, (flick.height - implicitHeight) / 2) : answer.gap) + Theme.entrance * Theme.size.wide
                spacing: Theme.size.medium
            }
        }
        Loader {
            id: more
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            active: answer.overflows
            sourceComponent: ToolButton {
                objectName: "moreButton"
                readonly property bool atEnd: flick.contentY + flick.height >= flick.contentHeight - Theme.size.small
                night: false
                flat: true
                iconName: atEnd ? "chevron-up" : "chevron-down"
                //: buttons that scroll the page
                text: atEnd ? qsTr("To the top") : qsTr("More")
                onClicked: flick.contentY = atEnd ? 0 : Math.min(flick.contentY + flick.height * 0.8, flick.contentHeight - flick.height)
            }
        }
    }

    Item {
        id: lowerSlot
        anchors.left: answer.left
        anchors.right: answer.right
        anchors.bottom: footer.top
        height: childrenRect.height
    }

    Item {
        id: footer
        anchors.left: answer.left
        anchors.right: answer.right
        anchors.bottom: dockBar.top
        height: frame.hasFooter ? Math.max(back.implicitHeight, primaryButton.implicitHeight) + Theme.size.medium * 2 : 0
        visible: frame.hasFooter

        Rectangle {
            anchors.fill: parent
            color: Theme.color.ground
            Rectangle {
                width: parent.width
                height: Theme.size.hair
                color: Theme.color.hairline
            }
        }
        RowLayout {
            anchors.fill: parent
            anchors.leftMargin: Theme.size.margin
            anchors.rightMargin: Theme.size.margin
            anchors.topMargin: Theme.size.medium
            anchors.bottomMargin: Theme.size.medium
            spacing: Theme.size.medium
            Loader {
                id: back
                Layout.fillHeight: true
                active: frame.shell.canBack
                visible: active
                sourceComponent: Button {
                    objectName: "backButton"
                    text: frame.backText
                    iconName: frame.backIcon
                    onClicked: frame.shell.back()
                }
            }
            Loader {
                Layout.fillHeight: true
                active: frame.secondaryText !== ""
                visible: active
                sourceComponent: Button {
                    objectName: "secondaryButton"
                    text: frame.secondaryText
                    onClicked: frame.secondary()
                }
            }
            Button {
                id: primaryButton
                objectName: "continueButton"
                visible: frame.primaryVisible && frame.primaryText !== ""
                Layout.fillWidth: true
                Layout.fillHeight: true
                kind: frame.primaryQuiet ? Button.Secondary : Button.Primary
                text: frame.primaryText
                trailingIconName: frame.primaryIcon
                onClicked: frame.primary()
            }
        }
    }

    Rectangle {
        id: dockBar
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: frame.portrait ? dock.implicitHeight + Theme.size.small * 2 : 0
        visible: frame.portrait
        color: Theme.color.nightDeep
        Loader {
            id: dock
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            anchors.leftMargin: Theme.size.margin
            anchors.rightMargin: Theme.size.margin
            active: frame.portrait
            sourceComponent: Dock {
                shell: frame.shell
            }
        }
    }
}
