// "Are you still there?": over every page, counting down.
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Rectangle {
    id: dialog

    required property int seconds // from which it counts; 0 hides it
    property bool leavable: true
    property int remaining: seconds
    signal stay
    signal leave

    visible: seconds > 0
    color: Theme.color.veil
    Accessible.role: Accessible.Dialog
    Accessible.name: qsTr("Are you still there?")
    onSecondsChanged: remaining = seconds

    // Nothing behind it can be touched.
    MouseArea {
        anchors.fill: parent
        Accessible.ignored: true
    }
    Timer {
        interval: Theme.duration.second
        repeat: true
        running: dialog.visible && dialog.remaining > 0
        onTriggered: dialog.remaining -= 1
    }
    Rectangle {
        anchors.centerIn: parent
        width: Math.min(parent.width - Theme.size.huge * 2, Theme.size.dialog)
        height: column.implicitHeight + Theme.size.huge * 2
        radius: Theme.size.radius
        color: Theme.color.ground
        border.width: Theme.size.stroke
        border.color: Theme.color.gold

        ColumnLayout {
            id: column
            anchors.centerIn: parent
            width: parent.width - Theme.size.huge * 2
            spacing: Theme.size.medium
            Item {
                Layout.alignment: Qt.AlignHCenter
                implicitWidth: Theme.size.photoWidth
                implicitHeight: Theme.size.photoWidth
                Spinner {
                    anchors.fill: parent
                    size: Theme.size.photoWidth
                    bare: true
                }
                Text {
                    anchors.centerIn: parent
                    text: dialog.remaining
                    font.family: Theme.type.family
                    font.pixelSize: Theme.type.display
                    font.weight: Theme.type.bold
                    color: Theme.color.ink
                }
            }
            Heading {
                Layout.fillWidth: true
                text: qsTr("Are you still there?")
                horizontalAlignment: Text.AlignHCenter
            }
            Label {
                Layout.fillWidth: true
                text: qsTr("Your visit ends in %n second(s). What you entered is then deleted.", "", dialog.remaining)
                horizontalAlignment: Text.AlignHCenter
                color: Theme.color.inkSoft
            }
            Button {
                objectName: "stayButton"
                Layout.fillWidth: true
                Layout.topMargin: Theme.size.medium
                kind: Button.Primary
                text: qsTr("I am still here")
                onClicked: dialog.stay()
            }
            Button {
                objectName: "leaveButton"
                visible: dialog.leavable
                Layout.fillWidth: true
                text: qsTr("End the visit")
                onClicked: dialog.leave()
            }
        }
    }
}
