"""The touch interface: renders the state of ``kiosk.session`` and sends its events, nothing else.

``app.py`` holds the window (:class:`ui.app.KioskWindow`), ``viewmodels/`` what each page shows,
``qml/Manfadh`` the screens: ``Theme`` (every colour, size, duration), ``Controls`` (own controls on
``QtQuick.Templates``), ``Pages`` (one file a page, one editor a kind of question), ``App`` (the
window). ``i18n`` holds the translations, ``assets`` icons, illustrations and keyboard layouts.
``python -m ui.lint_tokens`` and ``python -m ui.lint_translations`` are part of ``make lint``.
"""
