pragma ComponentBehavior: Bound

// The employer: one that the registry suggests or finds, or a name that is typed.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

Editor {
    id: editor

    // The registry may be about to name the employer: the keyboard does not come up to go again.
    readonly property bool waiting: employer.awaited && patience.running
    property bool typing: !waiting && employer.suggestions.length === 0 && employer.number === ""
    readonly property bool listed: [...employer.suggestions, ...employer.found].some(row => row.number === employer.number)
    readonly property bool offerName: field.text !== "" && (employer.name !== field.text || employer.number !== "")
        && (employer.search === "done" && employer.found.length === 0 || employer.search === "unavailable")

    keyboard: typing ? Theme.rtl ? "ar" : "en" : ""
    onTyped: text => field.type(text)
    onErased: field.erase()
    onEntered: typing = false

    Timer {
        id: patience
        interval: Theme.duration.patience
        running: true
    }
    EmployerCard {
        Layout.fillWidth: true
        visible: editor.employer.number !== "" && !editor.listed
        name: editor.employer.name
        number: editor.employer.number
        place: ""
        chosen: true
    }
    Label {
        Layout.fillWidth: true
        visible: editor.employer.suggestions.length > 0 && !editor.typing
        text: qsTr("Your employer according to the labour registry")
        font.weight: Theme.type.semibold
    }
    Repeater {
        model: editor.typing ? [] : editor.employer.suggestions
        EmployerCard {
            required property var modelData
            Layout.fillWidth: true
            name: modelData.name
            number: modelData.number
            place: modelData.place
            chosen: editor.employer.number === modelData.number
            onClicked: editor.vm.writeEstablishment(modelData.number, modelData.name)
        }
    }
    Label {
        Layout.fillWidth: true
        visible: Theme.portrait || !editor.typing
        Layout.topMargin: editor.employer.suggestions.length > 0 ? Theme.size.small : 0
        text: !editor.employer.searchable && !editor.waiting ? qsTr("Name of the establishment")
            : editor.employer.suggestions.length > 0 && !editor.typing ? qsTr("Another employer") : qsTr("Search in the labour registry")
        font.weight: Theme.type.semibold
    }
    TextField {
        id: field
        objectName: "field_" + editor.vm.fieldId
        Layout.fillWidth: true
        text: editor.employer.searchable ? editor.employer.query : editor.employer.name !== "" ? editor.employer.name : editor.employer.query
        focus: editor.typing
        invalid: editor.vm.problems.length > 0
        suffixIcon: editor.employer.searchable ? "search" : ""
        placeholderText: editor.employer.searchable ? qsTr("Name or commercial registration number") : ""
        Accessible.name: editor.vm.label
        onEdited: value => editor.employer.searchable ? editor.employer.ask(value) : editor.vm.writeEstablishment("", value)
        onPressed: editor.typing = true
        Component.onCompleted: cursorPosition = length
    }
    FieldProblem {
        Layout.fillWidth: true
        problems: editor.vm.problems
    }
    Label {
        Layout.fillWidth: true
        visible: !editor.employer.searchable && !editor.waiting
        text: qsTr("The registry cannot be reached now. Type the name as you know it; the office completes the rest.")
        font.pixelSize: Theme.type.caption
        color: Theme.color.inkSoft
    }
    Waiting {
        Layout.fillWidth: true
        visible: editor.employer.search === "searching" || editor.waiting
        text: qsTr("Searching in the labour registry")
    }
    Repeater {
        model: editor.employer.found
        EmployerCard {
            required property var modelData
            Layout.fillWidth: true
            name: modelData.name
            number: modelData.number
            place: modelData.place
            chosen: editor.employer.number === modelData.number
            onClicked: {
                editor.vm.writeEstablishment(modelData.number, modelData.name);
                editor.typing = false;
            }
        }
    }
    Label {
        Layout.fillWidth: true
        visible: editor.employer.searchable && editor.employer.search === "done" && editor.employer.found.length === 0 && field.text !== ""
        text: qsTr("No establishment of this name was found.")
        color: Theme.color.inkSoft
    }
    ChoiceCard {
        objectName: "useThisName"
        Layout.fillWidth: true
        visible: editor.offerName
        iconName: "check"
        plain: true
        text: qsTr("Use this name: %1").arg("\u2068" + field.text + "\u2069")
        onClicked: {
            editor.vm.writeEstablishment("", field.text);
            editor.typing = false;
        }
    }
    ChoiceCard {
        Layout.fillWidth: true
        visible: editor.employer.searchable && editor.employer.number === "" && editor.employer.name !== "" && !editor.offerName
        iconName: "building"
        text: editor.employer.name
        note: qsTr("Typed by you")
        chosen: true
    }
}
