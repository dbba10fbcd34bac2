pragma ComponentBehavior: Bound

// The pad for the PIN. It acts on press and shows no highlight, so that nobody reads along;
// it never mirrors and never holds a digit.
import QtQuick
import QtQuick.Templates as T
import Manfadh.Theme

Grid {
    id: pad
    objectName: "pinPad"

    signal digitPressed(int digit)
    signal erasePressed
    signal clearPressed

    columns: 3
    spacing: Theme.size.small
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true

    Repeater {
        model: [1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 0, -2]
        T.AbstractButton {
            id: key
            required property int modelData
            objectName: modelData >= 0 ? "pinKey_" + modelData : modelData === -1 ? "pinClear" : "pinErase"
            width: Theme.size.pinKeyWidth
            height: Theme.size.pinKey
            enabled: pad.enabled
            focusPolicy: Qt.TabFocus
            Accessible.role: Accessible.Button
            Accessible.name: modelData >= 0 ? String(modelData) : modelData === -1 ? qsTr("Clear all") : qsTr("Erase")
            Accessible.onPressAction: key.act()
            Keys.onReturnPressed: act()
            Keys.onEnterPressed: act()
            Keys.onSpacePressed: act()
            onPressed: act()

            function act(): void {
                if (modelData >= 0)
                    pad.digitPressed(modelData);
                else if (modelData === -1)
                    pad.clearPressed();
                else
                    pad.erasePressed();
            }

            background: Item {
                Rectangle {
                    anchors.fill: parent
                    anchors.topMargin: Theme.size.edge * 2
                    radius: Theme.size.radius
                    color: Theme.color.keyEdge
                }
                Rectangle {
                    anchors.fill: parent
                    anchors.bottomMargin: Theme.size.edge
                    radius: Theme.size.radius
                    color: key.modelData >= 0 ? Theme.color.surface : Theme.color.accentGround
                    border.width: Theme.size.hair
                    border.color: Theme.color.outline
                }
                FocusRing {
                    shown: key.visualFocus
                }
            }
            contentItem: Item {
                Text {
                    anchors.centerIn: parent
                    anchors.verticalCenterOffset: -Theme.size.edge / 2
                    visible: key.modelData >= 0
                    text: key.modelData
                    font.family: Theme.type.family
                    font.pixelSize: Theme.type.pinKey
                    font.weight: Theme.type.semibold
                    color: Theme.color.ink
                }
                Icon {
                    anchors.centerIn: parent
                    anchors.verticalCenterOffset: -Theme.size.edge / 2
                    visible: key.modelData < 0
                    name: key.modelData === -1 ? "x" : "backspace"
                    size: Theme.size.iconLarge
                    color: Theme.color.accent
                }
            }
        }
    }
}
