// No visit can begin: calm, with what to do instead; the code is for the technician.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

Rectangle {
    id: page

    required property ShellViewModel shell
    required property OutOfServiceViewModel vm

    gradient: Gradient {
        GradientStop { position: 0; color: Theme.color.nightDeep }
        GradientStop { position: 1; color: Theme.color.night }
    }
    Pattern {
        anchors.fill: parent
    }
    RowLayout {
        anchors.top: parent.top
        anchors.left: parent.left
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
    }
    ColumnLayout {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: Theme.portrait ? Theme.size.none : Theme.size.huge
        width: Math.min(parent.width - Theme.size.margin * 2, Theme.size.column)
        spacing: Theme.size.medium
        Rectangle {
            implicitWidth: Theme.portrait ? Theme.size.photoWidth : Theme.size.cardHeight
            implicitHeight: implicitWidth
            radius: width / 2
            color: Theme.color.nightRaised
            border.width: Theme.size.stroke
            border.color: Theme.color.nightGold
            Icon {
                anchors.centerIn: parent
                name: "tool"
                size: Theme.portrait ? Theme.size.iconHuge : Theme.size.badge
                color: Theme.color.nightGold
            }
        }
        Heading {
            objectName: "heading"
            Layout.fillWidth: true
            Layout.topMargin: Theme.size.medium
            text: qsTr("This terminal is out of service")
            color: Theme.color.nightInk
            font.pixelSize: Theme.type.display
        }
        Label {
            Layout.fillWidth: true
            text: qsTr("Please use another terminal or a Sanad centre.")
            font.pixelSize: Theme.type.title
            color: Theme.color.nightInkSoft
        }
        Rectangle {
            Layout.fillWidth: true
            Layout.topMargin: Theme.size.huge
            implicitHeight: Theme.size.hair
            color: Theme.color.nightOutline
        }
        Label {
            objectName: "faultCode"
            Layout.fillWidth: true
            visible: page.vm.faults !== ""
            text: qsTr("For the technician: %1").arg("\u2066" + page.vm.faults + "\u2069")
            font.pixelSize: Theme.type.caption
            color: Theme.color.nightInkSoft
        }
    }
}
