// An amount, a mobile number, an e-mail address.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    readonly property bool money: vm.kind === "money"
    readonly property bool email: vm.kind === "email"

    keyboard: email ? "email" : money ? "decimal" : "digits"
    onTyped: text => field.type(text)
    onErased: field.erase()
    onCleared: field.wipe()

    Label {
        Layout.fillWidth: true
        visible: editor.vm.problems.length === 0
        text: editor.vm.label
        font.weight: Theme.type.semibold
    }
    TextField {
        id: field
        objectName: "field_" + editor.vm.fieldId
        Layout.fillWidth: true
        Layout.maximumWidth: editor.email ? Theme.size.column : Theme.size.pinKeyWidth * 3
        text: editor.vm.text
        prefix: editor.vm.kind === "mobile" ? "+968" : ""
        suffix: editor.money ? qsTr("OMR") : ""
        invalid: editor.vm.problems.length > 0
        focus: true
        inputMethodHints: Qt.ImhNoPredictiveText
        // Numbers and addresses read from the left in every language; an amount follows its currency.
        LayoutMirroring.enabled: editor.money && Theme.rtl
        Accessible.name: editor.vm.label
        onEdited: value => editor.vm.write(value)
        Component.onCompleted: cursorPosition = length
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
}
