"""What a finger does: one event of the session each, and nothing decided here."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from kiosk.session.events import (
    BackPressed,
    CancelPressed,
    ChangePressed,
    ContinuePressed,
    ContrastChosen,
    EmployerQueried,
    FingerChosen,
    InputChanged,
    LanguageChosen,
    PaperRemoved,
    ReceiptMailPressed,
    ReceiptSeen,
    ScanPressed,
    ServiceChosen,
    Started,
    StayPressed,
    TextSizeChosen,
    Touched,
    UnblockChosen,
)
from kiosk.session.form import EmployerSearch, SearchState
from kiosk.session.state import State, TextSize
from tests.ui import looking
from tests.ui.conftest import Screen
from tests.ui.visits import EMPLOYERS, OFFLINE, ONLINE, STATES, question

pytestmark = pytest.mark.window


@pytest.mark.parametrize(
    ("page", "name", "event"),
    [
        ("attract", "startArea", Started()),
        ("language", "language_en", LanguageChosen("en")),
        ("insert-card", "cancelButton", CancelPressed()),
        ("identity", "continueButton", ContinuePressed()),
        ("identity", "secondaryButton", CancelPressed()),
        ("services", "service_complaint", ServiceChosen("complaint")),
        ("governorate", "place_dhofar", InputChanged("dhofar", "governorate")),
        ("governorate", "backButton", BackPressed()),
        ("governorate", "languageButton", LanguageChosen("en")),
        ("governorate", "textSizeButton", TextSizeChosen(TextSize.LARGE)),
        ("governorate", "contrastButton", ContrastChosen(True)),
        (
            "types",
            "option_overtime",
            InputChanged(["wages", "passport", "overtime"], "complaint_types"),
        ),
        ("types", "option_wages", InputChanged(["passport"], "complaint_types")),
        ("hearing-language", "option_bn", InputChanged("bn", "hearing_language")),
        ("mobile", "key_7", InputChanged("912345677", "mobile")),
        ("mobile", "key_backspace", InputChanged("9123456", "mobile")),
        ("mobile", "key_clear", InputChanged("", "mobile")),
        ("amount", "key_.", InputChanged("450.500.", "amount_baisa")),
        ("period", "key_5", InputChanged({"from": "2026-02-5", "to": "2026-1-"}, "period")),
        ("check", "change_governorate", ChangePressed("governorate")),
        ("problem-pin-blocked", "continueButton", UnblockChosen()),
        ("problem-finger-refused", "continueButton", UnblockChosen()),
        ("problem-pin-blocked-finger", "continueButton", UnblockChosen()),
        ("problem-pin-blocked-finger", "fingerButton", FingerChosen()),
        ("finger", "secondaryButton", UnblockChosen()),
        ("finger-wrong-2", "continueButton", ContinuePressed()),
        ("finger-noFinger", "continueButton", ContinuePressed()),
        ("finger-offline", "secondaryButton", UnblockChosen()),
        ("papers-none", "scanButton", ScanPressed()),
        ("papers-none", "continueButton", ContinuePressed()),
        ("papers-scanning", "backButton", BackPressed()),
        ("papers-jam", "scanButton", ScanPressed()),
        ("papers", "removePaper_2", PaperRemoved(f"{1:064x}")),
        ("papers", "continueButton", ContinuePressed()),
        ("check", "continueButton", ContinuePressed()),
        ("registered", "continueButton", ContinuePressed()),
        ("printer-silent", "receiptWhole", ReceiptSeen(whole=True)),
        ("printer-silent", "receiptMissing", ReceiptSeen(whole=False)),
        ("printer-silent", "continueButton", ContinuePressed()),
        ("saved-no-paper", "receiptMail", ReceiptMailPressed()),
    ],
)
def test_one_touch_is_one_event(screen: Screen, page: str, name: str, event: object) -> None:
    screen.show(STATES[page])
    screen.tap(name)
    assert screen.events() == [event]
    assert screen.kiosk.warnings == ()


def test_stay_on_the_countdown(screen: Screen) -> None:
    screen.show(STATES["types"], countdown_s=45)
    screen.tap("stayButton")
    assert screen.events() == [StayPressed()]


def test_nothing_happens_when_the_finger_slides_off(screen: Screen) -> None:
    screen.show(STATES["governorate"])
    point = screen.press(looking.find(screen.window, "continueButton"))
    point.setY(point.y() - 700)
    screen.release(point)
    assert screen.events() == []


def test_the_pin_pad_acts_on_press_and_looks_the_same(screen: Screen) -> None:
    screen.show(STATES["pin"])
    before = screen.window.grabWindow()
    point = screen.press(looking.find(screen.window, "pinKey_4"))
    assert screen.pad.pressed == [4]
    assert screen.window.grabWindow() == before
    screen.release(point)
    screen.tap("pinErase")
    screen.tap("pinClear")
    assert screen.pad.pressed == [4, "erase", "clear"]
    assert screen.events() == []


def test_the_pin_pad_is_not_mirrored(screen: Screen) -> None:
    for language in ("ar", "en"):
        screen.show(STATES["pin"], language=language)
        one, three = (looking.centre(looking.find(screen.window, f"pinKey_{d}")) for d in (1, 3))
        assert one.x() < three.x()


def test_back_is_on_the_reading_side(screen: Screen) -> None:
    for language, smaller in (("ar", "continueButton"), ("en", "backButton")):
        screen.show(STATES["types"], language=language)
        other = {"continueButton": "backButton", "backButton": "continueButton"}[smaller]
        x = {
            name: looking.centre(looking.find(screen.window, name)).x() for name in (smaller, other)
        }
        assert x[smaller] < x[other]


def test_arabic_is_typed_letter_by_letter(screen: Screen) -> None:
    screen.show(STATES["description-required"])
    for key in ("key_م", "key_ن", "key_space", "key_ذ"):
        screen.tap(key)
    assert [event.value for event in screen.events()] == ["م", "من", "من ", "من ذ"]


def test_the_keyboard_changes_its_language_and_shift_lasts_one_letter(screen: Screen) -> None:
    screen.show(STATES["description-required"])
    screen.tap("key_language")
    screen.tap("key_shift")
    for key in ("key_a", "key_b", "key_digits", "key_7", "key_letters", "key_c"):
        screen.tap(key)
    assert screen.events()[-1] == InputChanged("Ab7c", "description")


def test_the_keyboard_leaves_the_focus_in_the_field(screen: Screen) -> None:
    screen.show(STATES["mobile"])
    screen.window.requestActivate()
    QTest.qWait(10)
    field = looking.find(screen.window, "field_mobile")
    field.forceActiveFocus()
    screen.tap("key_1")
    assert field.property("activeFocus")


def test_a_date_walks_from_day_to_year_and_on_to_the_last_day(screen: Screen) -> None:
    """The state is fed back, as the session does."""
    raw: dict[str, str] = {"from": "", "to": ""}
    screen.show(question("period", raw))
    for digit in "0102202614":
        screen.tap(f"key_{digit}")
        raw = screen.events()[-1].value
        screen.show(question("period", raw))
    assert raw == {"from": "2026-02-01", "to": "--14"}
    for _ in range(3):
        screen.tap("key_backspace")
        raw = screen.events()[-1].value
        screen.show(question("period", raw))
    assert raw == {"from": "202-02-01", "to": ""}


def test_a_box_of_the_date_can_be_touched(screen: Screen) -> None:
    screen.show(STATES["period"])
    screen.tap("from_month")
    screen.tap("key_1")
    assert screen.events() == [InputChanged({"from": "2026-1-01", "to": "2026-1-"}, "period")]


def test_searching_an_employer(screen: Screen) -> None:
    screen.show(STATES["employer"])
    screen.tap(f"employer_{EMPLOYERS[0].cr_number}")
    assert screen.events() == [
        InputChanged({"cr_number": "1234567", "name": "شركة النخيل للمقاولات ش.م.م"}, "employer")
    ]
    assert not looking.has(screen.window, "key_ا")
    screen.tap("field_employer")
    screen.tap("key_ا")
    assert screen.events()[-1] == EmployerQueried("ا")


def test_the_employer_that_no_search_finds_is_named(screen: Screen) -> None:
    screen.show(STATES["employer-not-found"])
    screen.tap("useThisName")
    assert screen.events() == [InputChanged({"cr_number": None, "name": "ورشة الأمل"}, "employer")]


def test_without_the_network_the_employer_is_typed(screen: Screen) -> None:
    screen.show(question("employer", None, terminal=OFFLINE))
    screen.tap("key_ب")
    assert screen.events() == [InputChanged({"cr_number": None, "name": "ب"}, "employer")]


def test_what_was_searched_is_not_lost_with_the_network(screen: Screen) -> None:
    search = EmployerSearch("ورشة", SearchState.UNAVAILABLE)
    screen.show(question("employer", None, search=search))
    screen.tap("useThisName")
    assert screen.events() == [InputChanged({"cr_number": None, "name": "ورشة"}, "employer")]


def test_the_keyboard_follows_to_the_question_that_is_touched(screen: Screen) -> None:
    screen.show(STATES["email"])
    screen.tap("key_7")
    screen.tap("field_email")
    screen.tap("key_gmail.com")
    assert screen.events() == [
        InputChanged("7", "mobile"),
        InputChanged("salim@example.omgmail.com", "email"),
    ]


def test_the_next_question_has_its_own_editor(screen: Screen) -> None:
    screen.show(STATES["mobile"])
    screen.show(STATES["email"])
    screen.tap("field_email")
    screen.tap("key_a")
    assert screen.events() == [InputChanged("salim@example.oma", "email")]
    assert screen.kiosk.warnings == ()


def test_an_answer_chosen_shows_without_building_the_list_anew(screen: Screen) -> None:
    screen.show(question("governorate", None))
    card = looking.find(screen.window, "place_muscat")
    screen.show(question("governorate", "muscat"))
    assert looking.find(screen.window, "place_muscat") is card
    assert card.property("chosen")


def test_optional_questions_can_be_skipped(screen: Screen) -> None:
    screen.show(question("amount_baisa", None), language="en")
    assert looking.text(screen.window, "continueButton") == "Skip"
    screen.show(question("amount_baisa", "4"), language="en")
    assert looking.text(screen.window, "continueButton") == "Continue"
    screen.show(question("mobile", None), language="en")
    assert looking.text(screen.window, "continueButton") == "Continue"


def test_a_problem_reads_the_same_in_the_summary_and_at_the_field(screen: Screen) -> None:
    screen.show(STATES["email-wrong"])
    summary = looking.find(screen.window, "errorSummary").property("text")
    assert summary == looking.text(screen.window, "fieldProblem")
    assert "name@example.om" in summary


def test_tries_left_are_said_in_the_right_plural(screen: Screen) -> None:
    from dataclasses import replace

    for tries, words in ((3, "بقيت 3 محاولات"), (2, "بقيت محاولتان")):
        state = STATES["pin"]
        pin = replace(state.visit.pin, tries_left=tries)
        screen.show(state, pin=pin)
        assert words in [item.property("text") for item in looking.texts(screen.window)]


def test_the_language_changes_in_the_middle_of_a_question(screen: Screen) -> None:
    screen.show(STATES["types"])
    assert looking.text(screen.window, "heading") == "ما موضوع الشكوى؟"
    screen.show(STATES["types"], language="en")
    assert looking.text(screen.window, "heading") == "What is the complaint about?"
    assert looking.text(screen.window, "continueButton") == "Continue"
    screen.show(STATES["types"])
    assert looking.text(screen.window, "continueButton") == "متابعة"


def test_the_person_is_noticed_at_most_once_a_second(screen: Screen) -> None:
    screen.show(STATES["pin"])
    for second in (0.0, 0.4, 0.9, 1.2, 1.9, 2.3):
        screen.clock[0] = second
        screen.tap("pinKey_1")
    assert screen.sent == [Touched(), Touched(), Touched()]


def test_what_lies_below_is_one_touch_away(screen: Screen) -> None:
    screen.show(STATES["check"])
    more = looking.find(screen.window, "moreButton")
    for _ in range(6):
        if more.property("atEnd"):
            break
        screen.tap("moreButton")
    assert more.property("atEnd")
    assert looking.has(screen.window, "change_email")
    screen.tap("change_email")
    assert screen.events() == [ChangePressed("email")]


def test_the_receipt_is_to_be_taken_only_when_there_is_one(screen: Screen) -> None:
    for confirmed, heading in (
        ("registered", "Take your card and your receipt"),
        ("saved-no-paper", "Take your card"),
    ):
        screen.show(STATES[confirmed], language="en")
        screen.show(STATES["take-card"], language="en")
        assert looking.text(screen.window, "heading") == heading
        assert "is saved" in looking.text(screen.window, "help")
    screen.show(STATES["take-card-cancelled"], language="en")
    assert "Nothing was sent" in looking.text(screen.window, "help")


def test_a_refused_request_promises_no_hearing(screen: Screen) -> None:
    promised = "تصلك رسالة نصية بموعد الجلسة ومكانها."
    screen.show(STATES["sending"], language="ar")
    assert promised in [item.property("text") for item in looking.texts(screen.window)]
    screen.show(STATES["rejected"], language="ar")
    told = [item.property("text") for item in looking.texts(screen.window)]
    assert promised not in told
    assert any("8007 7000" in text for text in told), "whom to call"


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ("registered", "Your request is saved and takes effect."),
        ("rejected", "The office did not take your request."),
        ("card-done-change-pin", "Your card is ready."),
    ],
)
def test_the_last_page_says_what_became_of_it(screen: Screen, done: str, told: str) -> None:
    for before in ("rejected", "card-done-change-pin"):
        screen.show(STATES[before])
        screen.show(STATES["attract"])
    screen.show(STATES[done], language="en")
    for last in ("take-card", "ended-finished"):
        screen.show(STATES[last], language="en")
        assert looking.text(screen.window, "help").startswith(told)


def test_only_a_printer_that_fell_silent_is_asked_about(screen: Screen) -> None:
    for name, asked in (("printer-silent", True), ("registered", False), ("saved-no-paper", False)):
        screen.show(STATES[name])
        assert looking.has(screen.window, "receiptWhole") is asked
        assert looking.has(screen.window, "receiptMissing") is asked
    screen.show(STATES["printer-silent"])
    assert looking.has(screen.window, "qr"), "who does not answer has the code all the same"


def test_who_was_promised_the_receipt_by_telephone_is_told_where_it_goes(screen: Screen) -> None:
    screen.show(STATES["saved-mailed"], language="en")
    assert not looking.has(screen.window, "receiptMail")
    assert "\u2066•••••567\u2069" in looking.text(screen.window, "receiptMailState")
    screen.show(STATES["card-done-change-pin"])
    assert not looking.has(screen.window, "receiptMail"), "no telephone was given"


def test_a_rejected_photo_is_a_silhouette(screen: Screen) -> None:
    from dataclasses import replace

    state = STATES["identity"]
    holder = replace(state.visit.cardholder, photo=b"\xff\xd8 no picture")
    screen.show(State(ONLINE, replace(state.visit, cardholder=holder)))
    assert screen.kiosk.warnings == ()
