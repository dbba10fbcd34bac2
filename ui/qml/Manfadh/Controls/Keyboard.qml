pragma ComponentBehavior: Bound

// The keyboard on the screen. It only says what was pressed; the page that owns the field writes it.
// Keys never take the focus and never mirror. Layouts are data: assets/keyboards/*.json.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Manfadh.Theme
import Manfadh.ViewModels

Rectangle {
    id: keyboard

    required property string start // the layout it opens with
    property string layout: start
    property bool shifted: false
    readonly property bool pad: layout === "digits" || layout === "decimal"
    readonly property var rows: layout === "" ? [] : KeyboardLayouts.rows(layout)
    readonly property string alphabet: layout === "" ? "" : KeyboardLayouts.language(layout)

    signal typed(string text)
    signal erased
    signal cleared
    signal entered

    implicitHeight: keys.implicitHeight + Theme.size.medium * 2
    color: Theme.color.sunken
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true
    onStartChanged: layout = start

    property string letters: alphabet === "" ? Theme.rtl ? "ar" : "en" : layout

    function act(action: string, text: string): void {
        switch (action) {
        case "backspace": keyboard.erased(); break;
        case "clear": keyboard.cleared(); break;
        case "space": keyboard.typed(" "); break;
        case "enter": keyboard.entered(); break;
        case "shift": keyboard.shifted = !keyboard.shifted; break;
        case "digits": keyboard.letters = keyboard.layout; keyboard.layout = "symbols"; break;
        case "letters": keyboard.layout = keyboard.letters; break;
        case "language": keyboard.layout = keyboard.layout === "ar" ? "en" : "ar"; break;
        default:
            keyboard.typed(keyboard.shifted ? text.toUpperCase() : text);
            keyboard.shifted = false;
        }
    }

    function icon(action: string): string {
        switch (action) {
        case "backspace": return "backspace";
        case "clear": return "x";
        case "shift": return "arrow-big-up";
        case "language": return "language";
        case "enter": return "corner-down-left";
        default: return "";
        }
    }

    function spoken(action: string, text: string): string {
        switch (action) {
        case "backspace": return qsTr("Erase");
        case "clear": return qsTr("Clear all");
        case "shift": return qsTr("Capital letters");
        case "language": return qsTr("Change the keyboard's language");
        case "enter": return qsTr("New line");
        case "space": return qsTr("Space");
        case "digits": return qsTr("Digits and signs");
        case "letters": return qsTr("Letters");
        default: return text;
        }
    }

    function caption(action: string, text: string): string {
        switch (action) {
        case "": return keyboard.shifted ? text.toUpperCase() : text;
        case "text": return text;
        case "space": return keyboard.alphabet === "" ? "" : KeyboardLayouts.name(keyboard.layout);
        case "digits": return "?123";
        case "letters": return KeyboardLayouts.name(keyboard.letters);
        default: return "";
        }
    }

    ColumnLayout {
        id: keys
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.verticalCenter: parent.verticalCenter
        width: keyboard.pad ? Theme.size.pinKeyWidth * 3 : Math.min(parent.width - Theme.size.medium * 2, Theme.size.longSide)
        spacing: Theme.size.tiny + Theme.size.hair

        Repeater {
            model: keyboard.rows
            RowLayout {
                id: line
                required property var modelData
                Layout.fillWidth: true
                spacing: Theme.size.tiny + Theme.size.hair
                uniformCellSizes: false
                Repeater {
                    model: line.modelData
                    T.AbstractButton {
                        id: key
                        required property var modelData
                        readonly property string deed: modelData.action
                        readonly property string symbol: modelData.text
                        objectName: "key_" + (symbol === "" ? deed : symbol)
                        Layout.fillWidth: true
                        Layout.horizontalStretchFactor: Math.round(modelData.wide * 10)
                        Layout.preferredWidth: modelData.wide * Theme.size.small
                        Layout.preferredHeight: keyboard.rows.length > 4 ? Theme.size.keyHeightLow : Theme.size.keyHeight
                        focusPolicy: Qt.NoFocus
                        autoRepeat: deed === "backspace"
                        autoRepeatDelay: Theme.duration.keyRepeatDelay
                        autoRepeatInterval: Theme.duration.keyRepeat
                        Accessible.role: Accessible.Button
                        Accessible.name: keyboard.spoken(deed, symbol)
                        Accessible.onPressAction: key.click()
                        onClicked: keyboard.act(deed, symbol)
                        background: Rectangle {
                            radius: Theme.size.radiusSmall
                            color: key.down ? Theme.color.primary
                                 : key.deed === "shift" && keyboard.shifted ? Theme.color.selected
                                 : key.deed !== "" && key.deed !== "space" && key.deed !== "text" ? Theme.color.accentGround : Theme.color.surface
                            border.width: Theme.size.hair
                            border.color: Theme.highContrast ? Theme.color.outline : Theme.color.keyEdge
                        }
                        contentItem: Item {
                            Loader {
                                anchors.centerIn: parent
                                sourceComponent: keyboard.icon(key.deed) === "" ? letter : sign
                            }
                            Component {
                                id: letter
                                Text {
                                    text: keyboard.caption(key.deed, key.symbol)
                                    font.family: Theme.type.family
                                    font.pixelSize: key.deed === "" ? Theme.type.key : Theme.type.keyWord
                                    font.weight: Theme.type.medium
                                    color: key.down ? Theme.color.primaryInk : Theme.color.ink
                                }
                            }
                            Component {
                                id: sign
                                Icon {
                                    name: keyboard.icon(key.deed)
                                    color: key.down ? Theme.color.primaryInk : Theme.color.accent
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
