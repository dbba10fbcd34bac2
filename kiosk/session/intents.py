"""What the person at the screen did. The screens send these and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.services import Language
from kiosk.services.answers import Answer
from kiosk.session.state import TextSize


@dataclass(frozen=True, slots=True)
class Started:
    """The attract page was touched."""


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """On the language page, or later from the header of any page."""

    language: Language


@dataclass(frozen=True, slots=True)
class TextSizeChosen:
    """From the header of any page."""

    size: TextSize


@dataclass(frozen=True, slots=True)
class ContrastChosen:
    """From the header of any page."""

    high: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """Any touch: the person is still there."""


@dataclass(frozen=True, slots=True)
class ContinuePressed:
    """The page's primary button."""


@dataclass(frozen=True, slots=True)
class BackPressed:
    """One page back."""


@dataclass(frozen=True, slots=True)
class CancelPressed:
    """End the visit."""


@dataclass(frozen=True, slots=True)
class StayPressed:
    """ "I am still here", on the countdown."""


@dataclass(frozen=True, slots=True)
class PinDigitsChanged:
    """The PIN pad holds this many digits now. The digits themselves are no event."""

    digits: int


@dataclass(frozen=True, slots=True)
class ServiceChosen:
    """A card of the services page."""

    service_id: str


@dataclass(frozen=True, slots=True)
class UnblockChosen:
    """ "I have the PUK", on the page of a blocked PIN."""


@dataclass(frozen=True, slots=True)
class FingerChosen:
    """ "Unblock with your fingerprint", on the page of a blocked PIN."""


@dataclass(frozen=True, slots=True)
class ReceiptSeen:
    """The answer to "did the whole receipt come out?", when the printer cannot tell."""

    whole: bool


@dataclass(frozen=True, slots=True)
class AnotherServicePressed:
    """ "Another service", after a confirmation, while the card is still there."""


@dataclass(frozen=True, slots=True)
class ReceiptMailPressed:
    """ "Send it to my telephone", where there is no paper."""


@dataclass(frozen=True, slots=True)
class NewCodePressed:
    """ "Send me another code"."""


@dataclass(frozen=True, slots=True)
class InputChanged:
    """The raw input of a question on the screen."""

    value: Answer = field(repr=False)
    question: str = ""
    """Its id; empty: the page's only question."""


@dataclass(frozen=True, slots=True)
class EmployerQueried:
    """The text of the employer search changed."""

    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangePressed:
    """ "Change" beside an answer on the check page."""

    field_id: str
    papers: bool = False
    """Not the answer, but the papers that were scanned for it."""


@dataclass(frozen=True, slots=True)
class ApartPressed:
    """ "Change", on a page that shows what is known: its questions are asked one by one."""


@dataclass(frozen=True, slots=True)
class ScanPressed:
    """ "Scan", on the papers' page: a sheet lies in the scanner."""


@dataclass(frozen=True, slots=True)
class PaperRemoved:
    """ "Remove", beside a scanned paper."""

    sha256: str


Intent = (
    Started
    | LanguageChosen
    | TextSizeChosen
    | ContrastChosen
    | Touched
    | ContinuePressed
    | BackPressed
    | CancelPressed
    | StayPressed
    | PinDigitsChanged
    | ServiceChosen
    | UnblockChosen
    | FingerChosen
    | ReceiptSeen
    | ReceiptMailPressed
    | AnotherServicePressed
    | NewCodePressed
    | InputChanged
    | EmployerQueried
    | ChangePressed
    | ApartPressed
    | ScanPressed
    | PaperRemoved
)
