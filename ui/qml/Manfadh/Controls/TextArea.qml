// Several lines of text; scrolls inside itself.
import QtQuick
import QtQuick.Templates as T
import Manfadh.Theme

Rectangle {
    id: frame

    property alias text: area.text
    property alias input: area
    property bool invalid: false
    property string label: ""
    signal edited(string value)

    implicitHeight: Theme.size.field * 2
    radius: Theme.size.radiusSmall
    color: Theme.color.surface
    border.width: area.activeFocus || invalid ? Theme.size.ring : Theme.size.line
    border.color: invalid ? Theme.color.danger : area.activeFocus ? Theme.color.focus : Theme.color.outline

    Flickable {
        id: flick
        anchors.fill: parent
        anchors.margins: Theme.size.ring
        clip: true
        contentWidth: width
        contentHeight: area.implicitHeight
        boundsBehavior: Flickable.StopAtBounds
        flickableDirection: Flickable.VerticalFlick

        T.TextArea.flickable: T.TextArea {
            id: area
            padding: Theme.size.medium
            color: Theme.color.ink
            selectionColor: Theme.color.accent
            selectedTextColor: Theme.color.primaryInk
            font.family: Theme.type.family
            font.pixelSize: Theme.type.body
            font.weight: Theme.type.medium
            horizontalAlignment: TextEdit.AlignLeft
            wrapMode: TextEdit.Wrap
            textFormat: TextEdit.PlainText
            Accessible.role: Accessible.EditableText
            Accessible.name: frame.label
            onTextChanged: frame.edited(text)
        }
    }
}
