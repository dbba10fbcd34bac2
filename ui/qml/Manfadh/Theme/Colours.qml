// The names of every colour on screen. Theme.qml gives them their values, once per contrast mode.
import QtQuick

QtObject {
    required property color ground        // behind everything
    required property color surface       // cards, fields, keys
    required property color sunken        // keyboards, inactive tracks
    required property color selected      // a chosen card
    required property color ink           // text
    required property color inkSoft       // help text, still 10:1
    required property color outline       // borders of things one can touch, 3:1
    required property color hairline      // borders that only decorate
    required property color primary       // the one main action
    required property color primaryEdge   // its lower edge
    required property color primaryInk
    required property color keyEdge       // lower edge of light buttons
    required property color accent        // icons on light ground
    required property color accentGround
    required property color gold          // ornament
    required property color focus
    required property color danger
    required property color dangerGround
    required property color dangerFill
    required property color dangerFillInk
    required property color warning
    required property color warningInk
    required property color warningGround
    required property color success
    required property color successInk
    required property color successGround
    required property color night         // the masthead, top
    required property color nightDeep     // the masthead, bottom
    required property color nightRaised   // touchable things on the masthead
    required property color nightInk
    required property color nightInkSoft
    required property color nightOutline
    required property color nightGold
    required property color nightFocus
    required property color call          // "touch to start"
    required property color callInk
    required property color paper
    required property color veil          // over the page, behind a dialog
    required property real patternOpacity
}
