// Lengths in design pixels. 128 is about 32 mm on a 21.5 inch portrait screen: above the 20 mm that a
// standing person hits reliably; nothing one can touch is below `targetMin`.
import QtQml

QtObject {
    required property bool portrait
    required property bool large

    readonly property int shortSide: 1080
    readonly property int longSide: 1920

    readonly property int target: 128
    readonly property int targetMin: 104
    readonly property int field: 136
    readonly property int cardHeight: 152
    readonly property int pinKey: portrait && !large ? 148 : 132
    readonly property int pinKeyWidth: portrait ? 272 : 240
    readonly property int pinBox: 104
    readonly property int dateBox: portrait ? 192 : large ? 132 : 150
    readonly property int dateYear: portrait ? 272 : large ? 188 : 216
    readonly property int pinDot: 34
    readonly property int keyHeight: portrait ? 118 : 104
    readonly property int keyHeightLow: portrait ? 100 : 92 // keyboards of five rows
    readonly property int dock: large ? 176 : 136

    readonly property int none: 0
    readonly property int hair: 2
    readonly property int line: 3
    readonly property int stroke: 4
    readonly property int ring: 6
    readonly property int edge: 8
    readonly property int tiny: 8
    readonly property int small: 16
    readonly property int medium: 24
    readonly property int large_: 32
    readonly property int wide: 40
    readonly property int huge: 64

    readonly property int margin: portrait ? 56 : 56
    readonly property int radius: 28
    readonly property int radiusSmall: 18
    readonly property int frieze: 24
    readonly property int pattern: 180

    readonly property int iconSmall: large ? 48 : 36
    readonly property int icon: large ? 60 : 48
    readonly property int iconLarge: 64
    readonly property int iconHuge: 132
    readonly property int badge: 88
    readonly property int mark: 84
    readonly property int markLarge: 132
    readonly property int radio: 56
    readonly property int step: 14

    readonly property int pane: large ? 760 : 680
    readonly property int dialog: 860
    readonly property int photoWidth: 232
    readonly property int photoHeight: 292
    readonly property int paper: 560
    readonly property int illustration: portrait ? 760 : 700
    readonly property int column: 1100
    readonly property int receipt: 400
    readonly property int receiptHeight: 470
    readonly property int artWidth: 760
    readonly property int artHeight: 780
    readonly property int slotHeight: 300
    readonly property int cardWidth: 330
    readonly property real paperRatio: 1.414 // ISO 216, A4
    readonly property real cardRatio: 1.586 // ISO/IEC 7810 ID-1
}
