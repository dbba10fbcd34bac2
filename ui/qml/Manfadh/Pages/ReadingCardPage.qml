// The card is being read: a second or two.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

PageFrame {
    heading: qsTr("Reading your card")
    help: qsTr("This takes a few seconds. Leave the card in the slot.")
    centred: true

    CardIllustration {
        Layout.alignment: Qt.AlignHCenter
        motion: CardIllustration.Still
    }
    Waiting {
        Layout.fillWidth: true
        text: qsTr("Checking that the card is genuine")
    }
}
