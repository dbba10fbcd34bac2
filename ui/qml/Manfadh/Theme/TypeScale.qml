// Type sizes. Capitals of the font are 0.698 of its size: on a 21.5 inch portrait screen
// (4.03 px/mm) the smallest text of M has 5 mm capitals, of XL 8.6 mm (ADA 707.7.2, VVSG 7.1-G).
import QtQml

QtObject {
    required property bool large
    required property bool rtl
    required property bool portrait
    readonly property string family: "IBM Plex Sans Arabic"
    readonly property int caption: large ? 50 : 29
    readonly property int body: large ? 50 : 34
    readonly property int label: large ? 52 : 36
    readonly property int title: large ? 56 : 40
    readonly property int heading: large ? 66 : 58
    readonly property int display: large ? 84 : portrait ? 88 : 76
    readonly property int key: large ? 60 : 46
    readonly property int smallest: 24
    readonly property int dock: large ? 44 : 29
    readonly property int keyWord: large ? 40 : 29
    readonly property int pinKey: 64
    readonly property int mono: large ? 56 : 42
    // The font's own line is 1.5 of its size, made for vowel marks above and below; Latin needs less.
    readonly property real leading: rtl ? 1.06 : 0.96
    readonly property real headingLeading: rtl ? 0.98 : 0.84
    readonly property int regular: 400
    readonly property int medium: 500
    readonly property int semibold: 600
    readonly property int bold: 700
}
