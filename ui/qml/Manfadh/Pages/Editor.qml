// What every kind of question has in common: its view-models, and the keyboard it wants.
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

ColumnLayout {
    required property FieldViewModel vm
    required property EmployerViewModel employer
    required property bool alone // the page's only question: its words are the page's heading
    property string keyboard: "" // a layout of assets/keyboards, empty for none

    // What the keyboard on the screen says.
    signal typed(string text)
    signal erased
    signal cleared
    signal entered

    spacing: Theme.size.medium
}
