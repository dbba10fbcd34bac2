// Signing and saving: the one moment when the card must not be touched.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

PageFrame {
    heading: qsTr("Signing and saving your request")
    help: qsTr("This takes a few seconds. Leave your card in the slot.")
    centred: true

    Spinner {
        Layout.alignment: Qt.AlignHCenter
        size: Theme.size.photoHeight
    }
    Label {
        Layout.fillWidth: true
        Layout.topMargin: Theme.size.wide
        horizontalAlignment: Text.AlignHCenter
        font.pixelSize: Theme.type.title
        font.weight: Theme.type.semibold
        text: qsTr("Your card signs, the terminal saves")
    }
    Label {
        Layout.fillWidth: true
        horizontalAlignment: Text.AlignHCenter
        color: Theme.color.inkSoft
        text: qsTr("You will get a transaction number in a moment.")
    }
}
