// Text that starts at the reading side, wraps, and is in the accessibility tree.
import QtQuick
import Manfadh.Theme

Text {
    color: Theme.color.ink
    font.family: Theme.type.family
    font.pixelSize: Theme.type.body
    lineHeight: Theme.type.leading
    horizontalAlignment: Text.AlignLeft
    verticalAlignment: Text.AlignVCenter
    wrapMode: Text.Wrap
    textFormat: Text.PlainText
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: text === ""
}
