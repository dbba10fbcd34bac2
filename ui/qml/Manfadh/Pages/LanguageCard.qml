// A language under its own name, laid out in its own direction.
import QtQuick
import Manfadh.Controls
import Manfadh.Theme

ChoiceCard {
    property bool rtl: false

    implicitHeight: Theme.size.cardHeight + Theme.size.huge
    iconName: "world"
    plain: true
    LayoutMirroring.enabled: rtl
    LayoutMirroring.childrenInherit: true
    arrow: rtl ? "arrow-left" : "arrow-right"
    titleSize: Theme.type.heading
}
