// Why the activation cannot begin or go on, and what helps.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CardTaskViewModel vm
    readonly property bool forTheOffice: ["network", "code-used-up", "not-approved", "too-many-codes", "terminal"].indexOf(vm.problem) < 0

    heading: {
        switch (vm.problem) {
        case "network": return qsTr("A network is needed");
        case "no-mobile": return qsTr("No phone number is registered for you");
        case "code-used-up": return qsTr("The code was wrong too often");
        case "too-many-codes": return qsTr("Too many codes were sent");
        case "not-approved": return qsTr("The time for the code has run out");
        case "terminal": return qsTr("This terminal cannot finish it now");
        case "conflict": return qsTr("The card and its certificate do not fit");
        default: return qsTr("This card cannot be activated here");
        }
    }
    help: {
        switch (vm.problem) {
        case "network": return qsTr("Activation works only with a network. What was done is kept: try again in a while, here or elsewhere.");
        case "no-mobile": return qsTr("Register your number at a Civil Status office, then come back.");
        case "code-used-up":
        case "not-approved": return qsTr("Press Try again: you get a new code.");
        case "too-many-codes": return qsTr("Please wait an hour, then try again.");
        case "terminal": return qsTr("What was done is kept: try again in a while, here or elsewhere.");
        case "conflict": return qsTr("The office has to renew its certificates first. Please visit a Civil Status office with the card.");
        default: return qsTr("Please visit a Civil Status office with the card.");
        }
    }
    primaryText: forTheOffice ? "" : qsTr("Try again")
    primaryIcon: "refresh"
    onPrimary: shell.proceed()
    centred: true

    Rectangle {
        Layout.alignment: Qt.AlignHCenter
        Layout.topMargin: Theme.size.medium
        Layout.bottomMargin: Theme.size.medium
        implicitWidth: Theme.portrait ? Theme.size.photoWidth : Theme.size.cardHeight
        implicitHeight: implicitWidth
        radius: width / 2
        color: Theme.color.surface
        border.width: Theme.size.stroke
        border.color: Theme.color.outline
        Icon {
            anchors.centerIn: parent
            name: page.vm.problem === "network" ? "wifi-off" : page.forTheOffice ? "building" : "device-mobile"
            size: Theme.portrait ? Theme.size.iconHuge : Theme.size.badge
            color: Theme.color.accent
        }
    }
    Banner {
        Layout.fillWidth: true
        tone: page.forTheOffice ? Banner.Danger : Banner.Warning
        iconName: "id"
        title: qsTr("Your card is not active yet")
        text: page.forTheOffice ? qsTr("Please take your card.") : qsTr("Nothing was lost. You may take the card and come back at any time.")
    }
}
