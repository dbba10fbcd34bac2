pragma ComponentBehavior: Bound

// The workbench: cards on the left, faults and what the outside world sees on the right.
import QtQuick
import QtQuick.Layouts
import QtQuick.Window
import Manfadh.Simulation

Window {
    id: bench

    required property WorkbenchModel vm

    readonly property color ground: "#20262b"
    readonly property color raised: "#2b333a"
    readonly property color rim: "#46525c"
    readonly property color ink: "#f2f5f7"
    readonly property color faint: "#b4c0c8"
    readonly property color live: "#5fd0a8"
    readonly property color broken: "#ff8f73"

    title: "Manfadh workbench"
    width: 860
    height: 1000
    color: ground

    component Words: Text {
        color: bench.ink
        font.family: "IBM Plex Sans Arabic"
        font.pixelSize: 15
        textFormat: Text.PlainText
        elide: Text.ElideRight
        Accessible.role: Accessible.StaticText
        Accessible.name: text
    }
    component Heading: Words {
        font.pixelSize: 13
        font.weight: Font.DemiBold
        color: bench.faint
        Layout.topMargin: 14
    }
    component Key: Rectangle {
        id: key
        property string text: ""
        property bool active: false
        property color accent: bench.live
        signal pressed
        implicitWidth: label.implicitWidth + 28
        implicitHeight: 40
        radius: 8
        color: active ? accent : touch.pressed ? bench.rim : bench.raised
        border.color: active ? accent : bench.rim
        border.width: 1
        Accessible.role: Accessible.Button
        Accessible.name: text
        Accessible.onPressAction: key.pressed()
        Words {
            id: label
            anchors.centerIn: parent
            text: key.text
            color: key.active ? bench.ground : bench.ink
            font.weight: Font.Medium
        }
        MouseArea {
            id: touch
            anchors.fill: parent
            onClicked: key.pressed()
        }
    }

    RowLayout {
        anchors.fill: parent
        anchors.margins: 18
        spacing: 18

        ColumnLayout {
            Layout.fillHeight: true
            Layout.preferredWidth: 430
            spacing: 6
            RowLayout {
                Heading { text: "CARDS"; Layout.fillWidth: true }
                Key {
                    objectName: "removeCard"
                    text: "Take the card out"
                    opacity: bench.vm.inserted === "" ? 0.4 : 1
                    onPressed: bench.vm.remove()
                }
            }
            ListView {
                Layout.fillWidth: true
                Layout.fillHeight: true
                clip: true
                spacing: 6
                model: bench.vm.personas
                delegate: Rectangle {
                    id: card
                    required property var modelData
                    readonly property bool here: bench.vm.inserted === modelData.id
                    width: ListView.view.width
                    height: 86
                    radius: 10
                    color: here ? "#1f4a40" : bench.raised
                    border.color: here ? bench.live : bench.rim
                    ColumnLayout {
                        anchors.fill: parent
                        anchors.margins: 10
                        spacing: 2
                        RowLayout {
                            Words { text: card.modelData.id; font.weight: Font.DemiBold; Layout.fillWidth: true }
                            Words {
                                text: (card.modelData.pin === "" ? "no PIN" : "PIN " + card.modelData.pin) + "  ·  PUK " + card.modelData.puk
                                color: bench.live
                            }
                        }
                        Words { text: card.modelData.name + "  ·  " + card.modelData.nameAr; Layout.fillWidth: true }
                        Words { text: card.modelData.purpose; color: bench.faint; font.pixelSize: 12; Layout.fillWidth: true }
                    }
                    MouseArea {
                        objectName: "card_" + card.modelData.id
                        anchors.fill: parent
                        onClicked: bench.vm.insert(card.modelData.id)
                    }
                }
            }
        }
        ColumnLayout {
            Layout.fillHeight: true
            Layout.fillWidth: true
            spacing: 6
            Heading { text: "TERMINAL" }
            Flow {
                Layout.fillWidth: true
                spacing: 8
                Key {
                    text: bench.vm.networkUp ? "Network: up" : "Network: cut"
                    active: !bench.vm.networkUp
                    accent: bench.broken
                    onPressed: bench.vm.setNetwork(!bench.vm.networkUp)
                }
                Key {
                    text: bench.vm.readerAttached ? "Reader: plugged in" : "Reader: unplugged"
                    active: !bench.vm.readerAttached
                    accent: bench.broken
                    onPressed: bench.vm.attachReader(!bench.vm.readerAttached)
                }
            }
            Heading { text: "PRINTER  ·  " + bench.vm.receipts + " receipts" }
            Flow {
                Layout.fillWidth: true
                spacing: 8
                Repeater {
                    model: bench.vm.faults
                    delegate: Key {
                        required property string modelData
                        text: modelData.replace("_", " ")
                        active: bench.vm.activeFaults.indexOf(modelData) >= 0
                        accent: bench.broken
                        onPressed: bench.vm.setFault(modelData, !active)
                    }
                }
            }
            Heading { text: "DOCUMENT SCANNER" }
            Flow {
                Layout.fillWidth: true
                spacing: 8
                Repeater {
                    model: bench.vm.scannerFaults
                    delegate: Key {
                        required property string modelData
                        objectName: "scanner_" + modelData
                        text: modelData.replace("_", " ")
                        active: bench.vm.activeScannerFaults.indexOf(modelData) >= 0
                        accent: bench.broken
                        onPressed: bench.vm.setScannerFault(modelData, !active)
                    }
                }
            }
            Heading { text: "FINGER ON THE SENSOR" }
            Flow {
                Layout.fillWidth: true
                spacing: 8
                Repeater {
                    model: bench.vm.fingers
                    delegate: Key {
                        required property string modelData
                        objectName: "finger_" + modelData
                        text: modelData
                        active: bench.vm.laidFinger === modelData
                        accent: modelData === "matching" ? bench.live : bench.broken
                        onPressed: bench.vm.layFinger(modelData)
                    }
                }
            }
            Heading { text: "RECEIVED BY THE CENTRAL API" }
            ListView {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredHeight: 1
                clip: true
                spacing: 4
                model: bench.vm.received
                delegate: Rectangle {
                    id: row
                    required property var modelData
                    width: ListView.view.width
                    height: 48
                    radius: 8
                    color: bench.raised
                    ColumnLayout {
                        anchors.fill: parent
                        anchors.margins: 6
                        spacing: 0
                        Words { text: (row.modelData.number || row.modelData.outcome) + "  ·  " + row.modelData.state + (row.modelData.papers > 0 ? "  ·  " + row.modelData.papers_here + " of " + row.modelData.papers + " papers" : ""); Layout.fillWidth: true }
                        Words { text: row.modelData.tx_id; color: bench.faint; font.pixelSize: 11; Layout.fillWidth: true }
                    }
                }
            }
            Heading { text: "SMS AND E-MAIL OUTBOX" }
            ListView {
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredHeight: 1
                clip: true
                spacing: 4
                model: bench.vm.notices
                delegate: Rectangle {
                    id: notice
                    required property var modelData
                    width: ListView.view.width
                    height: said.implicitHeight + 34
                    radius: 8
                    color: bench.raised
                    Words {
                        id: to
                        x: 8
                        y: 6
                        text: notice.modelData.channel + " → " + notice.modelData.recipient + (notice.modelData.attachment ? " + PDF" : "")
                        color: bench.faint
                        font.pixelSize: 11
                    }
                    Words {
                        id: said
                        anchors.top: to.bottom
                        x: 8
                        width: parent.width - 16
                        text: notice.modelData.language === "ar" ? notice.modelData.text_ar : notice.modelData.text_en
                        wrapMode: Text.Wrap
                        elide: Text.ElideNone
                        font.pixelSize: 13
                    }
                }
            }
        }
    }
}
