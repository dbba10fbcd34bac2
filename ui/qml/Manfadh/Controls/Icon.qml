// A tinted icon of assets/icons. Arrows come in both directions; Theme.arrowForward picks one.
import QtQuick
import QtQuick.Controls.impl as Impl
import Manfadh.Theme

Impl.ColorImage {
    required property string name
    property int size: Theme.size.icon

    width: size
    height: size
    sourceSize: Qt.size(size, size)
    source: name === "" ? "" : Theme.icon(name)
    color: Theme.color.ink
    fillMode: Image.PreserveAspectFit
    Accessible.ignored: true
}
