// The one question or statement of a page.
import QtQuick
import Manfadh.Theme

Label {
    font.pixelSize: Theme.type.heading
    font.weight: Theme.type.bold
    lineHeight: Theme.type.headingLeading
    Accessible.role: Accessible.Heading
}
