// What keeps the page from going on, in the very words shown at the field.
import QtQuick
import Manfadh.Theme

Banner {
    objectName: "errorSummary"
    required property list<string> problems
    property bool compact: false

    visible: problems.length > 0
    tone: Banner.Danger
    title: compact ? "" : qsTr("Please check your answer")
    text: problems.join("\n")
}
