// A note across the page: something to know (info), to mind (warning), wrong (danger) or done (success).
import QtQuick
import QtQuick.Layouts
import Manfadh.Theme

Rectangle {
    id: banner

    enum Tone { Info, Warning, Danger, Success }

    property int tone: Banner.Info
    property string title: ""
    property string text: ""
    property string iconName: {
        switch (tone) {
        case Banner.Warning: return "alert-triangle";
        case Banner.Danger: return "alert-triangle";
        case Banner.Success: return "circle-check";
        default: return "info-circle";
        }
    }
    readonly property color lettering: {
        switch (tone) {
        case Banner.Warning: return Theme.color.warningInk;
        case Banner.Danger: return Theme.color.danger;
        case Banner.Success: return Theme.color.successInk;
        default: return Theme.color.ink;
        }
    }
    readonly property color stroke: {
        switch (tone) {
        case Banner.Warning: return Theme.color.warning;
        case Banner.Danger: return Theme.color.danger;
        case Banner.Success: return Theme.color.success;
        default: return Theme.color.accent;
        }
    }

    implicitHeight: row.implicitHeight + Theme.size.medium * 2
    radius: Theme.size.radiusSmall
    border.width: Theme.size.hair
    border.color: stroke
    color: {
        switch (tone) {
        case Banner.Warning: return Theme.color.warningGround;
        case Banner.Danger: return Theme.color.dangerGround;
        case Banner.Success: return Theme.color.successGround;
        default: return Theme.color.selected;
        }
    }
    Accessible.role: tone === Banner.Danger ? Accessible.AlertMessage : Accessible.Note
    Accessible.name: title === "" ? text : title + ". " + text

    RowLayout {
        id: row
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        anchors.leftMargin: Theme.size.medium + Theme.size.tiny
        anchors.rightMargin: Theme.size.medium + Theme.size.tiny
        spacing: Theme.size.medium
        Icon {
            Layout.alignment: Qt.AlignTop
            name: banner.iconName
            color: banner.stroke
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: Theme.size.none
            Label {
                Layout.fillWidth: true
                visible: text !== ""
                text: banner.title
                color: banner.lettering
                font.weight: Theme.type.bold
                Accessible.ignored: true
            }
            Label {
                Layout.fillWidth: true
                visible: text !== ""
                text: banner.text
                color: banner.lettering
                Accessible.ignored: true
            }
        }
    }
}
