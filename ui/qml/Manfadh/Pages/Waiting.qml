// The turning star with a sentence that says what is happening.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

RowLayout {
    id: waiting

    required property string text

    spacing: Theme.size.medium
    Accessible.role: Accessible.Indicator
    Accessible.name: text

    Item {
        Layout.fillWidth: true
    }
    Spinner {
        size: Theme.size.badge
    }
    Label {
        Layout.fillWidth: true
        Layout.maximumWidth: Math.ceil(implicitWidth)
        text: waiting.text
        font.weight: Theme.type.semibold
        Accessible.ignored: true
    }
    Item {
        Layout.fillWidth: true
    }
}
