// An establishment of the registry.
import QtQuick
import Manfadh.Controls

ChoiceCard {
    required property string name
    required property string number
    required property string place

    objectName: "employer_" + number
    iconName: "building"
    text: name
    note: place === "" ? qsTr("CR %1").arg("\u2066" + number + "\u2069")
                       //: %1 is the commercial registration number, %2 the wilayat
                       : qsTr("CR %1 · %2").arg("\u2066" + number + "\u2069").arg(place)
}
