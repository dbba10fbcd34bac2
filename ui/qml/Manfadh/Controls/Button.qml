// A button with depth: it has a lower edge and sinks into it while pressed.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Theme

T.Button {
    id: control

    enum Kind { Primary, Secondary, Danger }

    property int kind: Button.Secondary
    property string iconName: ""
    property string trailingIconName: ""

    readonly property bool filled: kind === Button.Primary || kind === Button.Danger
    readonly property color face: {
        switch (kind) {
        case Button.Primary: return Theme.color.primary;
        case Button.Danger: return Theme.color.dangerFill;
        default: return Theme.color.surface;
        }
    }
    readonly property color lettering: {
        switch (kind) {
        case Button.Primary: return Theme.color.primaryInk;
        case Button.Danger: return Theme.color.dangerFillInk;
        default: return Theme.color.ink;
        }
    }
    readonly property color rim: {
        switch (kind) {
        case Button.Primary: return Theme.color.primary;
        case Button.Danger: return Theme.color.danger;
        default: return Theme.color.outline;
        }
    }

    implicitWidth: Math.max(Theme.size.target, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: Math.max(Theme.size.target, implicitContentHeight + topPadding + bottomPadding)
    leftPadding: Theme.size.wide
    rightPadding: Theme.size.wide
    topPadding: Theme.size.small
    bottomPadding: Theme.size.small + Theme.size.edge
    focusPolicy: Qt.TabFocus
    font.family: Theme.type.family
    font.pixelSize: Theme.type.label
    font.weight: Theme.type.semibold
    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.onPressAction: control.click()

    contentItem: Item {
        implicitWidth: row.implicitWidth
        implicitHeight: row.implicitHeight
        RowLayout {
            id: row
            anchors.centerIn: parent
            anchors.verticalCenterOffset: control.down ? Theme.size.edge - Theme.size.hair : Theme.size.none
            width: Math.min(implicitWidth, parent.width)
            spacing: Theme.size.small + Theme.size.tiny
            Icon {
                name: control.iconName
                visible: name !== ""
                color: control.lettering
            }
            Label {
                Layout.fillWidth: true
                text: control.text
                font: control.font
                color: control.lettering
                lineHeight: Theme.type.headingLeading
                horizontalAlignment: Text.AlignHCenter
                Accessible.ignored: true
            }
            Icon {
                name: control.trailingIconName
                visible: name !== ""
                color: control.lettering
            }
        }
    }

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: Theme.size.edge * 2
            radius: Theme.size.radius
            color: control.filled ? Theme.color.primaryEdge : Theme.color.keyEdge
        }
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: control.down ? Theme.size.edge - Theme.size.hair : Theme.size.none
            anchors.bottomMargin: control.down ? Theme.size.hair : Theme.size.edge
            radius: Theme.size.radius
            color: control.face
            border.width: Theme.size.line
            border.color: control.rim
        }
        FocusRing {
            shown: control.visualFocus
        }
    }
}
