pragma ComponentBehavior: Bound

// One row of a registry: what it is, how it stands, what it costs, or why it cannot be chosen.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Controls
import Manfadh.Theme

T.AbstractButton {
    id: control

    required property var row
    property bool multiple: false
    readonly property bool blocked: row.blocked !== ""
    signal picked

    objectName: "row_" + row.id
    enabled: !blocked
    implicitHeight: Math.max(Theme.size.targetMin, implicitContentHeight + topPadding + bottomPadding)
    leftPadding: Theme.size.medium
    rightPadding: Theme.size.medium
    topPadding: Theme.size.tiny
    bottomPadding: Theme.size.tiny
    focusPolicy: Qt.TabFocus
    Accessible.role: multiple ? Accessible.CheckBox : Accessible.RadioButton
    Accessible.name: [row.title, row.lines, row.chips.map(chip => chip.text).join(", "), row.amount, row.blocked].filter(part => part !== "").join(". ")
    Accessible.checkable: true
    Accessible.checked: row.chosen
    Accessible.onPressAction: control.click()
    Accessible.onToggleAction: control.click()
    onClicked: picked()

    function ink(tone: string): color {
        switch (tone) {
        case "good": return Theme.color.successInk;
        case "warning": return Theme.color.warningInk;
        case "bad": return Theme.color.danger;
        default: return Theme.color.ink;
        }
    }
    function ground(tone: string): color {
        switch (tone) {
        case "good": return Theme.color.successGround;
        case "warning": return Theme.color.warningGround;
        case "bad": return Theme.color.dangerGround;
        default: return Theme.color.accentGround;
        }
    }

    contentItem: RowLayout {
        spacing: Theme.size.medium
        Rectangle {
            Layout.preferredWidth: Theme.size.radio
            Layout.preferredHeight: Theme.size.radio
            visible: !control.blocked
            radius: control.multiple ? Theme.size.small : Theme.size.radio / 2
            color: control.row.chosen ? Theme.color.primary : Theme.color.surface
            border.width: Theme.size.stroke
            border.color: control.row.chosen ? Theme.color.primary : Theme.color.outline
            Icon {
                anchors.centerIn: parent
                visible: control.row.chosen
                name: "check"
                size: Theme.size.iconSmall
                color: Theme.color.primaryInk
            }
        }
        Icon {
            visible: control.blocked
            name: "hand-stop"
            color: Theme.color.danger
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: Theme.size.none
            Label {
                Layout.fillWidth: true
                text: control.row.title
                font.weight: Theme.type.semibold
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
            Label {
                Layout.fillWidth: true
                visible: text !== ""
                text: control.row.lines
                font.pixelSize: Theme.type.caption
                color: Theme.color.inkSoft
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
            Label {
                Layout.fillWidth: true
                visible: control.blocked
                text: control.row.blocked
                font.pixelSize: Theme.type.caption
                font.weight: Theme.type.semibold
                color: Theme.color.danger
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
        }
        ColumnLayout {
            spacing: Theme.size.tiny
            Repeater {
                model: control.row.chips
                Rectangle {
                    id: chip
                    required property var modelData
                    Layout.alignment: Qt.AlignRight
                    implicitWidth: word.implicitWidth + Theme.size.small * 2
                    implicitHeight: word.implicitHeight + Theme.size.tiny
                    radius: height / 2
                    color: control.ground(modelData.tone)
                    Label {
                        id: word
                        anchors.centerIn: parent
                        text: chip.modelData.text
                        wrapMode: Text.NoWrap
                        font.pixelSize: Theme.type.caption
                        font.weight: Theme.type.medium
                        color: control.ink(chip.modelData.tone)
                        Accessible.ignored: true
                    }
                }
            }
            Label {
                Layout.alignment: Qt.AlignRight
                visible: text !== ""
                text: control.row.amount
                wrapMode: Text.NoWrap
                font.weight: Theme.type.semibold
                Accessible.ignored: true
            }
        }
    }

    background: Item {
        Rectangle {
            anchors.fill: parent
            radius: Theme.size.radiusSmall
            color: control.row.chosen ? Theme.color.selected : control.blocked ? Theme.color.sunken : Theme.color.surface
            border.width: control.row.chosen ? Theme.size.ring : Theme.size.hair
            border.color: control.row.chosen ? Theme.color.accent : Theme.color.outline
        }
        FocusRing {
            shown: control.visualFocus
        }
    }
}
