// A band of carved-door lozenges that closes the masthead.
import QtQuick
import QtQuick.Controls.impl as Impl
import Manfadh.Theme

Impl.ColorImage {
    property bool vertical: false

    source: Theme.art(vertical ? "frieze_vertical" : "frieze")
    color: Theme.color.nightGold
    fillMode: vertical ? Image.TileVertically : Image.TileHorizontally
    horizontalAlignment: Image.AlignHCenter
    verticalAlignment: Image.AlignVCenter
    Accessible.ignored: true
}
