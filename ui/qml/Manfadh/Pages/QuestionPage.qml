pragma ComponentBehavior: Bound

// A page of questions: one, several, or what is known and only confirmed. Editors are found by name.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property QuestionViewModel vm
    required property EmployerViewModel employer
    property int current: 0 // the question that the keyboard writes to
    property Editor editor: null // of that question

    heading: vm.question
    // Large letters leave no room for the help above the keyboard or beside the answer.
    readonly property bool helpBelow: Theme.largeText && keyboard.visible
    readonly property bool helpFirst: Theme.largeText && !Theme.portrait && !keyboard.visible
    help: helpBelow || helpFirst ? "" : vm.help
    primaryText: vm.confirms ? qsTr("Yes, continue") : vm.required || !vm.empty ? qsTr("Continue") : qsTr("Skip")
    onPrimary: shell.proceed()

    function open(): void {
        // Made ahead: there is no question yet.
        if (shell.page !== "question" || editors.opened === vm.pageId + vm.confirms)
            return;
        page.scrollToTop();
        page.current = 0;
        editors.opened = vm.pageId + vm.confirms;
        page.editor = null;
        editors.model = 0;
        editors.model = vm.count;
    }

    function turnTo(index: int): void {
        current = index;
        editor = (editors.itemAt(index) as EditorSlot)?.item as Editor;
    }

    component EditorSlot: Loader {
        id: slot
        required property int index
        readonly property FieldViewModel question: page.vm.field(index) as FieldViewModel
        Layout.fillWidth: true
        Layout.topMargin: index > 0 ? Theme.size.wide : Theme.size.none
        focus: index === page.current
        Component.onCompleted: setSource(question.editor + ".qml", {
            vm: question, employer: page.employer, alone: page.vm.count === 1
        })
        onLoaded: {
            if (index === page.current)
                page.editor = item as Editor;
        }
        onActiveFocusChanged: {
            if (activeFocus && index !== page.current)
                page.turnTo(index);
        }
    }

    Component.onCompleted: open()
    Connections {
        target: page.vm
        function onAsked(): void {
            page.open();
        }
        function onChanged(): void {
            if (page.vm.firstWrong < 0)
                return;
            page.scrollToTop();
            if (page.vm.firstWrong !== page.current)
                page.turnTo(page.vm.firstWrong);
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
    ColumnLayout {
        Layout.fillWidth: true
        visible: page.vm.confirms
        spacing: Theme.size.small
        Repeater {
            model: page.vm.confirms ? page.vm.known : []
            SummaryRow {
                required property var modelData
                Layout.fillWidth: true
                question: modelData.label
                answer: modelData.answer
                changeText: ""
                changeable: false
            }
        }
        Button {
            objectName: "changeKnown"
            Layout.fillWidth: true
            Layout.topMargin: Theme.size.small
            iconName: "pencil"
            text: qsTr("No, something is different")
            onClicked: page.vm.askApart()
        }
    }
    ColumnLayout {
        Layout.fillWidth: true
        visible: !page.vm.confirms
        spacing: Theme.size.none
        Repeater {
            id: editors
            property string opened: ""
            model: 0
            EditorSlot {}
        }
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
