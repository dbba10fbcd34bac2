"""The window: engine lifetime, fonts, languages, and the way of a state to the pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, Protocol

from PySide6.QtCore import QEvent, QEventLoop, QLocale, QObject, QTimer, QTranslator, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from kiosk.devices import Terminal
from kiosk.services import Catalogue, Language
from kiosk.services.oman_time import MUSCAT
from kiosk.session.intents import Touched
from kiosk.session.state import State
from ui.editing import NoClipboard, forget_typing
from ui.fonts import load_fonts
from ui.pictures import PROVIDER, VisitPictures
from ui.screens import SCREENS
from ui.viewmodels import (
    AttractViewModel,
    CardProblemViewModel,
    CardTaskViewModel,
    CheckViewModel,
    ConfirmationViewModel,
    EmployerViewModel,
    EndingViewModel,
    IdentityViewModel,
    OutOfServiceViewModel,
    PapersViewModel,
    PinPad,
    PinViewModel,
    QuestionViewModel,
    Send,
    ServicesViewModel,
    ShellViewModel,
)

ROOT = Path(__file__).resolve().parent
QML = ROOT / "qml"
TRANSLATIONS = ROOT / "i18n"
TOUCH_INTERVAL_S = 1.0
"""``Touched`` is sent at most this often."""
_LOCALES: dict[Language, str] = {"ar": "ar_OM", "en": "en_OM"}
_TOUCHES = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.TouchBegin,
    QEvent.Type.KeyPress,
}

INITIAL_STATE = State(Terminal())
"""What is shown until the first ``show``: the attract page."""


def today_in_muscat() -> date:
    """The day in Oman, for dated fees."""
    return datetime.now(MUSCAT).date()


class WindowFailed(Exception):
    """The window cannot be made: translations not built, or QML that does not load."""


def make_application(*, gpu: bool = False) -> QGuiApplication:
    """The one ``QGuiApplication``: software scene graph unless ``gpu``, our fonts."""
    if not gpu:
        os.environ["QT_QUICK_BACKEND"] = "software"
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    # Where the platform does not tell when the screen is ready for a picture, Qt waits five
    # milliseconds for others to ask for one; here nobody else does, and a finger waits.
    os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")
    existing = QGuiApplication.instance()
    application = existing if isinstance(existing, QGuiApplication) else QGuiApplication([])
    application.setApplicationDisplayName("Manfadh")
    load_fonts()
    return application


class PageViewModel(Protocol):
    """What every view-model has in common."""

    def show(self, state: State) -> None:
        """Take over a new state."""


class _TouchFilter(QObject):
    """Tells that the person is still there, whatever was touched."""

    def __init__(self, send: Send, clock: Callable[[], float]) -> None:
        super().__init__()
        self._send = send
        self._clock = clock
        self._last = -TOUCH_INTERVAL_S

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 (Qt's signature)
        if event.type() in _TOUCHES and self._clock() - self._last >= TOUCH_INTERVAL_S:
            self._last = self._clock()
            self._send(Touched())
        return False


class _Languages:
    """The translations of the screens; English has one too, for its plurals."""

    _installed: ClassVar[QTranslator | None] = None
    """The application has one, whichever window it is of: what English does not translate would
    else be read in the language of a window that is gone."""

    def __init__(self, engine: QQmlApplicationEngine) -> None:
        self._engine = engine
        self._translators: dict[Language, QTranslator] = {}
        for language in _LOCALES:
            translator = QTranslator()
            if not translator.load(str(TRANSLATIONS / f"manfadh_{language}.qm")):
                raise WindowFailed(
                    f"translation manfadh_{language}.qm is not built: run make setup"
                )
            self._translators[language] = translator

    def use(self, language: Language) -> None:
        wanted = self._translators[language]
        if wanted is _Languages._installed:
            return
        _Languages._take_away()
        QLocale.setDefault(QLocale(_LOCALES[language]))
        QGuiApplication.installTranslator(wanted)
        _Languages._installed = wanted
        self._engine.retranslate()

    def remove(self) -> None:
        if _Languages._installed in self._translators.values():
            _Languages._take_away()

    @classmethod
    def _take_away(cls) -> None:
        if cls._installed is not None:
            QGuiApplication.removeTranslator(cls._installed)
            cls._installed = None


class KioskWindow:
    """The kiosk's window. Made, used and closed in the UI thread.

    ``size`` is the design size in pixels; on a smaller screen the window shrinks with its content,
    except on the offscreen platform. ``reduced_motion`` keeps every change and drops every
    movement. Raises :class:`WindowFailed`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        send: Send,
        pin_pad: PinPad,
        *,
        size: tuple[int, int],
        fullscreen: bool = False,
        reduced_motion: bool = False,
        state: State = INITIAL_STATE,
        today: Callable[[], date] = today_in_muscat,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pictures = VisitPictures()
        self._shell = ShellViewModel(catalogue, send, state, today)
        self._confirmation = ConfirmationViewModel(catalogue, self._pictures, send)
        pages: dict[str, PageViewModel] = {
            "attract": AttractViewModel(catalogue),
            "outOfService": OutOfServiceViewModel(),
            "cardProblem": CardProblemViewModel(send),
            "pin": PinViewModel(catalogue, pin_pad),
            "cardTask": CardTaskViewModel(send),
            "identity": IdentityViewModel(self._pictures),
            "services": ServicesViewModel(catalogue, send, today),
            "question": QuestionViewModel(catalogue, send, today),
            "employer": EmployerViewModel(catalogue, send),
            "papers": PapersViewModel(self._pictures, send),
            "check": CheckViewModel(catalogue, send, today),
            "confirmation": self._confirmation,
            "ending": EndingViewModel(),
        }
        # The shell comes last: by the time it changes the page, the page's view-model is ready.
        self._views: tuple[PageViewModel, ...] = (*pages.values(), self._shell)
        self._engine = QQmlApplicationEngine()
        self._warnings: list[str] = []
        self._engine.warnings.connect(self._note_warnings)
        self._engine.addImportPath(str(QML))
        self._engine.addImageProvider(PROVIDER, self._pictures)
        self._languages = _Languages(self._engine)
        for view in pages.values():
            view.show(state)
        self._languages.use(state.visit.language)
        width, height = _window_size(size)
        self._engine.setInitialProperties(
            {
                "shell": self._shell,
                "initialWidth": width,
                "initialHeight": height,
                "fullscreen": fullscreen,
                "reducedMotion": reduced_motion,
                "screens": _screens({"shell": self._shell, **pages}),
            }
        )
        self._engine.load(QUrl.fromLocalFile(str(QML / "Manfadh" / "App" / "Main.qml")))
        roots = self._engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise WindowFailed("the window does not load: " + "; ".join(self._warnings[:3]))
        self._window = roots[0]
        self._touches = _TouchFilter(send, clock)
        self._window.installEventFilter(self._touches)
        self._no_clipboard = NoClipboard()
        self._window.installEventFilter(self._no_clipboard)
        self._state = state

    @property
    def window(self) -> QQuickWindow:
        """The window itself, to grab and to touch."""
        return self._window

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything QML complained about since the start; empty when all is well."""
        return tuple(self._warnings)

    @property
    def settled(self) -> bool:
        """No page is fading in: what is on the screen is what stays."""
        return bool(self._window.property("settled"))

    def wait_until_seen(self, patience: float = 2.0) -> None:
        """Return when the first picture is on the screen, or after ``patience`` seconds."""
        loop = QEventLoop()
        self._window.frameSwapped.connect(loop.quit)
        QTimer.singleShot(round(patience * 1000), loop, loop.quit)
        loop.exec()
        self._window.frameSwapped.disconnect(loop.quit)

    def show(self, state: State) -> None:
        """Show a new state."""
        if state == self._state:
            return
        self._state = state
        self._languages.use(state.visit.language)
        for view in self._views:
            view.show(state)

    def set_receipt(self, png: bytes | None) -> None:
        """The picture of the receipt for the confirmation page; ``None`` wipes it."""
        self._confirmation.set_receipt(png)

    def forget(self) -> None:
        """The visit is over: nothing that was shown or typed in it stays outside its state."""
        self.set_receipt(None)
        forget_typing()

    def close(self) -> None:
        """Take the window down: the engine first, then what it is bound to. Safe to call twice."""
        if not self._views:
            return
        self._window.removeEventFilter(self._touches)
        self._window.removeEventFilter(self._no_clipboard)
        self._window.close()
        self._languages.remove()
        self._engine.deleteLater()
        QGuiApplication.sendPostedEvents(self._engine, QEvent.Type.DeferredDelete)
        del self._window, self._engine
        self._views = ()

    def _note_warnings(self, warnings: list[object]) -> None:
        for warning in warnings:
            self._warnings.append(str(warning))
        # Late: the log is not worth a tenth of a second before the first picture.
        import structlog

        structlog.get_logger().warning("ui.qml_warning", count=len(warnings))


def _screens(view_models: Mapping[str, object]) -> dict[str, object]:
    """:data:`ui.screens.SCREENS` as QML reads it."""
    return {
        page.value: {
            "file": screen.file,
            "follower": "" if screen.follower is None else screen.follower.value,
            "properties": {
                "shell": view_models["shell"],
                **{name: view_models[which] for name, which in screen.view_models},
            },
        }
        for page, screen in SCREENS.items()
    }


def _window_size(design: tuple[int, int]) -> tuple[int, int]:
    """The design size, made smaller to fit the screen; its proportions stay."""
    if QGuiApplication.platformName() == "offscreen":
        return design
    available = QGuiApplication.primaryScreen().availableGeometry()
    factor = min(1.0, available.width() / design[0], available.height() / design[1])
    return round(design[0] * factor), round(design[1] * factor)
