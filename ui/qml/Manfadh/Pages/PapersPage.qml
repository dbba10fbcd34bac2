pragma ComponentBehavior: Bound

// Papers that prove what the application says: scan one after the other, look at them, go on.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

PageFrame {
    id: page

    required property PapersViewModel vm
    readonly property bool none: vm.count === 0

    heading: qsTr("Put your paper on the scanner")
    help: qsTr("Scan one sheet at a time. What you do not scan, you can bring later.")
    primaryText: none ? qsTr("Continue without scanning") : qsTr("Continue")
    primaryVisible: !vm.scanning
    primaryQuiet: none
    backText: vm.scanning ? qsTr("Stop") : qsTr("Back")
    backIcon: vm.scanning ? "x" : Theme.arrowBack
    centred: none
    onPrimary: shell.proceed()

    Icon {
        Layout.alignment: Qt.AlignHCenter
        visible: page.none && !page.vm.scanning && !problem.visible
        name: "file-text"
        size: Theme.size.iconHuge
        color: Theme.color.accent
    }
    Banner {
        id: problem
        objectName: "scanProblem"
        Layout.fillWidth: true
        visible: title !== ""
        tone: Banner.Warning
        title: {
            switch (page.vm.problem) {
            case "noSheet": return qsTr("There is no paper in the scanner");
            case "jam": return qsTr("The paper is stuck");
            case "coverOpen": return qsTr("The lid of the scanner is open");
            case "missing": return qsTr("This service needs a paper");
            case "empty": return qsTr("Nothing can be seen on this paper");
            case "tooLarge": return qsTr("This paper cannot be scanned here");
            case "deviceBusy": return qsTr("The scanner is busy");
            case "offline":
            case "hardwareError": return qsTr("The scanner is not working");
            }
            return page.vm.canAdd || page.vm.scanning ? "" : qsTr("No more papers can be added");
        }
        text: {
            switch (page.vm.problem) {
            case "noSheet": return qsTr("Put it in and scan again.");
            case "jam": return qsTr("Pull it out gently and scan again, or continue and bring it later.");
            case "coverOpen": return qsTr("Close it and scan again.");
            case "missing": return qsTr("Put it on the scanner and scan it.");
            case "empty": return qsTr("Turn it over and scan again.");
            case "deviceBusy": return qsTr("Wait a moment and scan again.");
            case "tooLarge": return qsTr("Please bring it to the office.");
            case "offline":
            case "hardwareError": return qsTr("Continue, and bring your papers later. Your request counts all the same.");
            }
            return qsTr("Bring the others to the office.");
        }
    }
    Waiting {
        Layout.fillWidth: true
        visible: page.vm.scanning
        text: qsTr("Your paper is being scanned")
    }
    Button {
        objectName: "scanButton"
        Layout.fillWidth: true
        visible: page.vm.canAdd
        kind: page.none ? Button.Primary : Button.Secondary
        iconName: "photo"
        text: page.none ? qsTr("Scan this paper") : qsTr("Scan another paper")
        onClicked: page.vm.scan()
    }
    // A positioner, not a layout: the height of a picture follows from its width.
    Flow {
        id: flow
        Layout.fillWidth: true
        visible: !page.none
        spacing: Theme.size.medium
        readonly property int columns: (Theme.portrait ? 3 : 4) - (Theme.largeText ? 1 : 0)
        readonly property real cell: Math.floor((width - spacing * (columns - 1)) / columns)

        Repeater {
            model: page.vm.papers
            Column {
                id: paper
                required property int index
                required property var modelData
                //: a scanned paper by its number
                readonly property string name: qsTr("Paper %1").arg(index + 1)
                width: flow.cell
                spacing: Theme.size.tiny

                Rectangle {
                    width: parent.width
                    height: Math.round(width * Theme.size.paperRatio)
                    radius: Theme.size.radiusSmall
                    color: Theme.color.surface
                    border.width: Theme.size.line
                    border.color: Theme.color.outline
                    Accessible.role: Accessible.Graphic
                    Accessible.name: paper.name
                    Image {
                        objectName: "paper_" + (paper.index + 1)
                        anchors.fill: parent
                        anchors.margins: Theme.size.tiny
                        source: paper.modelData.picture
                        cache: false
                        fillMode: Image.PreserveAspectFit
                        smooth: true
                    }
                }
                ToolButton {
                    objectName: "removePaper_" + (paper.index + 1)
                    width: parent.width
                    enabled: !page.vm.scanning
                    night: false
                    iconName: "x"
                    text: qsTr("Remove")
                    Accessible.name: qsTr("Remove") + ": " + paper.name
                    onClicked: page.vm.remove(paper.modelData.id)
                }
            }
        }
    }
}
