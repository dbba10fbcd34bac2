// Asks for the card and shows how.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

PageFrame {
    heading: qsTr("Insert your ID card")
    help: qsTr("Chip first, chip facing up. Leave the card in the slot until the end.")
    centred: true

    CardIllustration {
        Layout.alignment: Qt.AlignHCenter
        motion: CardIllustration.In
    }
    Banner {
        Layout.fillWidth: true
        iconName: "lock"
        text: qsTr("Your details come from the card and are used only for your request.")
    }
}
