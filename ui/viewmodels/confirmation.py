"""The pages after the signature: confirmation with receipt, and the end of the visit."""

from __future__ import annotations

import re
from datetime import timedelta

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, Language, ServiceDefinition, formats
from kiosk.services.oman_time import MUSCAT
from kiosk.services.wording import isolate
from kiosk.session.intents import AnotherServicePressed, ReceiptMailPressed, ReceiptSeen
from kiosk.session.offers import can_mail, contact
from kiosk.session.outcome import ReceiptStep, Submission, VisitEnd
from kiosk.session.page_table import Page
from kiosk.session.state import State
from ui.viewmodels.seam import Pictures, QStringList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

_ON_SCREEN = {ReceiptStep.ON_SCREEN, ReceiptStep.UNCERTAIN}


@QmlElement
class ConfirmationViewModel(QObject):
    """What was kept, what happens next, and where the receipt is."""

    changed = Signal()

    def __init__(self, catalogue: Catalogue, pictures: Pictures, send: Send) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._pictures = pictures
        self._send = send
        self._language: Language = "ar"
        self._kept: Submission | None = None
        self._mail_to: tuple[str, str] | None = None
        self._receipt = ""
        self._qr = ""

    def show(self, state: State) -> None:
        """Take over a new state; without a submission nothing of the last one stays."""
        kept, language = state.visit.submission, state.visit.language
        mail_to = None
        if can_mail(state.visit, self._catalogue):
            mail_to = (
                contact(state.visit, self._catalogue, "mobile"),
                contact(state.visit, self._catalogue, "email"),
            )
        if (kept, language, mail_to) == (self._kept, self._language, self._mail_to):
            return
        self._mail_to = mail_to
        qr_before = self._kept.qr_text if self._kept and self._qr else None
        self._kept, self._language = kept, language
        if kept is None:
            self._pictures.drop("qr")
            self._qr = ""
            self.set_receipt(None)
        elif kept.receipt in _ON_SCREEN and kept.qr_text != qr_before:
            self._qr = self._pictures.put_qr("qr", kept.qr_text)
        self.changed.emit()

    def set_receipt(self, png: bytes | None) -> None:
        """The picture of the receipt; ``None`` wipes it."""
        if png is None:
            self._pictures.drop("receipt")
            self._receipt = ""
        else:
            self._receipt = self._pictures.put("receipt", png)
        self.changed.emit()

    @Property(str, notify=changed)
    def reference(self) -> str:
        return self._kept.reference if self._kept else ""

    @Property(str, notify=changed)
    def registeredAs(self) -> str:
        """The office's number, or empty."""
        return (self._kept.registered_as or "") if self._kept else ""

    @Property(str, notify=changed)
    def registeredText(self) -> str:
        """What became of it at the office, in the service's own words."""
        service = self._service()
        case = service.case if service else None
        return case.state(case.start).text.in_language(self._language) if case else ""

    @Property(str, notify=changed)
    def numberLabel(self) -> str:
        """What the office's number is called."""
        service = self._service()
        case = service.case if service else None
        return case.number_label.in_language(self._language) if case else ""

    @Property(bool, notify=changed)
    def sending(self) -> bool:
        return self._kept is not None and self._kept.waiting_for_answer

    @Property(bool, notify=changed)
    def rejected(self) -> bool:
        return self._kept is not None and self._kept.rejected

    @Property(str, notify=changed)
    def hearingDay(self) -> str:
        hearing = self._kept.hearing if self._kept else None
        return formats.weekday_and_day(hearing.starts_at, self._language) if hearing else ""

    @Property(str, notify=changed)
    def hearingTime(self) -> str:
        hearing = self._kept.hearing if self._kept else None
        return formats.time_of_day(hearing.starts_at, self._language) if hearing else ""

    @Property(str, notify=changed)
    def hearingPlace(self) -> str:
        hearing = self._kept.hearing if self._kept else None
        if hearing is None:
            return ""
        return hearing.place_ar if self._language == "ar" else hearing.place_en

    @Property(QStringList, notify=changed)
    def nextSteps(self) -> list[str]:
        """What happens next, with its dates; nothing of it does when the office refused."""
        service = self._service()
        if service is None or self._kept is None or self._kept.rejected:
            return []
        day = self._kept.confirmed_at.astimezone(MUSCAT).date()

        def deadline(match: re.Match[str]) -> str:
            last = day + timedelta(service.deadline_days(match[1], day))
            return isolate(formats.day(last, self._language))

        return [
            re.sub(r"\{([a-z0-9_-]+)\}", deadline, step.text.in_language(self._language))
            for step in service.next_steps
            if not (step.until_appointment and self._kept.hearing)
        ]

    @Property(str, notify=changed)
    def office(self) -> str:
        service = self._service()
        if service is None:
            return ""
        name = service.authority.name.in_language(self._language)
        return f"{name} – {service.authority.department.in_language(self._language)}"

    @Property(str, notify=changed)
    def phone(self) -> str:
        service = self._service()
        return formats.telephone(service.authority.phone) if service else ""

    @Property(str, notify=changed)
    def receiptStep(self) -> str:
        """A :class:`kiosk.session.outcome.ReceiptStep`, or empty."""
        return self._kept.receipt.value if self._kept else ""

    @Property(str, notify=changed)
    def mailTo(self) -> str:
        """The end of the telephone number that the receipt may go to, or empty."""
        return f"•••••{self._mail_to[0][-3:]}" if self._mail_to else ""

    @Property(bool, notify=changed)
    def mailHasAddress(self) -> bool:
        """It goes to an e-mail address as well."""
        return self._mail_to is not None and self._mail_to[1] != ""

    @Property(str, notify=changed)
    def mailState(self) -> str:
        """A :class:`kiosk.session.outcome.ReceiptMail`, or empty."""
        return self._kept.mail.value if self._kept else ""

    @Property(str, notify=changed)
    def receiptProblem(self) -> str:
        return (self._kept.receipt_problem or "") if self._kept else ""

    @Property(str, notify=changed)
    def receipt(self) -> str:
        """Address of the receipt's picture, or empty."""
        return self._receipt

    @Property(str, notify=changed)
    def qr(self) -> str:
        """Address of the QR code to photograph, or empty."""
        return self._qr

    @Slot()
    def anotherService(self) -> None:
        self._send(AnotherServicePressed())

    @Slot(bool)
    def receiptSeen(self, whole: bool) -> None:
        """The citizen's answer when the printer cannot tell."""
        self._send(ReceiptSeen(whole))

    @Slot()
    def mailReceipt(self) -> None:
        self._send(ReceiptMailPressed())

    def _service(self) -> ServiceDefinition | None:
        return self._catalogue.service(self._kept.service_id) if self._kept else None


@QmlElement
class EndingViewModel(QObject):
    """How the visit ended, on the last two pages."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._end: VisitEnd | None = None
        self._paper = False
        self._done = ""

    def show(self, state: State) -> None:
        """Take over a new state. The visit is wiped by then: only that paper came out is kept, and
        what kind of thing was done.
        """
        visit = state.visit
        if visit.page in (Page.CONFIRMATION, Page.CARD_DONE) and visit.submission is not None:
            self._paper = visit.submission.receipt is ReceiptStep.PRINTED
            self._done = "refused" if visit.submission.rejected else ""
            if visit.page is Page.CARD_DONE:
                self._done = "card"
            return
        if visit.page not in (Page.TAKE_CARD, Page.ENDED):
            self._paper, self._done = False, ""
            return
        self._end = visit.end
        self.changed.emit()

    @Property(str, notify=changed)
    def end(self) -> str:
        """A :class:`kiosk.session.outcome.VisitEnd`, or empty."""
        return "" if self._end is None else self._end.value

    @Property(bool, notify=changed)
    def paper(self) -> bool:
        """A receipt was printed: it is to be taken too."""
        return self._paper

    @Property(str, notify=changed)
    def done(self) -> str:
        """What a finished visit was for: ``refused`` by the office, ``card``, or a request."""
        return self._done
