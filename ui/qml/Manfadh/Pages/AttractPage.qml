pragma ComponentBehavior: Bound

// Before a visit: the identity of the terminal, what it offers, and "touch to start" in both languages.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

T.AbstractButton {
    id: page

    required property ShellViewModel shell
    required property AttractViewModel vm
    readonly property bool portrait: Theme.portrait

    objectName: "startArea"
    focusPolicy: Qt.TabFocus
    Accessible.role: Accessible.Button
    Accessible.name: qsTr("Touch the screen to start")
    Accessible.onPressAction: page.click()
    onClicked: page.shell.start()

    background: Rectangle {
        gradient: Gradient {
            GradientStop { position: 0; color: Theme.color.nightDeep }
            GradientStop { position: 1; color: Theme.color.night }
        }
        Pattern {
            anchors.fill: parent
        }
    }

    RowLayout {
        id: brand
        anchors.top: parent.top
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.size.margin
        spacing: Theme.size.medium
        Logo {
            size: Theme.size.markLarge
        }
        ColumnLayout {
            spacing: 0
            Label {
                text: "منفذ"
                color: Theme.color.nightInk
                font.pixelSize: Theme.type.heading
                font.weight: Theme.type.bold
                lineHeight: Theme.type.headingLeading
            }
            Label {
                text: "Manfadh"
                color: Theme.color.nightInk
                font.weight: Theme.type.medium
                lineHeight: Theme.type.headingLeading
            }
        }
        Item {
            Layout.fillWidth: true
        }
        StatusChip {
            visible: !page.shell.online
            online: page.shell.online
            text: qsTr("Works offline")
        }
    }

    Image {
        id: portal
        // Drawn once, when what is above and below it has its height: each size is drawn anew.
        readonly property real fit: !page.portrait ? page.height - Theme.size.huge * 2
                                  : brand.height > 0 ? Math.min(page.width, page.height - brand.height - words.height - Theme.size.huge * 2) : 0
        readonly property size drawn: Qt.size(fit * 0.9, fit)
        width: drawn.width
        height: drawn.height
        sourceSize: drawn
        source: drawn.height > 0 ? Theme.art("portal") : ""
        anchors.bottom: page.portrait ? words.top : parent.bottom
        anchors.horizontalCenter: page.portrait ? parent.horizontalCenter : undefined
        anchors.right: page.portrait ? undefined : parent.right
        anchors.rightMargin: Theme.size.huge
        Accessible.ignored: true
    }

    Rectangle {
        id: words
        anchors.left: parent.left
        anchors.right: page.portrait ? parent.right : portal.left
        anchors.bottom: parent.bottom
        height: page.portrait ? offer.implicitHeight + Theme.size.wide * 2 + Theme.size.frieze : page.height - brand.height - Theme.size.margin * 2
        color: page.portrait ? Theme.color.night : "transparent"
        Frieze {
            visible: page.portrait
            anchors.top: parent.top
            anchors.left: parent.left
            anchors.right: parent.right
            height: Theme.size.frieze
        }
        ColumnLayout {
            id: offer
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            anchors.verticalCenterOffset: page.portrait ? Theme.size.frieze / 2 : 0
            anchors.leftMargin: Theme.size.margin
            anchors.rightMargin: Theme.size.margin
            spacing: Theme.size.small

            Heading {
                objectName: "heading"
                Layout.fillWidth: true
                text: qsTr("Government services, with your ID card")
                color: Theme.color.nightInk
                font.pixelSize: Theme.type.display
            }
            Label {
                Layout.fillWidth: true
                text: page.shell.online ? qsTr("In a few minutes, without a queue, with a receipt you can verify.")
                                        : qsTr("Works without network: your request is saved here and sent for you.")
                color: Theme.color.nightInkSoft
            }
            Flow {
                Layout.fillWidth: true
                // Large letters beside the portal leave room for what is to be done, not for more.
                visible: page.portrait || !Theme.largeText
                Layout.topMargin: Theme.size.small
                spacing: Theme.size.small
                Repeater {
                    model: page.vm.services
                    Rectangle {
                        id: chip
                        required property var modelData
                        width: chipRow.implicitWidth + Theme.size.large_ * 2
                        height: Theme.size.badge
                        radius: height / 2
                        color: Theme.color.nightRaised
                        border.width: Theme.size.hair
                        border.color: Theme.color.nightOutline
                        Row {
                            id: chipRow
                            anchors.centerIn: parent
                            spacing: Theme.size.small
                            Icon {
                                anchors.verticalCenter: parent.verticalCenter
                                name: chip.modelData.icon
                                size: Theme.size.iconSmall
                                color: Theme.color.nightGold
                            }
                            Label {
                                anchors.verticalCenter: parent.verticalCenter
                                text: Theme.rtl ? chip.modelData.titleAr : chip.modelData.titleEn
                                font.pixelSize: Theme.type.caption
                                color: Theme.color.nightInk
                                wrapMode: Text.NoWrap
                            }
                        }
                    }
                }
            }
            Rectangle {
                Layout.fillWidth: true
                Layout.topMargin: Theme.size.medium
                implicitHeight: Theme.size.target + Theme.size.wide
                radius: Theme.size.radius
                color: Theme.color.call
                ColumnLayout {
                    anchors.centerIn: parent
                    spacing: 0
                    Label {
                        Layout.alignment: Qt.AlignHCenter
                        text: "المس الشاشة للبدء"
                        color: Theme.color.callInk
                        font.pixelSize: Theme.type.title
                        font.weight: Theme.type.bold
                        lineHeight: Theme.type.headingLeading
                        Accessible.ignored: true
                    }
                    Label {
                        Layout.alignment: Qt.AlignHCenter
                        text: "Touch the screen to start"
                        color: Theme.color.callInk
                        font.weight: Theme.type.semibold
                        lineHeight: Theme.type.headingLeading
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
    FocusRing {
        anchors.margins: Theme.size.ring
        shown: page.visualFocus
        night: true
    }
}
