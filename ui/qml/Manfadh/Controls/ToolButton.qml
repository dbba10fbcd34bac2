// A quiet tool of the masthead or the dock: icon above or beside a short word.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Theme

T.Button {
    id: control

    property string iconName: ""
    property bool stacked: false
    property bool night: true
    property bool active: false

    implicitWidth: Math.max(Theme.size.target, implicitContentWidth + leftPadding + rightPadding)
    implicitHeight: Math.max(Theme.size.targetMin, implicitContentHeight + topPadding + bottomPadding)
    padding: Theme.size.small
    leftPadding: stacked ? Theme.size.tiny : Theme.size.medium
    rightPadding: leftPadding
    focusPolicy: Qt.TabFocus
    font.family: Theme.type.family
    font.pixelSize: stacked ? Theme.type.dock : Theme.type.caption
    font.weight: Theme.type.semibold
    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.checkable: checkable
    Accessible.checked: active
    Accessible.onPressAction: control.click()

    readonly property color lettering: night ? Theme.color.nightInk : Theme.color.ink

    contentItem: Item {
        implicitWidth: grid.implicitWidth
        implicitHeight: grid.implicitHeight
        GridLayout {
            id: grid
            anchors.centerIn: parent
            width: Math.min(implicitWidth, parent.width)
            columns: control.stacked ? 1 : 2
            rowSpacing: Theme.size.none
            columnSpacing: Theme.size.small
            Icon {
                Layout.alignment: Qt.AlignCenter
                name: control.iconName
                visible: name !== ""
                size: control.stacked ? Theme.size.iconSmall : Theme.size.icon
                color: control.night ? Theme.color.nightGold : Theme.color.accent
            }
            Label {
                Layout.fillWidth: true
                text: control.text
                font: control.font
                color: control.lettering
                lineHeight: Theme.type.headingLeading
                horizontalAlignment: Text.AlignHCenter
                wrapMode: control.stacked ? Text.NoWrap : Text.WordWrap
                fontSizeMode: control.stacked ? Text.HorizontalFit : Text.FixedSize
                minimumPixelSize: Theme.type.smallest
                Accessible.ignored: true
            }
        }
    }

    background: Rectangle {
        radius: control.flat ? Theme.size.none : Theme.size.radiusSmall
        color: control.down ? (control.night ? Theme.color.nightDeep : Theme.color.sunken)
             : control.flat ? Theme.color.selected
             : control.night ? Theme.color.nightRaised : Theme.color.surface
        border.width: control.flat && !Theme.highContrast ? Theme.size.none : control.active ? Theme.size.stroke : Theme.size.hair
        border.color: control.active ? (control.night ? Theme.color.nightGold : Theme.color.accent)
                    : control.night ? Theme.color.nightOutline : Theme.color.outline
        FocusRing {
            shown: control.visualFocus
            night: control.night
        }
    }
}
