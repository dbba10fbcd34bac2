// What was wrong with the last digits, and how many tries are left.
import QtQuick
import Manfadh.Controls
import Manfadh.ViewModels

Banner {
    id: notice
    objectName: "pinNotice"

    required property CardTaskViewModel vm
    required property PinViewModel pin
    readonly property bool worded: title !== "" || text !== ""

    tone: Banner.Danger
    iconName: "alert-triangle"
    title: {
        switch (vm.problem) {
        case "repeated": return qsTr("Too easy: the same digits again and again");
        case "sequence": return qsTr("Too easy: a sequence");
        case "birth-date": return qsTr("Too easy: your birth date");
        case "civil-number": return qsTr("Too easy: part of your civil number");
        case "pins-differ": return qsTr("The two PINs were different");
        }
        if (pin.incomplete)
            return pin.length === 8 ? qsTr("Enter all eight digits") : qsTr("Enter all six digits");
        if (pin.wrong)
            return vm.asks === "code" ? qsTr("This is not the code") : vm.asks === "puk" ? qsTr("Wrong PUK") : qsTr("Wrong PIN");
        return "";
    }
    text: vm.problem === "pins-differ" ? qsTr("Choose it again.")
        : vm.problem !== "" ? qsTr("Choose another one.")
        : pin.wrong && pin.triesLeft === 1 && vm.asks === "puk" ? qsTr("One try left. If it is wrong, the unblocking code is blocked.")
        : pin.wrong && pin.triesLeft === 1 && vm.asks === "old-pin" ? qsTr("One try left. If it is wrong, your PIN is blocked.")
        : pin.wrong && pin.triesLeft >= 0 ? qsTr("%n tries left", "", pin.triesLeft) : ""
}
