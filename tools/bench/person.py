"""A citizen who files the complaint, from the first touch to the empty card slot."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.app import Kiosk
from kiosk.session import Page, Visit, events as ev
from kiosk.session.form import EmployerSearch, SearchState
from kiosk.session.outcome import ReceiptStep
from tools.bench.far_reader import FarReaders
from tools.bench.finger import Finger, NotShown, Touch

PERSONA = "resident-worker"
_EMPLOYER = "السيب"
_SPACE = {" ": "space"}

Samples = list[tuple[str, str, Touch]]
"""Kind, what was touched on which page, and how long it took."""


class Person:
    """Uses one terminal. With ``samples`` every touch is measured and kept there by its kind.

    ``digit_ms`` is how long a digit of the PIN takes before the next one.
    """

    def __init__(
        self,
        kiosk: Kiosk,
        readers: FarReaders,
        pin: str,
        samples: Samples | None = None,
        *,
        digit_ms: int = 0,
    ) -> None:
        self._digit_ms = digit_ms
        self._kiosk = kiosk
        self._readers = readers
        self._pin = pin
        self._samples = samples
        self._finger = Finger(kiosk.window)

    @property
    def _visit(self) -> Visit:
        return self._kiosk.runner.state.visit

    def file_a_complaint(self, before_signing: Callable[[], None] = lambda: None) -> None:
        """One whole visit in Arabic. Raises :class:`tools.bench.finger.NotShown`."""
        self._begin()
        self._answer_questions()
        self._page("check")
        self._touch("continue", "continueButton", self._opens("sign"))
        before_signing()
        self._enter_pin("sign")
        self._finger.wait(self._printed, "the receipt on paper")
        self._page("confirmation")
        self._touch("continue", "continueButton", self._opens("take-card"))
        self._readers.remove()
        self._leave()

    def _leave(self) -> None:
        self._page("ended")
        # Its six seconds are for reading; nothing happens in them.
        self._kiosk.runner.handle(ev.TimerFired(ev.Timer.ENDED_PAGE))
        self._page("attract")

    def see_own_name(self) -> float:
        """Put a slow card in and take it out; milliseconds from the card to the name's frame.

        Raises :class:`tools.bench.finger.NotShown`.
        """
        self._choose_language()
        self._readers.prepare_slow(PERSONA)
        shown = self._finger.watch(
            self._readers.insert_prepared,
            lambda: self._finger.page_is("reading-card") and bool(self._finger.text_of("name")),
            "the cardholder's name",
        )
        self._page("pin")
        self._readers.remove()
        self._leave()
        return shown

    def _choose_language(self) -> None:
        self._touch("start", "startArea", self._opens("language"))
        self._touch("language", "language_ar", self._opens("insert-card"))

    def _begin(self) -> None:
        self._choose_language()
        self._readers.insert(PERSONA)
        self._page("pin")
        if self._samples is not None:
            for language in ("en", "ar"):
                self._touch("language", "languageButton", self._speaks(language))
        self._enter_pin("pin")
        self._page("identity")
        self._touch("continue", "continueButton", self._opens("services"))
        self._touch("option", "service_complaint", self._opens("question"))

    def _enter_pin(self, page: str) -> None:
        if self._samples is not None:
            self._touch("PIN key", "pinKey_5", self._digits(1), on_press=True)
            self._touch("PIN key", "pinErase", self._digits(0), on_press=True)
        for count, digit in enumerate(self._pin, start=1):
            self._touch("PIN key", f"pinKey_{digit}", self._digits(count), on_press=True)
            if self._digit_ms:
                self._finger.rest(self._digit_ms)
        self._touch(
            "continue",
            "continueButton",
            lambda: self._visit.pin.checking or self._visit.page.value != page,
        )

    def _answer_questions(self) -> None:
        self._finger.wait(lambda: self._visit.signed_in, "the registries")
        self._finger.wait(lambda: self._asks("work") or self._asks("employer"), "a question")
        if self._asks("work"):
            # Every kind of touch is measured, also those that the registry spares most people.
            self._touch("option", "changeKnown", lambda: self._asks("employer"))
        self._question("employer")
        self._finger.tap("field_employer")
        self._finger.rest()  # the keyboard comes up
        self._type("employer", _EMPLOYER)
        self._finger.wait(self._searched, "an answer of the registry")
        if not self._found():
            raise NotShown(f"employers of the registry: {self._search()}")
        self._finger.rest()  # the list moves up when the line above it goes
        self._option(f"employer_{self._found()[0]}")
        self._continue("governorate")
        self._option("place_dhofar")
        self._continue("wilayat")
        self._option("place_salalah")
        self._continue("complaint_types")
        self._option("option_wages")
        self._option("option_overtime")
        self._continue("amount_baisa")
        self._type("amount_baisa", "450")
        self._continue("period")
        for digit in "01082026":
            self._finger.tap(f"key_{digit}")
        self._continue("description")
        self._finger.tap("field_description")
        self._finger.rest()
        self._type("description", "لم أستلم أجري")
        self._continue("evidence")
        self._option("option_payslips")
        self._continue("contact")
        form = self._visit.form
        if form is not None and not form.inputs.get("mobile"):
            self._type("mobile", "92123456")
        self._touch("continue", "continueButton", self._opens("check"))

    def _touch(
        self, kind: str, name: str, shown: Callable[[], bool], *, on_press: bool = False
    ) -> None:
        if self._samples is None:
            self._finger.tap(name)
            self._finger.wait(shown, f"the effect of {name}")
        else:
            where = f"{name} on {self._visit.page.value}"
            touch = self._finger.measure(name, shown, on_press=on_press)
            self._samples.append((kind, where, touch))

    def _type(self, field: str, text: str) -> None:
        for letter in text:
            before = self._finger.text_of(f"field_{field}")
            self._touch(
                "keyboard key",
                f"key_{_SPACE.get(letter, letter)}",
                lambda before=before: self._finger.text_of(f"field_{field}") != before,  # type: ignore[misc] # each its own
            )

    def _option(self, name: str) -> None:
        before = self._input()
        self._touch("option", name, lambda: self._input() != before)

    def _continue(self, following: str) -> None:
        self._touch("continue", "continueButton", lambda: self._asks(following))
        self._question(following)

    def _question(self, field: str) -> None:
        self._finger.wait(lambda: self._asks(field), f"question {field}")
        self._finger.rest()

    def _asks(self, field: str) -> bool:
        form = self._visit.form
        if self._visit.page is not Page.QUESTION or form is None:
            return False
        return form.page == field

    def _page(self, page: str) -> None:
        self._finger.wait(self._opens(page), f"page {page}")
        self._finger.settle()

    def _opens(self, page: str) -> Callable[[], bool]:
        return lambda: self._visit.page.value == page and self._finger.page_is(page)

    def _speaks(self, language: str) -> Callable[[], bool]:
        return lambda: self._visit.language == language

    def _digits(self, count: int) -> Callable[[], bool]:
        return lambda: self._visit.pin.digits == count

    def _input(self) -> object:
        return dict(self._visit.form.inputs) if self._visit.form else None

    def _searched(self) -> bool:
        # Answers to the first letters are about to be replaced.
        search = self._search()
        return search.query == _EMPLOYER and search.state is not SearchState.SEARCHING

    def _search(self) -> EmployerSearch:
        return self._visit.form.search if self._visit.form else EmployerSearch()

    def _found(self) -> list[str]:
        return [employer.cr_number for employer in self._search().found]

    def _printed(self) -> bool:
        submission = self._visit.submission
        return submission is not None and submission.receipt is ReceiptStep.PRINTED
