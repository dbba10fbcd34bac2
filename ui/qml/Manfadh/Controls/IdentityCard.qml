// The cardholder as on the card: photo, names in both scripts, masked number, expiry.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Rectangle {
    id: card

    required property url photo
    required property string nameAr
    required property string nameEn
    required property string civilNumber // masked
    required property string expiry
    required property bool resident

    implicitHeight: column.implicitHeight
    radius: Theme.size.radius
    color: Theme.color.surface
    border.width: Theme.size.line
    border.color: Theme.color.gold

    ColumnLayout {
        id: column
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: Theme.size.none

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: title.implicitHeight + Theme.size.medium * 2
            color: Theme.color.night
            topLeftRadius: Theme.size.radius
            topRightRadius: Theme.size.radius
            border.width: Theme.highContrast ? Theme.size.line : Theme.size.none
            border.color: Theme.color.gold
            Pattern {
                anchors.fill: parent
                anchors.margins: Theme.size.radiusSmall / 2
            }
            Label {
                id: title
                anchors.left: parent.left
                anchors.right: star.left
                anchors.verticalCenter: parent.verticalCenter
                anchors.leftMargin: Theme.size.large_
                text: card.resident ? qsTr("Resident card") : qsTr("ID card")
                color: Theme.color.nightInk
                font.weight: Theme.type.semibold
            }
            Logo {
                id: star
                anchors.right: parent.right
                anchors.rightMargin: Theme.size.medium
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.size.iconLarge
            }
        }
        RowLayout {
            Layout.fillWidth: true
            Layout.margins: Theme.size.large_
            spacing: Theme.size.large_
            PhotoFrame {
                Layout.alignment: Qt.AlignTop
                photo: card.photo
                label: qsTr("Your photo from the card")
            }
            ColumnLayout {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignVCenter
                spacing: Theme.size.tiny
                Label {
                    Layout.fillWidth: true
                    text: card.nameAr
                    font.pixelSize: Theme.type.title
                    font.weight: Theme.type.bold
                    lineHeight: Theme.type.headingLeading
                }
                Label {
                    Layout.fillWidth: true
                    text: card.nameEn
                    font.weight: Theme.type.medium
                    lineHeight: Theme.type.headingLeading
                }
                Label {
                    Layout.fillWidth: true
                    Layout.topMargin: Theme.size.small
                    text: qsTr("Civil number")
                    font.pixelSize: Theme.type.caption
                    color: Theme.color.inkSoft
                }
                Label {
                    Layout.fillWidth: true
                    text: "\u2066" + card.civilNumber + "\u2069"
                    font.pixelSize: Theme.type.mono
                    font.weight: Theme.type.semibold
                    Accessible.name: qsTr("Civil number ending in %1").arg(card.civilNumber.slice(-3))
                }
                Label {
                    Layout.fillWidth: true
                    //: %1 is a date
                    text: qsTr("Valid until %1").arg("\u2066" + card.expiry + "\u2069")
                    font.pixelSize: Theme.type.caption
                    color: Theme.color.inkSoft
                }
            }
        }
    }
}
