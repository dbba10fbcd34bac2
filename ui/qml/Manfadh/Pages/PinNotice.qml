// How many tries are left, said before the first digit; and what was wrong with the last one.
import QtQuick
import Manfadh.Controls
import Manfadh.ViewModels

Banner {
    id: notice
    objectName: "pinNotice"

    required property PinViewModel vm
    readonly property bool worded: vm.wrong || vm.incomplete || vm.triesLeft >= 0
    readonly property bool grave: vm.triesLeft === 1 || vm.wrong || vm.incomplete

    tone: grave ? Banner.Danger : Banner.Info
    iconName: grave ? "alert-triangle" : "shield-check"
    title: vm.wrong ? qsTr("Wrong PIN")
         : vm.incomplete ? qsTr("Enter all six digits")
         : vm.triesLeft === 1 ? qsTr("Last try") : ""
    text: vm.triesLeft === 1 ? qsTr("One try left. If it is wrong, your PIN is blocked.")
        : vm.triesLeft >= 0 ? qsTr("%n tries left", "", vm.triesLeft) : ""
}
