// Whether the central service is reachable. Offline is no error: the words say so.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Rectangle {
    id: chip

    required property bool online
    required property string text
    property bool night: true
    property bool brief: false // the icon alone; the words are its accessible name

    implicitWidth: row.implicitWidth + (brief ? Theme.size.small : Theme.size.medium) * 2
    implicitHeight: Math.max(row.implicitHeight + Theme.size.tiny * 2, Theme.size.huge)
    radius: height / 2
    color: night ? Theme.color.nightRaised : Theme.color.surface
    border.width: Theme.size.hair
    border.color: night ? Theme.color.nightOutline : Theme.color.outline
    Accessible.role: Accessible.Indicator
    Accessible.name: text

    RowLayout {
        id: row
        anchors.centerIn: parent
        spacing: Theme.size.small
        Icon {
            name: chip.online ? "wifi" : "cloud-off"
            size: Theme.size.iconSmall
            color: chip.night ? Theme.color.nightGold : Theme.color.accent
        }
        Label {
            visible: !chip.brief
            text: chip.text
            wrapMode: Text.NoWrap
            font.pixelSize: Theme.type.caption
            font.weight: Theme.type.medium
            color: chip.night ? Theme.color.nightInk : Theme.color.ink
            Accessible.ignored: true
        }
    }
}
