// The receipt on its way to paper, or the code to photograph when there is none. When the printer
// fell silent the person is asked: nobody else can see what came out.
import QtQuick
import QtQuick.Layouts
import Manfadh.Controls
import Manfadh.Theme
import Manfadh.ViewModels

ColumnLayout {
    id: panel

    required property ConfirmationViewModel vm
    readonly property bool asking: vm.receiptStep === "uncertain"
    readonly property bool onScreen: vm.receiptStep === "on-screen" || asking
    readonly property int wide: Theme.largeText ? Theme.size.column : Theme.size.receipt

    spacing: Theme.size.small

    Label {
        objectName: "receiptState"
        Layout.fillWidth: Theme.largeText
        Layout.maximumWidth: panel.wide
        Layout.preferredWidth: Theme.size.receipt
        font.weight: Theme.type.semibold
        horizontalAlignment: Text.AlignHCenter
        text: {
            switch (panel.vm.receiptStep) {
            case "printing": return qsTr("Your receipt is being printed");
            case "printed": return qsTr("Your receipt is printed. Take it below.");
            case "on-screen": return qsTr("No paper receipt now. Photograph this code: it is your receipt.");
            //: asked when the printer does not say whether it printed; the code is the last thing on the paper
            case "uncertain": return qsTr("Did your receipt come out whole, down to this code?");
            default: return qsTr("Your receipt is being prepared");
            }
        }
    }
    Button {
        objectName: "receiptWhole"
        Layout.fillWidth: true
        Layout.maximumWidth: panel.wide
        visible: panel.asking
        iconName: "check"
        text: qsTr("Yes, I have it")
        onClicked: panel.vm.receiptSeen(true)
    }
    Button {
        objectName: "receiptMissing"
        Layout.fillWidth: true
        Layout.maximumWidth: panel.wide
        visible: panel.asking
        iconName: "receipt"
        //: the new paper is marked as a copy
        text: qsTr("No, print a copy")
        onClicked: panel.vm.receiptSeen(false)
    }
    Rectangle {
        Layout.alignment: Qt.AlignHCenter
        visible: panel.onScreen && panel.vm.qr !== ""
        implicitWidth: Theme.size.receipt
        implicitHeight: Theme.size.receipt
        color: Theme.color.paper
        border.width: Theme.size.stroke
        border.color: Theme.color.gold
        Image {
            objectName: "qr"
            anchors.fill: parent
            anchors.margins: Theme.size.stroke
            source: panel.vm.qr
            cache: false
            smooth: false
            fillMode: Image.PreserveAspectFit
            Accessible.role: Accessible.Graphic
            Accessible.name: qsTr("QR code of your receipt")
        }
    }
    Button {
        objectName: "receiptMail"
        Layout.fillWidth: true
        Layout.maximumWidth: panel.wide
        visible: panel.vm.mailTo !== "" && (panel.vm.mailState === "not-asked" || panel.vm.mailState === "failed")
        iconName: "message"
        //: a text message with a link to the receipt
        text: qsTr("Send it to my phone")
        onClicked: panel.vm.mailReceipt()
    }
    Label {
        objectName: "receiptMailState"
        Layout.fillWidth: Theme.largeText
        Layout.maximumWidth: panel.wide
        Layout.preferredWidth: Theme.size.receipt
        visible: panel.vm.mailTo !== "" && text !== ""
        horizontalAlignment: Text.AlignHCenter
        text: {
            const phone = "\u2066" + panel.vm.mailTo + "\u2069";
            switch (panel.vm.mailState) {
            case "asked":
            case "kept":
                return panel.vm.mailHasAddress
                    ? qsTr("It goes to %1 as a text message and to your email once your request has arrived.").arg(phone)
                    : qsTr("It goes to %1 as a text message once your request has arrived.").arg(phone);
            case "failed": return qsTr("It could not be sent. Please photograph the code.");
            default: return "";
            }
        }
    }
    ReceiptPaper {
        Layout.alignment: Qt.AlignHCenter
        visible: !panel.onScreen && panel.vm.receipt !== ""
        paperWidth: Theme.size.receipt * 0.8
        receipt: panel.vm.receipt
        label: qsTr("Your receipt")
    }
    Spinner {
        Layout.alignment: Qt.AlignHCenter
        visible: !panel.onScreen && panel.vm.receipt === ""
        size: Theme.size.iconHuge
    }
}
