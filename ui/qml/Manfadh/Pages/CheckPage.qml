pragma ComponentBehavior: Bound

// Every answer once more, before the signature.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property CheckViewModel vm

    heading: qsTr("Check your answers")
    help: qsTr("This is what you sign. Change anything that is not right.")
    primaryText: qsTr("Sign and submit")
    primaryIcon: "pencil"
    onPrimary: shell.proceed()

    Repeater {
        model: page.vm.answers
        SummaryRow {
            required property var modelData
            Layout.fillWidth: true
            question: modelData.label
            answer: modelData.answer
            changeText: qsTr("Change")
            changeName: "change_" + modelData.id
            onChangeRequested: page.vm.change(modelData.id)
        }
    }
    SummaryRow {
        objectName: "papers"
        Layout.fillWidth: true
        visible: page.vm.papers > 0
        question: qsTr("Scanned papers")
        answer: qsTr("%n papers", "", page.vm.papers)
        changeText: qsTr("Change")
        changeName: "changePapers"
        onChangeRequested: page.vm.changePapers()
    }
    SummaryRow {
        Layout.fillWidth: true
        question: qsTr("Fee")
        answer: page.vm.fee === "" ? qsTr("Free of charge") : page.vm.fee
        changeText: ""
        changeable: false
    }
}
