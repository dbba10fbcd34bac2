pragma ComponentBehavior: Bound

// It is done: the number to quote, what happens next, and the receipt.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property ConfirmationViewModel vm
    readonly property bool saved: vm.registeredAs === "" && !vm.sending && !vm.rejected

    heading: vm.registeredAs !== "" ? vm.registeredText
           : vm.rejected ? qsTr("The office could not take your request")
           : qsTr("Your request is saved")
    help: vm.registeredAs !== "" ? qsTr("You get a text message about every step.")
        : vm.sending ? qsTr("It is being sent to the office now.")
        : vm.rejected ? qsTr("Please call the office and quote the number below.")
        : qsTr("It is sent by itself as soon as the network returns. You need do nothing; you get a text message.")
    primaryText: qsTr("Finish")
    primaryIcon: "check"
    onPrimary: shell.proceed()
    secondaryText: shell.cardThere ? qsTr("Another service") : ""
    onSecondary: vm.anotherService()

    GridLayout {
        Layout.fillWidth: true
        columns: Theme.largeText ? 1 : 2
        columnSpacing: Theme.size.large_
        rowSpacing: Theme.size.medium

        ColumnLayout {
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignTop
            spacing: Theme.size.medium

            Rectangle {
                Layout.fillWidth: true
                implicitHeight: numbers.implicitHeight + Theme.size.medium * 2
                radius: Theme.size.radius
                color: page.vm.rejected ? Theme.color.dangerGround : Theme.color.successGround
                border.width: Theme.size.line
                border.color: page.vm.rejected ? Theme.color.danger : Theme.color.success
                ColumnLayout {
                    id: numbers
                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    anchors.leftMargin: Theme.size.large_
                    anchors.rightMargin: Theme.size.large_
                    spacing: Theme.size.tiny
                    RowLayout {
                        Layout.fillWidth: true
                        spacing: Theme.size.small
                        Icon {
                            name: page.vm.rejected ? "alert-triangle" : page.saved ? "cloud-upload" : "circle-check"
                            color: page.vm.rejected ? Theme.color.danger : Theme.color.success
                        }
                        Label {
                            Layout.fillWidth: true
                            text: page.vm.registeredAs !== "" ? page.vm.numberLabel : qsTr("Transaction number")
                            font.weight: Theme.type.semibold
                            color: Theme.color.successInk
                        }
                    }
                    Label {
                        objectName: "reference"
                        Layout.fillWidth: true
                        text: "\u2066" + (page.vm.registeredAs !== "" ? page.vm.registeredAs : page.vm.reference) + "\u2069"
                        font.pixelSize: Theme.type.heading
                        font.weight: Theme.type.bold
                        wrapMode: Text.WrapAnywhere
                        color: Theme.color.successInk
                    }
                    Label {
                        Layout.fillWidth: true
                        visible: page.vm.registeredAs !== ""
                        text: qsTr("Transaction number: %1").arg("\u2066" + page.vm.reference + "\u2069")
                        font.pixelSize: Theme.type.caption
                        color: Theme.color.successInk
                    }
                }
            }
            Waiting {
                Layout.fillWidth: true
                visible: page.vm.sending
                text: qsTr("Sending to the office…")
            }
            Banner {
                objectName: "hearing"
                Layout.fillWidth: true
                visible: page.vm.hearingDay !== ""
                iconName: "calendar"
                title: qsTr("Proposed hearing")
                //: %1 is a date, %2 a time
                text: qsTr("%1 at %2").arg("\u2066" + page.vm.hearingDay + "\u2069").arg("\u2066" + page.vm.hearingTime + "\u2069") + "\n" + page.vm.hearingPlace
            }
        }
        ReceiptPanel {
            Layout.alignment: Qt.AlignTop | Qt.AlignHCenter
            Layout.rowSpan: Theme.portrait || Theme.largeText ? 1 : 2
            vm: page.vm
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.columnSpan: Theme.portrait && !Theme.largeText ? 2 : 1
            spacing: Theme.portrait ? Theme.size.medium : Theme.size.small
            Label {
                Layout.fillWidth: true
                Layout.topMargin: Theme.size.small
                visible: page.vm.nextSteps.length > 0
                text: qsTr("What happens next")
                font.pixelSize: Theme.type.title
                font.weight: Theme.type.bold
            }
            Repeater {
                model: page.vm.nextSteps
                RowLayout {
                    id: next
                    required property int index
                    required property string modelData
                    Layout.fillWidth: true
                    spacing: Theme.size.medium
                    Rectangle {
                        Layout.alignment: Qt.AlignTop
                        implicitWidth: Theme.size.radio
                        implicitHeight: Theme.size.radio
                        radius: width / 2
                        color: Theme.color.accentGround
                        border.width: Theme.highContrast ? Theme.size.hair : 0
                        border.color: Theme.color.outline
                        Text {
                            anchors.centerIn: parent
                            text: next.index + 1
                            font.family: Theme.type.family
                            font.pixelSize: Theme.type.caption
                            font.weight: Theme.type.bold
                            color: Theme.color.ink
                        }
                    }
                    Label {
                        Layout.fillWidth: true
                        text: next.modelData
                    }
                }
            }
            RowLayout {
                Layout.fillWidth: true
                spacing: Theme.size.medium
                Icon {
                    Layout.preferredWidth: Theme.size.radio
                    name: "phone"
                    color: Theme.color.accent
                }
                Label {
                    objectName: "office"
                    Layout.fillWidth: true
                    text: page.vm.office + "\n\u2066" + page.vm.phone + "\u2069"
                    font.weight: Theme.type.semibold
                }
            }
        }
    }
}
