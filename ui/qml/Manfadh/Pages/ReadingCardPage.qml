// The card is being read: a second or two.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property IdentityViewModel identity
    readonly property string name: Theme.rtl ? identity.nameAr : identity.nameEn

    heading: qsTr("Reading your card")
    help: qsTr("This takes a few seconds. Leave the card in the slot.")
    centred: true

    CardIllustration {
        Layout.alignment: Qt.AlignHCenter
        motion: CardIllustration.Still
    }
    Label {
        objectName: "name"
        Layout.fillWidth: true
        visible: page.name !== ""
        horizontalAlignment: Text.AlignHCenter
        text: page.name
        font.pixelSize: Theme.type.title
        font.weight: Theme.type.bold
    }
    Waiting {
        Layout.fillWidth: true
        text: qsTr("Checking that the card is genuine")
    }
}
