// The star-and-cross lattice of the identity, as faint lines on dark ground.
import QtQuick
import Manfadh.Theme

Image {
    source: Theme.color.patternOpacity > 0 ? Theme.art("pattern") : ""
    fillMode: Image.Tile
    sourceSize: Qt.size(Theme.size.pattern, Theme.size.pattern)
    horizontalAlignment: Image.AlignLeft
    verticalAlignment: Image.AlignTop
    opacity: Theme.color.patternOpacity
    Accessible.ignored: true
}
