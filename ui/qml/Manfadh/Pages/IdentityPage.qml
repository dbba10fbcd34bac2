// Who the card belongs to, to be confirmed.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property IdentityViewModel vm

    heading: qsTr("Welcome. Is this you?")
    help: qsTr("These details come from your card.")
    primaryText: qsTr("Yes, continue")
    secondaryText: qsTr("Not me")
    onPrimary: shell.proceed()
    onSecondary: shell.cancel()
    centred: true

    IdentityCard {
        Layout.fillWidth: true
        photo: page.vm.photo
        nameAr: page.vm.nameAr
        nameEn: page.vm.nameEn
        civilNumber: page.vm.civilNumber
        expiry: page.vm.expiry
        resident: page.vm.resident
    }
    Banner {
        Layout.fillWidth: true
        tone: Banner.Success
        iconName: "shield-check"
        text: qsTr("The card is genuine and the PIN is correct.")
    }
}
