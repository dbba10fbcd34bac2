// Language, text size and contrast: on every page, within reach from a wheelchair.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

RowLayout {
    id: dock

    required property ShellViewModel shell

    spacing: Theme.size.small
    uniformCellSizes: true

    ToolButton {
        objectName: "languageButton"
        Layout.fillWidth: true
        Layout.fillHeight: true
        stacked: true
        iconName: "language"
        text: dock.shell.rightToLeft ? "English" : "العربية"
        onClicked: dock.shell.chooseLanguage(dock.shell.rightToLeft ? "en" : "ar")
    }
    ToolButton {
        objectName: "textSizeButton"
        Layout.fillWidth: true
        Layout.fillHeight: true
        stacked: true
        active: dock.shell.largeText
        iconName: "text-size"
        text: qsTr("Text size")
        onClicked: dock.shell.chooseLargeText(!dock.shell.largeText)
    }
    ToolButton {
        objectName: "contrastButton"
        Layout.fillWidth: true
        Layout.fillHeight: true
        stacked: true
        active: dock.shell.highContrast
        iconName: "contrast-2"
        text: qsTr("Contrast")
        onClicked: dock.shell.chooseContrast(!dock.shell.highContrast)
    }
}
