"""The visit as it should go, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.session import Page, effects as ef, events as ev
from kiosk.session.card_task import PinPurpose
from kiosk.session.form import SearchState
from kiosk.session.outcome import HearingProposal, ReceiptStep, VisitEnd
from kiosk.session.state import TextSize
from tests.kiosk.desk import ANSWERS, HOLDER, OFFLINE, TX, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_touch_opens_the_language_page_and_a_new_visit(desk):
    desk(ev.Started())
    assert desk.page is Page.LANGUAGE
    assert desk.asked(ef.BeginVisit)


def test_a_card_put_in_first_is_read_once_the_language_is_known(desk):
    desk(ev.CardInserted())
    assert desk.page is Page.LANGUAGE
    assert not desk.asked(ef.ReadCard)
    desk(ev.LanguageChosen("en"))
    assert desk.page is Page.READING_CARD
    assert desk.visit.language == "en"
    assert desk.asked(ef.ReadCard)


def test_the_tries_left_are_known_before_the_first_digit(desk):
    desk.to_pin(tries_left=2)
    assert desk.page is Page.PIN
    assert desk.visit.pin.tries_left == 2
    assert desk.visit.pin.digits == 0


def test_the_name_is_there_before_the_rest_and_the_portrait_after_it(desk):
    desk(ev.Started(), ev.LanguageChosen("ar"), ev.CardInserted())
    desk(ev.CardholderKnown(replace(HOLDER, photo=b"")))
    assert desk.page is Page.READING_CARD
    assert desk.visit.cardholder.name_ar == HOLDER.name_ar
    desk(ev.CardRead(replace(HOLDER, photo=b""), 3))
    assert desk.page is Page.PIN
    desk(ev.PhotoRead(b"jpeg"))
    assert desk.visit.cardholder == HOLDER


def test_the_pin_goes_to_the_card_once_however_often_continue_is_pressed(desk):
    desk.to_pin().enter_pin()
    assert desk.asked(ef.VerifyPin) == [ef.VerifyPin(PinPurpose.IDENTIFY)]
    desk(ev.ContinuePressed(), ev.ContinuePressed())
    assert not desk.asked(ef.VerifyPin)


def test_after_the_pin_the_person_is_shown_and_signed_in(desk):
    desk.to_pin().enter_pin()(ev.PinVerified())
    assert desk.page is Page.IDENTITY
    assert desk.visit.cardholder == HOLDER
    assert desk.asked(ef.SignIn)


def test_without_network_nobody_is_signed_in_and_the_visit_goes_on(desk):
    desk(ev.TerminalChanged(OFFLINE)).to_pin().enter_pin()(ev.PinVerified())
    assert desk.page is Page.IDENTITY
    assert not desk.asked(ef.SignIn)


def test_the_network_coming_back_after_the_pin_signs_in(desk):
    from tests.kiosk.desk import GOOD

    desk(ev.TerminalChanged(OFFLINE)).to_pin().enter_pin()(ev.PinVerified())
    desk(ev.TerminalChanged(GOOD))
    assert desk.asked(ef.SignIn)


def test_one_question_per_page_then_all_answers(desk):
    desk.to_services()(ev.ServiceChosen("complaint"))
    seen = desk.answer_until(Page.CHECK)
    assert seen == [
        "employer", "governorate", "wilayat", "complaint_types", "amount_baisa",
        "period", "description", "evidence", "contact",
    ]  # fmt: skip
    assert desk.page is Page.CHECK
    assert desk.visit.form.answers["amount_baisa"] == 450_500
    assert desk.visit.form.answers["period"] == {"from": "2026-08-01", "to": None}


def test_the_mobile_number_of_the_registry_is_there_already(desk):
    desk.to_check()(ev.ChangePressed("mobile"))
    assert desk.visit.form.inputs[desk.questions()[0]] == "92123456"


def test_a_wrong_answer_stays_on_its_page_with_its_reason(desk):
    desk.to_services()(ev.ServiceChosen("complaint"), ev.ContinuePressed())
    assert desk.page is Page.QUESTION
    assert [p.code for p in desk.visit.form.problems] == ["required"]
    desk(ev.InputChanged({"cr_number": None, "name": "شركة"}))
    assert desk.visit.form.problems == ()


def test_changing_one_answer_returns_to_the_check_page(desk):
    desk.to_check()(ev.ChangePressed("description"))
    assert desk.page is Page.QUESTION
    assert desk.visit.form.inputs[desk.questions()[0]] == ANSWERS["description"]
    desk(ev.InputChanged("غير ذلك"), ev.ContinuePressed())
    assert desk.page is Page.CHECK
    assert desk.visit.form.answers["description"] == "غير ذلك"


def test_changing_the_governorate_asks_for_the_wilayat_again(desk):
    desk.to_check()(ev.ChangePressed("governorate"), ev.InputChanged("dhofar"))
    desk(ev.ContinuePressed())
    assert desk.page is Page.QUESTION
    assert not desk.visit.form.inputs
    desk(ev.InputChanged("salalah"), ev.ContinuePressed())
    assert desk.page is Page.CHECK
    assert desk.visit.form.answers["wilayat"] == "salalah"


def test_back_from_a_half_changed_governorate_never_skips_the_wilayat(desk):
    desk.to_check()(ev.ChangePressed("governorate"), ev.InputChanged("dhofar"))
    desk(ev.ContinuePressed(), ev.BackPressed(), ev.ContinuePressed())
    assert desk.page is Page.QUESTION
    assert "wilayat" not in desk.visit.form.answers


def test_back_keeps_what_was_answered(desk):
    desk.to_services()(ev.ServiceChosen("complaint"))
    desk(ev.InputChanged(ANSWERS["employer"]), ev.ContinuePressed(), ev.BackPressed())
    assert desk.visit.form.inputs[desk.questions()[0]] == ANSWERS["employer"]
    desk(ev.BackPressed())
    assert desk.page is Page.SERVICES
    desk(ev.ServiceChosen("complaint"))
    assert desk.visit.form.inputs[desk.questions()[0]] == ANSWERS["employer"]


def test_the_registry_is_searched_from_two_letters_on(desk):
    desk.to_services()(ev.ServiceChosen("complaint"), ev.EmployerQueried("ش"))
    assert not desk.asked(ef.SearchEmployers)
    desk(ev.EmployerQueried("شر"))
    assert desk.asked(ef.SearchEmployers)
    desk(ev.EmployersFound("شر", ()))
    assert desk.visit.form.search.state is SearchState.DONE


def test_a_late_answer_to_an_older_search_is_ignored(desk):
    desk.to_services()(ev.ServiceChosen("complaint"), ev.EmployerQueried("شر"))
    desk(ev.EmployerQueried("شرك"), ev.EmployersFound("شر", ()))
    assert desk.visit.form.search.state is SearchState.SEARCHING


def test_signing_asks_the_card_once_with_the_answers_that_were_checked(desk):
    desk.to_working()
    assert desk.page is Page.WORKING
    (sign,) = desk.asked(ef.SignAndKeep)
    assert sign.answers == desk.visit.form.answers
    desk(ev.ContinuePressed(), ev.BackPressed(), ev.CancelPressed())
    assert desk.page is Page.WORKING
    assert not desk.asked(ef.SignAndKeep)


def test_online_the_receipt_waits_for_the_offices_number(desk):
    desk.to_confirmation()
    assert desk.page is Page.CONFIRMATION
    assert desk.visit.submission.receipt is ReceiptStep.WAITING
    hearing = HearingProposal(datetime(2026, 12, 1, 5, tzinfo=UTC), "مسقط", "Muscat")
    desk(ev.Answered(TX, "C-2026-000001", hearing, "HTTPS://X/R#CD"))
    (printing,) = desk.asked(ef.PrintReceipt)
    assert printing.submission.registered_as == "C-2026-000001"
    assert printing.submission.qr_text == "HTTPS://X/R#CD"
    desk(ev.ReceiptPrinted(TX))
    assert desk.visit.submission.receipt is ReceiptStep.PRINTED


def test_a_silent_central_api_does_not_keep_the_receipt_waiting(desk):
    desk.to_confirmation().fire(ev.Timer.ANSWER)
    assert len(desk.asked(ef.PrintReceipt)) == 1
    desk(ev.Answered(TX, "C-2026-000001"))
    assert not desk.asked(ef.PrintReceipt), "one receipt, not two"
    assert desk.visit.submission.registered_as == "C-2026-000001"


def test_offline_the_receipt_is_printed_at_once(desk):
    desk(ev.TerminalChanged(OFFLINE)).to_confirmation()
    assert len(desk.asked(ef.PrintReceipt)) == 1
    assert not desk.visit.submission.waiting_for_answer


def test_before_the_signature_the_receipt_is_prerendered_and_not_printed(desk):
    desk.to_check()(ev.ContinuePressed())
    assert not desk.asked(ef.PrerenderReceipt)
    desk(*(ev.PinDigitsChanged(digits) for digits in (1, 2, 3)))
    (prerendered,) = desk.asked(ef.PrerenderReceipt)
    assert prerendered.answers == desk.visit.form.answers
    assert not desk.asked(ef.PrintReceipt)


def test_large_letters_on_the_screen_are_large_print_on_paper(desk):
    desk(ev.TextSizeChosen(TextSize.LARGE), ev.TerminalChanged(OFFLINE)).to_working()
    desk(ev.TextSizeChosen(TextSize.LARGE), ev.Kept(TX, "7K3Q-9FZ2", "qr", desk.world.now))
    (printing,) = desk.asked(ef.PrintReceipt)
    assert printing.large
    assert not printing.again


def test_finish_wipes_everything_and_asks_for_the_card_to_be_taken(desk):
    desk(ev.TerminalChanged(OFFLINE)).to_confirmation()(ev.ReceiptPrinted(TX), ev.ContinuePressed())
    assert desk.page is Page.TAKE_CARD
    assert desk.asked(ef.Wipe) == [ef.Wipe(VisitEnd.FINISHED)]
    assert desk.visit.cardholder is None
    assert desk.visit.form is None
    assert desk.visit.submission is None
    desk(ev.CardRemoved())
    assert desk.page is Page.ENDED
    desk.fire(ev.Timer.ENDED_PAGE)
    assert desk.page is Page.ATTRACT
    assert desk.visit == type(desk.visit)()


def test_language_and_accessibility_are_at_hand_on_every_page_and_reset_at_the_end(desk):
    desk.to_check()
    desk(ev.LanguageChosen("en"), ev.TextSizeChosen(TextSize.LARGE), ev.ContrastChosen(True))
    assert desk.page is Page.CHECK
    assert (desk.visit.language, desk.visit.high_contrast) == ("en", True)
    desk(ev.CancelPressed(), ev.CardRemoved()).fire(ev.Timer.ENDED_PAGE)
    assert desk.visit.language == "ar"
    assert not desk.visit.high_contrast


def test_the_terminal_rests_in_its_own_language(desk):
    desk.world = replace(desk.world, language="en")
    desk(ev.Started())
    assert desk.visit.language == "en"
    desk(ev.LanguageChosen("ar"), ev.CancelPressed())
    assert (desk.page, desk.visit.language) == (Page.ATTRACT, "en")
