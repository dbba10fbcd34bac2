pragma ComponentBehavior: Bound

// The first question, asked in every language at once.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme

PageFrame {
    id: page

    heading: "اختر لغتك\nChoose your language"
    centred: true

    Repeater {
        model: [
            { code: "ar", name: "العربية", note: "متابعة باللغة العربية" },
            { code: "en", name: "English", note: "Continue in English" }
        ]
        LanguageCard {
            required property var modelData
            Layout.fillWidth: true
            objectName: "language_" + modelData.code
            text: modelData.name
            note: modelData.note
            rtl: modelData.code === "ar"
            onClicked: page.shell.chooseLanguage(modelData.code)
        }
    }
}
