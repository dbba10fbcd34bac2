"""One view-model per page: what the page shows, as codes, numbers and texts of the catalogue.

Each takes the whole ``State`` in ``show`` and keeps only what its page needs; QML binds to its
properties. Intents (slots named after what the person did) send one event of ``kiosk.session`` and
decide nothing. Sentences of the screens themselves are in QML, so that they follow the language.
Importing this package registers the QML module ``Manfadh.ViewModels``.
"""

from ui.viewmodels.attract import AttractViewModel, OutOfServiceViewModel
from ui.viewmodels.card import CardProblemViewModel, IdentityViewModel
from ui.viewmodels.card_services import CardTaskViewModel
from ui.viewmodels.check import CheckViewModel
from ui.viewmodels.confirmation import ConfirmationViewModel, EndingViewModel
from ui.viewmodels.employer import EmployerViewModel
from ui.viewmodels.keyboards import KeyboardLayouts
from ui.viewmodels.papers import PapersViewModel
from ui.viewmodels.pin import PinPad, PinViewModel
from ui.viewmodels.question import QuestionViewModel
from ui.viewmodels.seam import Pictures, Send
from ui.viewmodels.services import ServicesViewModel
from ui.viewmodels.shell import ShellViewModel

__all__ = [
    "AttractViewModel",
    "CardProblemViewModel",
    "CardTaskViewModel",
    "CheckViewModel",
    "ConfirmationViewModel",
    "EmployerViewModel",
    "EndingViewModel",
    "IdentityViewModel",
    "KeyboardLayouts",
    "OutOfServiceViewModel",
    "PapersViewModel",
    "Pictures",
    "PinPad",
    "PinViewModel",
    "QuestionViewModel",
    "Send",
    "ServicesViewModel",
    "ShellViewModel",
]
