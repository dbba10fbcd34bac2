pragma ComponentBehavior: Bound

// One question of a service; the editor depends on its kind.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property QuestionViewModel vm
    required property EmployerViewModel employer
    readonly property Editor editor: editors.item as Editor

    heading: vm.question
    // Large letters leave no room for the help above the keyboard or beside the answer.
    readonly property bool helpBelow: Theme.largeText && keyboard.visible
    readonly property bool helpFirst: Theme.largeText && !Theme.portrait && !keyboard.visible
    help: helpBelow || helpFirst ? "" : vm.help
    primaryText: vm.required || !vm.empty ? qsTr("Continue") : qsTr("Skip")
    onPrimary: shell.proceed()

    function open(): void {
        // Made ahead: there is no question yet.
        if (shell.page !== "question" || editors.opened === vm.fieldId)
            return;
        page.scrollToTop();
        editors.opened = vm.fieldId;
        editors.setSource(vm.editor + ".qml", { vm: vm, employer: employer });
    }

    Component.onCompleted: open()
    Connections {
        target: page.vm
        function onAsked(): void {
            page.open();
        }
        function onChanged(): void {
            if (page.vm.problems.length > 0)
                page.scrollToTop();
        }
    }

    Connections {
        target: page.shell
        function onChanged(): void {
            page.open();
        }
    }

    ErrorSummary {
        objectName: "errorSummary"
        Layout.fillWidth: true
        visible: problems.length > 0 && Theme.portrait
        problems: page.vm.problems
        compact: keyboard.visible
    }
    Label {
        Layout.fillWidth: true
        visible: page.helpFirst && text !== ""
        text: page.vm.help
        color: Theme.color.inkSoft
    }
    Loader {
        id: editors
        property string opened: ""
        Layout.fillWidth: true
        focus: true
    }

    Label {
        Layout.fillWidth: true
        visible: page.helpBelow && text !== ""
        text: page.vm.help
        color: Theme.color.inkSoft
    }

    noticeShown: page.vm.problems.length > 0 && !Theme.portrait
    notice: ErrorSummary {
        Layout.fillWidth: true
        problems: page.vm.problems
        compact: Theme.largeText
    }

    lower: Keyboard {
        id: keyboard
        width: parent?.width ?? 0
        visible: start !== ""
        height: visible ? implicitHeight : 0
        start: page.editor?.keyboard ?? ""
        onTyped: text => page.editor.typed(text)
        onErased: page.editor.erased()
        onCleared: page.editor.cleared()
        onEntered: page.editor.entered()
    }
}
