// A service: what it is, how long it takes, what it costs, and whether it works without a network.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Controls
import Manfadh.Theme

T.AbstractButton {
    id: tile

    required property var service
    required property bool online
    readonly property bool blocked: service.blocked !== ""
    readonly property string duration: qsTr("About %n minutes", "", service.minutes)
    readonly property string price: service.fee === "" ? qsTr("Free of charge") : qsTr("Fee: %1").arg(service.fee)
    readonly property string note: blocked ? service.blocked : online ? service.summary : service.says

    objectName: "service_" + service.id
    enabled: !blocked
    implicitHeight: Math.max(Theme.size.target, implicitContentHeight + topPadding + bottomPadding)
    padding: Theme.size.medium
    topPadding: Theme.size.small
    bottomPadding: Theme.size.small + Theme.size.edge
    focusPolicy: Qt.TabFocus
    Accessible.role: Accessible.Button
    Accessible.name: [service.title, note, duration, price].join(". ")
    Accessible.onPressAction: tile.click()

    contentItem: RowLayout {
        spacing: Theme.size.medium
        Rectangle {
            Layout.alignment: Qt.AlignTop
            Layout.preferredWidth: Theme.size.badge
            Layout.preferredHeight: Theme.size.badge
            radius: Theme.size.radiusSmall
            color: tile.blocked ? Theme.color.sunken : Theme.color.night
            border.width: Theme.highContrast ? Theme.size.line : Theme.size.none
            border.color: Theme.color.outline
            Icon {
                anchors.centerIn: parent
                name: tile.service.icon
                size: Theme.size.icon
                color: tile.blocked ? Theme.color.inkSoft : Theme.color.nightGold
            }
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: Theme.size.tiny
            Label {
                Layout.fillWidth: true
                text: tile.service.title
                font.weight: Theme.type.bold
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
            Label {
                Layout.fillWidth: true
                text: tile.note
                font.pixelSize: Theme.type.caption
                font.weight: tile.blocked ? Theme.type.semibold : Theme.type.regular
                color: tile.blocked ? Theme.color.danger : Theme.color.inkSoft
                lineHeight: Theme.type.headingLeading
                Accessible.ignored: true
            }
            Item {
                Layout.fillHeight: true
            }
            Flow {
                Layout.fillWidth: true
                visible: !tile.blocked
                spacing: Theme.size.small
                Repeater {
                    model: [
                        { icon: "clock", text: tile.duration },
                        { icon: "wallet", text: tile.price },
                        { icon: "wifi", text: "" }
                    ].filter(fact => fact.icon !== "wifi" || tile.service.network === "never")
                    Row {
                        id: fact
                        required property var modelData
                        spacing: Theme.size.tiny
                        Icon {
                            anchors.verticalCenter: parent.verticalCenter
                            name: fact.modelData.icon
                            size: Theme.size.iconSmall
                            color: Theme.color.accent
                        }
                        Label {
                            visible: text !== ""
                            text: fact.modelData.text
                            font.pixelSize: Theme.type.caption
                            font.weight: Theme.type.medium
                            wrapMode: Text.NoWrap
                            Accessible.ignored: true
                        }
                    }
                }
            }
        }
    }

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: Theme.size.edge * 2
            radius: Theme.size.radius
            color: Theme.color.keyEdge
        }
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: tile.down ? Theme.size.edge - Theme.size.hair : Theme.size.none
            anchors.bottomMargin: tile.down ? Theme.size.hair : Theme.size.edge
            radius: Theme.size.radius
            color: tile.blocked ? Theme.color.ground : Theme.color.surface
            border.width: Theme.size.hair
            border.color: Theme.color.outline
        }
        FocusRing {
            shown: tile.visualFocus
        }
    }
}
