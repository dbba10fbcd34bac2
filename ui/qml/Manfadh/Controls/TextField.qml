// One line of text, written with the keyboard on the screen or a real one.
import QtQuick
import QtQuick.Templates as T
import Manfadh.Theme

T.TextField {
    id: control

    property bool invalid: false
    property string prefix: ""   // shown before the text, never mirrored: +968
    property string suffix: ""   // after it: a currency
    signal edited(string value)  // by a person, with whichever keyboard

    // What the keyboard on the screen does. Inserting and removing say textEdited, clear() does not.
    function type(text: string): void {
        insert(cursorPosition, text);
    }
    function erase(): void {
        remove(Math.max(cursorPosition - 1, 0), cursorPosition);
    }
    function wipe(): void {
        remove(0, length);
    }

    property string suffixIcon: ""

    implicitWidth: Theme.size.column
    implicitHeight: Math.max(Theme.size.field, contentHeight + topPadding + bottomPadding)
    leftPadding: Theme.size.large_ + (LayoutMirroring.enabled ? tail.width : lead.width)
    rightPadding: Theme.size.large_ + (LayoutMirroring.enabled ? lead.width : tail.width)
    topPadding: Theme.size.small
    bottomPadding: Theme.size.small
    color: Theme.color.ink
    selectionColor: Theme.color.accent
    selectedTextColor: Theme.color.primaryInk
    placeholderTextColor: Theme.color.inkSoft
    font.family: Theme.type.family
    font.pixelSize: Theme.type.mono
    font.weight: Theme.type.medium
    horizontalAlignment: TextInput.AlignLeft
    verticalAlignment: TextInput.AlignVCenter
    LayoutMirroring.childrenInherit: true
    Accessible.role: Accessible.EditableText
    onTextEdited: edited(text)

    background: Rectangle {
        radius: Theme.size.radiusSmall
        color: Theme.color.surface
        border.width: control.activeFocus || control.invalid ? Theme.size.ring : Theme.size.line
        border.color: control.invalid ? Theme.color.danger
                    : control.activeFocus ? Theme.color.focus : Theme.color.outline
        Label {
            id: lead
            anchors.left: parent.left
            anchors.verticalCenter: parent.verticalCenter
            leftPadding: Theme.size.large_
            visible: control.prefix !== ""
            width: control.prefix !== "" ? implicitWidth : 0
            text: control.prefix
            wrapMode: Text.NoWrap
            font: control.font
            color: Theme.color.inkSoft
            Accessible.ignored: true
        }
        Item {
            id: tail
            anchors.right: parent.right
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            visible: control.suffix !== "" || control.suffixIcon !== ""
            width: control.suffix !== "" || control.suffixIcon !== "" ? Math.max(unit.implicitWidth, icon.width) + Theme.size.large_ : 0
            Label {
                id: unit
                anchors.centerIn: parent
                text: control.suffix
                font: control.font
                color: Theme.color.inkSoft
                Accessible.ignored: true
            }
            Icon {
                id: icon
                anchors.centerIn: parent
                name: control.suffixIcon
                visible: name !== ""
                width: visible ? size : 0
                color: Theme.color.accent
            }
        }
        Label {
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            anchors.leftMargin: lead.width + Theme.size.large_
            anchors.rightMargin: tail.width + Theme.size.large_
            visible: control.text === ""
            text: control.placeholderText
            wrapMode: Text.NoWrap
            fontSizeMode: Text.HorizontalFit
            color: control.placeholderTextColor
            Accessible.ignored: true
        }
    }
}
