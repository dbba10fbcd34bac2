// Milliseconds. Reduced motion keeps every change and drops every movement.
import QtQml

QtObject {
    required property bool still
    readonly property int entrance: still ? 1 : 160
    readonly property int scroll: still ? 0 : 160
    readonly property int slide: still ? 0 : 900
    readonly property int rest: 1400
    readonly property int patience: 1500 // for an answer that is on its way
    readonly property int turn: 1600
    readonly property int second: 1000
    readonly property int keyRepeat: 90
    readonly property int keyRepeatDelay: 450
}
