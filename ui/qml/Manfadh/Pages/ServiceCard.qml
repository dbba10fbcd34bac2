pragma ComponentBehavior: Bound

// A service with what it is about, how long it takes and what it costs.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Controls
import Manfadh.Theme

T.AbstractButton {
    id: card

    property string iconName: ""
    property string note: ""
    property int minutes: 0
    property string fee: "" // empty: free

    readonly property string duration: qsTr("About %n minutes", "", minutes)
    readonly property string price: fee === "" ? qsTr("Free of charge") : qsTr("Fee: %1").arg(fee)

    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.size.wide
    bottomPadding: Theme.size.wide + Theme.size.edge
    focusPolicy: Qt.TabFocus
    Accessible.role: Accessible.Button
    Accessible.name: [text, note, duration, price].join(". ")
    Accessible.onPressAction: card.click()

    contentItem: ColumnLayout {
        spacing: Theme.size.medium
        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.size.large_
            Rectangle {
                Layout.alignment: Qt.AlignTop
                implicitWidth: Theme.size.target
                implicitHeight: Theme.size.target
                radius: Theme.size.radius
                color: Theme.color.night
                border.width: Theme.highContrast ? Theme.size.line : 0
                border.color: Theme.color.outline
                Icon {
                    anchors.centerIn: parent
                    name: card.iconName
                    size: Theme.size.iconLarge
                    color: Theme.color.nightGold
                }
            }
            ColumnLayout {
                Layout.fillWidth: true
                spacing: Theme.size.tiny
                Label {
                    Layout.fillWidth: true
                    text: card.text
                    font.pixelSize: Theme.type.title
                    font.weight: Theme.type.bold
                    lineHeight: Theme.type.headingLeading
                    Accessible.ignored: true
                }
                Label {
                    Layout.fillWidth: true
                    text: card.note
                    color: Theme.color.inkSoft
                    lineHeight: Theme.type.headingLeading
                    Accessible.ignored: true
                }
            }
            Icon {
                name: Theme.arrowForward
                color: Theme.color.accent
            }
        }
        Rectangle {
            Layout.fillWidth: true
            implicitHeight: Theme.size.hair
            color: Theme.color.hairline
        }
        Flow {
            Layout.fillWidth: true
            spacing: Theme.size.large_
            Repeater {
                model: [{ icon: "clock", text: card.duration }, { icon: "wallet", text: card.price }]
                Row {
                    id: fact
                    required property var modelData
                    spacing: Theme.size.small
                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        name: fact.modelData.icon
                        size: Theme.size.iconSmall
                        color: Theme.color.accent
                    }
                    Label {
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
    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: Theme.size.edge * 2
            radius: Theme.size.radius
            color: Theme.color.keyEdge
        }
        Rectangle {
            anchors.fill: parent
            anchors.topMargin: card.down ? Theme.size.edge - Theme.size.hair : 0
            anchors.bottomMargin: card.down ? Theme.size.hair : Theme.size.edge
            radius: Theme.size.radius
            color: Theme.color.surface
            border.width: Theme.size.hair
            border.color: Theme.color.outline
        }
        FocusRing {
            shown: card.visualFocus
        }
    }
}
