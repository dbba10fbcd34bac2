pragma Singleton
pragma ComponentBehavior: Bound

// Every colour, size, type size and duration of the screens. Lengths are design pixels: the short
// side of the screen is always 1080 of them, App/Main.qml scales to the real window.
import QtQml
import QtQuick

QtObject {
    id: theme

    // What the visit decides; App/Main.qml binds these to the shell.
    property bool highContrast: false
    property bool largeText: false
    property bool rtl: true
    property bool reducedMotion: false
    property bool portrait: true
    property real entrance: 0 // of the page: from 1, just opened, to 0, in its place

    readonly property Colours color: highContrast ? contrastPalette : standardPalette

    readonly property Colours standardPalette: Colours {
        ground: "#fbf7ee"
        surface: "#ffffff"
        sunken: "#ebe4d3"
        selected: "#e6f1ec"
        ink: "#0d2a2a"
        inkSoft: "#1d3635"
        outline: "#80795f"
        hairline: "#ded5bf"
        primary: "#0a4340"
        primaryEdge: "#052524"
        primaryInk: "#ffffff"
        keyEdge: "#cfc5ab"
        accent: "#0e5a55"
        accentGround: "#dcebe4"
        gold: "#a8761a"
        focus: "#b4532a"
        danger: "#6e1410"
        dangerGround: "#fdf0ec"
        dangerFill: "#74150f"
        dangerFillInk: "#ffffff"
        warning: "#a8761a"
        warningInk: "#432d00"
        warningGround: "#fcf1d8"
        success: "#17694a"
        successInk: "#08382a"
        successGround: "#e4f2ea"
        night: "#0a3b3b"
        nightDeep: "#072d2e"
        nightRaised: "#0f4645"
        nightInk: "#ffffff"
        nightInkSoft: "#f3ecda"
        nightOutline: "#6f9c94"
        nightGold: "#e8be62"
        nightFocus: "#ffd98a"
        call: "#efcf85"
        callInk: "#041f1f"
        paper: "#fffefa"
        veil: "#cc041f1f"
        patternOpacity: 0.11
    }

    // Text is white on black or black on white only; yellow marks what can be touched or is chosen.
    readonly property Colours contrastPalette: Colours {
        ground: "#000000"
        surface: "#000000"
        sunken: "#000000"
        selected: "#000000"
        ink: "#ffffff"
        inkSoft: "#ffffff"
        outline: "#ffffff"
        hairline: "#ffffff"
        primary: "#ffffff"
        primaryEdge: "#ffe600"
        primaryInk: "#000000"
        keyEdge: "#ffffff"
        accent: "#ffe600"
        accentGround: "#000000"
        gold: "#ffe600"
        focus: "#00e5ff"
        danger: "#ffffff"
        dangerGround: "#000000"
        dangerFill: "#000000"
        dangerFillInk: "#ffffff"
        warning: "#ffe600"
        warningInk: "#ffffff"
        warningGround: "#000000"
        success: "#ffe600"
        successInk: "#ffffff"
        successGround: "#000000"
        night: "#000000"
        nightDeep: "#000000"
        nightRaised: "#000000"
        nightInk: "#ffffff"
        nightInkSoft: "#ffffff"
        nightOutline: "#ffffff"
        nightGold: "#ffe600"
        nightFocus: "#00e5ff"
        call: "#ffffff"
        callInk: "#000000"
        paper: "#ffffff"
        veil: "#e6000000"
        patternOpacity: 0
    }

    readonly property TypeScale type: TypeScale {
        large: theme.largeText
        rtl: theme.rtl
        portrait: theme.portrait
    }
    readonly property Metrics size: Metrics {
        portrait: theme.portrait
        large: theme.largeText
    }
    readonly property Durations duration: Durations {
        still: theme.reducedMotion
    }

    readonly property real dimmed: 0.4 // what cannot be pressed now
    readonly property string arrowForward: rtl ? "arrow-left" : "arrow-right"
    readonly property string arrowBack: rtl ? "arrow-right" : "arrow-left"

    function icon(name: string): url {
        return Qt.resolvedUrl("../../../assets/icons/" + name + ".svg");
    }

    function art(name: string): url {
        return Qt.resolvedUrl("../../../assets/illustrations/" + name + ".svg");
    }
}
