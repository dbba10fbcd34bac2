pragma ComponentBehavior: Bound

// A date in three boxes, day, month, year. `value` is "YYYY-MM-DD", with gaps while it is being typed.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Theme

ColumnLayout {
    id: entry

    required property string label
    required property string value
    property string name: ""
    property int current: -1 // the box that the digits go to, -1 none
    property bool invalid: false
    signal edited(string value)
    signal boxChosen(int index)

    readonly property list<string> parts: {
        const found = value.split("-");
        return [found[2] ?? "", found[1] ?? "", found[0] ?? ""];
    }
    readonly property list<int> lengths: [2, 2, 4]

    spacing: Theme.size.tiny

    function write(index: int, text: string): void {
        const next = [parts[0], parts[1], parts[2]];
        next[index] = text;
        edited(next[0] + next[1] + next[2] === "" ? "" : next[2] + "-" + next[1] + "-" + next[0]);
    }

    // Takes one digit into the current box and says which box comes next: -1 when the date is full.
    function type(digit: string): int {
        const full = parts[current].length >= lengths[current];
        const text = full ? digit : parts[current] + digit;
        const index = current;
        write(index, text);
        return text.length < lengths[index] ? index : index < 2 ? index + 1 : -1;
    }

    // Takes one digit back, and says which box is current then.
    function erase(): int {
        const index = parts[current] === "" && current > 0 ? current - 1 : current;
        write(index, parts[index].slice(0, -1));
        return index;
    }

    Label {
        Layout.fillWidth: true
        text: entry.label
        font.weight: Theme.type.semibold
    }
    RowLayout {
        spacing: Theme.size.small
        Repeater {
            model: [qsTr("Day"), qsTr("Month"), qsTr("Year")]
            T.AbstractButton {
                id: box
                required property int index
                required property string modelData
                objectName: entry.name + "_" + ["day", "month", "year"][index]
                Layout.preferredWidth: index === 2 ? Theme.size.dateYear : Theme.size.dateBox
                Layout.preferredHeight: Theme.size.field
                focusPolicy: Qt.TabFocus
                Accessible.role: Accessible.EditableText
                Accessible.name: entry.label + ", " + modelData + " " + entry.parts[index]
                Accessible.onPressAction: box.click()
                onClicked: entry.boxChosen(index)
                background: Rectangle {
                    radius: Theme.size.radiusSmall
                    color: Theme.color.surface
                    border.width: entry.current === box.index || entry.invalid ? Theme.size.ring : Theme.size.line
                    border.color: entry.invalid && entry.current !== box.index ? Theme.color.danger
                                : entry.current === box.index ? Theme.color.focus : Theme.color.outline
                }
                contentItem: Label {
                    text: entry.parts[box.index] === "" ? box.modelData : entry.parts[box.index]
                    font.pixelSize: entry.parts[box.index] === "" ? Theme.type.caption : Theme.type.mono
                    font.weight: entry.parts[box.index] === "" ? Theme.type.regular : Theme.type.semibold
                    color: entry.parts[box.index] === "" ? Theme.color.inkSoft : Theme.color.ink
                    horizontalAlignment: Text.AlignHCenter
                    fontSizeMode: Text.HorizontalFit
                    wrapMode: Text.NoWrap
                    Accessible.ignored: true
                }
            }
        }
        Item {
            Layout.fillWidth: true
        }
    }
}
