"""The journeys, each a story that ends well only if the terminal did what it must."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cardreader.simulator import persona
from kiosk.devices import SheetState
from kiosk.session import Page
from kiosk.session.outcome import ReceiptStep, VisitEnd
from kiosk.session.state import CardProblem
from kiosk.simulation.finger import Laid
from kiosk.tour.filling import Filler
from kiosk.tour.harness import Stage
from kiosk.tour.touch_driver import NotSeen

Journey = Callable[[Stage], None]


def complaint_online(stage: Stage) -> None:
    """A worker files a complaint; it is registered before the receipt is printed."""
    stage.begin("resident-worker")
    stage.identify("resident-worker")
    stage.answer_questions()
    stage.check_and_change()
    stage.sign("resident-worker")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    _expect(len(stage.registered()) == 1, "registered exactly once")
    _expect(len(stage.story.receipts) == 2, "one receipt on paper")
    stage.finish()


def complaint_offline_then_sync(stage: Stage) -> None:
    """Without network the complaint is kept; when the network returns it is registered once."""
    stage.network(up=False)
    stage.begin("citizen-active")
    stage.identify("citizen-active")
    stage.answer_questions()
    stage.check_and_change()
    stage.sign("citizen-active")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    _expect(stage.registered() == [], "nothing at the central API yet")
    stage.finish()
    stage.network(up=True)
    stage.hands.wait(lambda: len(stage.registered()) == 1, "registration when the network is back")
    stage.hands.rest(0.5)
    _expect(len(stage.registered()) == 1, "registered exactly once")


def complaint_with_evidence(stage: Stage) -> None:
    """Papers are scanned without network, looked at and signed for; they follow the complaint."""
    stage.scanner(plugged=True)
    stage.network(up=False)
    stage.begin("citizen-active")
    stage.identify("citizen-active")
    stage.answer_until_evidence()
    stage.hands.tap("continueButton")
    stage.at(Page.PAPERS)
    stage.hands.tap("scanButton")
    stage.hands.wait(lambda: stage.sheet is SheetState.SCANNING, "the scanner at work")
    stage.picture("papers-scanning")
    stage.hands.wait(lambda: len(stage.papers) == 1, "the first paper")
    stage.rig.scanner.set_faults(jam=True)
    stage.hands.tap("scanButton")
    stage.hands.wait(lambda: stage.sheet is SheetState.JAM, "the jam to be told")
    stage.picture("papers-jam")
    stage.rig.scanner.set_faults(jam=False)
    stage.scan(3)
    stage.picture("papers-scanned")
    stage.hands.tap("removePaper_2")
    stage.hands.wait(lambda: len(stage.papers) == 3, "one paper less")
    stage.hands.tap("continueButton")
    stage.answer_after_evidence()
    stage.at(Page.CHECK)
    stage.hands.tap("changePapers")
    stage.at(Page.PAPERS)
    stage.hands.tap("continueButton")
    stage.at(Page.CHECK)
    stage.sign("citizen-active")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    _expect(stage.registered() == [], "nothing at the central API yet")
    _expect(stage.kiosk.outbox.status().attachments_waiting == 3, "three papers in the outbox")
    stage.finish()
    stage.network(up=True)
    stage.hands.wait(lambda: len(stage.registered()) == 1, "registration when the network is back")
    stage.hands.wait(
        lambda: stage.kiosk.outbox.status().attachments_waiting == 0, "the papers to follow"
    )
    _expect(stage.papers_at_central() == (3, 3), "three papers, as they were signed for")
    _expect(len(stage.registered()) == 1, "registered exactly once")


def violation_report(stage: Stage) -> None:
    """A confidential report about an establishment, with photographs."""
    stage.scanner(plugged=True)
    _file(stage, "resident-worker", "violation-report", "V-")


def document_registration(stage: Stage) -> None:
    """Documents are scanned, and registered with a number at once."""
    stage.scanner(plugged=True)
    _file(stage, "citizen-active", "document-registration", "D-", {"sender": "company"})


def appointment(stage: Stage) -> None:
    """A free time is chosen from the ministry's own list, the least crowded branch first."""
    _file(stage, "citizen-active", "appointment", "A-")


def _file(
    stage: Stage, who: str, service: str, prefix: str, prefer: dict[str, str] | None = None
) -> None:
    stage.begin(who)
    stage.identify(who, service)
    stage.hands.wait(lambda: stage.visit.signed_in, "the registries")
    Filler(stage, prefer).fill_in()
    stage.sign(who)
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    numbers = stage.registered()
    _expect(len(numbers) == 1 and numbers[0].startswith(prefix), "a case with its number")
    stage.finish()


def another_service(stage: Stage) -> None:
    """One visit, two services: the card stays, the second begins where the first ended."""
    stage.begin("resident-worker")
    stage.identify("resident-worker")
    stage.answer_questions()
    stage.at(Page.CHECK)
    stage.sign("resident-worker")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    stage.hands.tap("secondaryButton")
    stage.at(Page.SERVICES)
    _expect(stage.visit.form is None, "nothing of the first request to be left")
    stage.hands.tap("service_appointment")
    Filler(stage).fill_in()
    stage.sign("resident-worker")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    _expect(len(stage.registered()) == 1, "the second case with its number")
    stage.finish()


def wrong_pin_then_right(stage: Stage) -> None:
    """A wrong PIN says how many tries are left; the right one goes on."""
    stage.begin("citizen-active")
    stage.at(Page.PIN)
    _expect(stage.visit.pin.tries_left == 3, "three tries known before the first digit")
    right = persona("citizen-active").pin or ""
    stage.enter_pin(right[::-1])
    stage.hands.wait(lambda: stage.visit.pin.wrong, "the card's refusal")
    _expect(stage.visit.pin.tries_left == 2, "two tries left, tried once only")
    stage.picture("pin-wrong")
    stage.enter_pin(right)
    stage.at(Page.IDENTITY)
    stage.hands.tap("cancelButton")
    stage.at(Page.TAKE_CARD)
    stage.rig.readers.remove()
    stage.at(Page.ENDED)
    stage.wiped()


def card_removed(stage: Stage) -> None:
    """The card is pulled in the middle of a complaint: nothing is sent, everything is wiped."""
    stage.begin("citizen-active")
    stage.identify("citizen-active")
    stage.at(Page.QUESTION)
    stage.name_another_employer()
    stage.hands.tap("field_employer")
    stage.hands.type("abc" if stage.language == "en" else "شركة")
    stage.picture("typing")
    stage.rig.readers.remove()
    stage.at(Page.ENDED)
    _expect(stage.visit.end is VisitEnd.CARD_REMOVED, "the visit to say why it ended")
    stage.wiped()
    _expect(stage.kiosk.outbox.status().last_seq == 0, "nothing kept")


def printer_out_of_paper(stage: Stage) -> None:
    """No paper: reference and code are on the screen, the complaint is registered all the same."""
    stage.rig.printer.set_faults(paper_out=True)
    stage.hands.wait(
        lambda: stage.kiosk.runner.state.terminal.paper == "out", "the terminal to notice"
    )
    stage.begin("citizen-active")
    stage.identify("citizen-active")
    stage.answer_questions()
    stage.check_and_change()
    stage.sign("citizen-active")
    stage.wait_for_receipt(ReceiptStep.ON_SCREEN)
    _expect(stage.hands.sees("qr"), "the code on the screen")
    stage.hands.tap("receiptMail")
    stage.hands.wait(lambda: len(stage.texted_receipts()) == 1, "the receipt by text message")
    stage.picture("receipt-sent")
    _expect(len(stage.registered()) == 1, "registered exactly once")
    stage.rig.printer.set_faults(paper_out=False)
    stage.finish()
    _expect(stage.story.receipts == [], "no receipt in anybody else's visit")


def receipt_not_whole(stage: Stage) -> None:
    """The cutter jams: the person is asked, says no, and a copy is printed and marked as such."""
    stage.rig.printer.set_faults(cutter_jam=True)
    stage.begin("citizen-active")
    stage.identify("citizen-active")
    stage.answer_questions()
    stage.check_and_change()
    stage.sign("citizen-active")
    stage.wait_for_receipt(ReceiptStep.UNCERTAIN)
    stage.rig.printer.set_faults(cutter_jam=False)
    stage.hands.wait(
        lambda: stage.kiosk.runner.state.terminal.printer == "online", "the printer to be well"
    )
    stage.hands.tap("receiptMissing")
    stage.wait_for_receipt(ReceiptStep.PRINTED)
    _expect(len(stage.registered()) == 1, "registered exactly once")
    stage.finish()


def forged_card(stage: Stage) -> None:
    """A forged card is refused in plain words and nothing is offered."""
    stage.begin("forged")
    stage.at(Page.CARD_PROBLEM)
    _expect(stage.visit.card_problem is CardProblem.NOT_GENUINE, "the card to be refused")
    _expect(stage.visit.cardholder is None, "nothing of the card to be believed")
    stage.rig.readers.remove()
    stage.at(Page.ENDED)
    stage.wiped()


def card_activation(stage: Stage) -> None:
    """A new card: code by text message, PIN twice, keys and certificates; then it works."""
    chosen = "418273"
    stage.begin("citizen-new")
    stage.at(Page.ACTIVATION)
    stage.hands.tap("continueButton")
    stage.hands.wait(lambda: stage.visit.page is Page.CODE, "the code's page")
    stage.hands.wait(
        lambda: bool(stage.visit.card_task and stage.visit.card_task.code_sent_to), "the code"
    )
    stage.enter(Page.CODE, stage.texted_code())
    stage.enter(Page.NEW_PIN, "111111")
    stage.hands.wait(
        lambda: bool(stage.visit.card_task and stage.visit.card_task.problem),
        "the weak PIN refused",
    )
    stage.picture("weak-pin")
    stage.enter_pin(chosen)
    stage.enter(Page.REPEAT_PIN, chosen)
    stage.hands.wait(lambda: stage.visit.page is Page.CARD_DONE, "the activation")
    stage.wait_for_receipt(ReceiptStep.PRINTED, Page.CARD_DONE)
    stage.finish()
    stage.at(Page.ATTRACT)
    stage.begin("citizen-new")
    stage.enter(Page.PIN, chosen)
    stage.at(Page.IDENTITY)


def change_pin(stage: Stage) -> None:
    """Another PIN: a wrong old one costs a try and is told, the right one changes it."""
    old, chosen = persona("citizen-active").pin or "", "418273"
    stage.begin("citizen-active")
    stage.enter(Page.PIN, old)
    stage.at(Page.IDENTITY)
    stage.hands.tap("continueButton")
    stage.at(Page.SERVICES)
    stage.hands.tap("service_change-pin")
    stage.enter(Page.OLD_PIN, old[::-1])
    stage.enter(Page.NEW_PIN, chosen)
    stage.enter(Page.REPEAT_PIN, chosen)
    stage.hands.wait(lambda: stage.visit.pin.wrong, "the card's refusal")
    _expect(stage.visit.pin.tries_left == 2, "two tries left")
    stage.enter(Page.OLD_PIN, old)
    stage.enter(Page.NEW_PIN, chosen)
    stage.enter(Page.REPEAT_PIN, chosen)
    stage.wait_for_receipt(ReceiptStep.PRINTED, Page.CARD_DONE)
    stage.finish()


def blocked_pin(stage: Stage) -> None:
    """A blocked PIN is unblocked with the PUK."""
    chosen = "418273"
    stage.begin("pin-blocked")
    stage.at(Page.CARD_PROBLEM)
    stage.hands.tap("continueButton")
    stage.enter(Page.PUK, persona("pin-blocked").puk)
    stage.enter(Page.NEW_PIN, chosen)
    stage.enter(Page.REPEAT_PIN, chosen)
    stage.wait_for_receipt(ReceiptStep.PRINTED, Page.CARD_DONE)
    stage.finish()


def blocked_pin_finger(stage: Stage) -> None:
    """A blocked PIN is unblocked with a finger: none, a wrong one, then the cardholder's."""
    chosen = "418273"
    stage.finger(Laid.NONE)
    stage.begin("pin-blocked")
    stage.at(Page.CARD_PROBLEM)
    stage.hands.wait(lambda: stage.visit.finger_offered, "the card to say that it takes a finger")
    stage.picture("finger-offered")
    stage.hands.tap("fingerButton")
    stage.at(Page.FINGER)
    _wait_for_answer(stage)
    _expect(stage.visit.pin.tries_left is None, "no try lost without a finger")
    stage.picture("finger-not-seen")
    stage.finger(Laid.WRONG)
    stage.hands.tap("continueButton")
    stage.hands.wait(lambda: stage.visit.pin.wrong, "the card's refusal")
    _expect(stage.visit.pin.tries_left == 2, "two tries left, tried once only")
    stage.picture("finger-wrong")
    stage.finger(Laid.MATCHING)
    stage.hands.tap("continueButton")
    stage.enter(Page.NEW_PIN, chosen)
    stage.enter(Page.REPEAT_PIN, chosen)
    stage.wait_for_receipt(ReceiptStep.PRINTED, Page.CARD_DONE)
    stage.finish()


def _wait_for_answer(stage: Stage) -> None:
    stage.hands.wait(
        lambda: stage.visit.card_task is not None and not stage.visit.card_task.busy,
        "the sensor's answer",
    )


JOURNEYS: Mapping[str, Journey] = MappingProxyType(
    {
        "complaint-online": complaint_online,
        "complaint-offline-then-sync": complaint_offline_then_sync,
        "complaint-with-evidence": complaint_with_evidence,
        "violation-report": violation_report,
        "document-registration": document_registration,
        "appointment": appointment,
        "another-service": another_service,
        "wrong-pin-then-right": wrong_pin_then_right,
        "card-removed": card_removed,
        "printer-out-of-paper": printer_out_of_paper,
        "receipt-not-whole": receipt_not_whole,
        "forged-card": forged_card,
        "card-activation": card_activation,
        "change-pin": change_pin,
        "blocked-pin": blocked_pin,
        "blocked-pin-finger": blocked_pin_finger,
    }
)


def _expect(true: bool, what: str) -> None:
    if not true:
        raise NotSeen(what)
