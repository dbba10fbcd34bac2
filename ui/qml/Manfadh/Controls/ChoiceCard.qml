// One answer among several: a radio (exclusive) or a check box, as large as a card.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Theme

T.AbstractButton {
    id: control

    property string iconName: ""
    property string note: ""
    property bool chosen: false
    property bool multiple: false
    property string arrow: Theme.arrowForward
    property int titleSize: Theme.type.title
    property bool plain: false // leads on at once: an arrow instead of a radio

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Math.max(Theme.size.cardHeight, implicitContentHeight + topPadding + bottomPadding)
    leftPadding: Theme.size.large_
    rightPadding: Theme.size.large_
    topPadding: Theme.size.medium
    bottomPadding: Theme.size.medium + Theme.size.edge
    focusPolicy: Qt.TabFocus
    Accessible.role: plain ? Accessible.Button : multiple ? Accessible.CheckBox : Accessible.RadioButton
    Accessible.name: note === "" ? text : text + ". " + note
    Accessible.checkable: !plain
    Accessible.checked: chosen
    Accessible.onPressAction: control.click()
    Accessible.onToggleAction: control.click()

    contentItem: RowLayout {
        spacing: Theme.size.medium + Theme.size.tiny
        Rectangle {
            Layout.preferredWidth: Theme.size.badge
            Layout.preferredHeight: Theme.size.badge
            visible: control.iconName !== ""
            radius: Theme.size.radiusSmall
            color: control.chosen ? Theme.color.primary : Theme.color.accentGround
            border.width: Theme.highContrast ? Theme.size.hair : Theme.size.none
            border.color: Theme.color.hairline
            Icon {
                anchors.centerIn: parent
                name: control.iconName
                size: Theme.size.icon
                color: control.chosen ? Theme.color.primaryInk : Theme.color.accent
            }
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: Theme.size.none
            Label {
                Layout.fillWidth: true
                text: control.text
                font.pixelSize: control.titleSize
                font.weight: Theme.type.semibold
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
            Label {
                Layout.fillWidth: true
                text: control.note
                visible: text !== ""
                font.pixelSize: Theme.type.caption
                color: Theme.color.inkSoft
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
        }
        Icon {
            visible: control.plain
            name: control.arrow
            color: Theme.color.accent
        }
        Rectangle {
            Layout.preferredWidth: Theme.size.radio
            Layout.preferredHeight: Theme.size.radio
            visible: !control.plain
            radius: control.multiple ? Theme.size.small : Theme.size.radio / 2
            color: control.chosen ? Theme.color.primary : Theme.color.surface
            border.width: Theme.size.stroke
            border.color: control.chosen ? Theme.color.primary : Theme.color.outline
            Icon {
                anchors.centerIn: parent
                visible: control.chosen
                name: "check"
                size: Theme.size.iconSmall
                color: Theme.color.primaryInk
            }
        }
    }

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: Theme.size.edge * 2
            radius: Theme.size.radius
            color: control.chosen ? Theme.color.accent : Theme.color.keyEdge
        }
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: control.down ? Theme.size.edge - Theme.size.hair : Theme.size.none
            anchors.bottomMargin: control.down ? Theme.size.hair : Theme.size.edge
            radius: Theme.size.radius
            color: control.chosen ? Theme.color.selected : Theme.color.surface
            border.width: control.chosen ? Theme.size.ring : Theme.size.hair
            border.color: control.chosen ? Theme.color.accent : Theme.color.outline
        }
        FocusRing {
            shown: control.visualFocus
        }
    }
}
