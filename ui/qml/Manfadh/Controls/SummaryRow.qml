// One answer on the check-answers page: question, answer, change.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Item {
    id: summary

    required property string question
    required property string answer
    required property string changeText
    property string changeName: ""
    property bool changeable: true
    signal changeRequested

    implicitHeight: Math.max(Theme.size.targetMin, column.implicitHeight) + Theme.size.medium

    RowLayout {
        anchors.fill: parent
        anchors.bottomMargin: Theme.size.small
        spacing: Theme.size.medium
        ColumnLayout {
            id: column
            Layout.fillWidth: true
            spacing: Theme.size.none
            Label {
                Layout.fillWidth: true
                text: summary.question
                font.pixelSize: Theme.type.caption
                color: Theme.color.inkSoft
            }
            Label {
                Layout.fillWidth: true
                // The mark keeps an answer that starts with an isolated name or date in the page's direction.
                text: (Theme.rtl ? "\u200f" : "\u200e") + summary.answer
                Accessible.name: summary.answer
                font.weight: Theme.type.semibold
            }
        }
        ToolButton {
            objectName: summary.changeName
            visible: summary.changeable
            night: false
            iconName: "pencil"
            text: summary.changeText
            Accessible.name: summary.changeText + ": " + summary.question
            onClicked: summary.changeRequested()
        }
    }
    Rectangle {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: Theme.size.hair
        color: Theme.color.hairline
    }
}
