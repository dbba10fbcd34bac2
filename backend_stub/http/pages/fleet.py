"""The fleet page: every terminal in one table, those that need somebody first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Final, Literal

from fastapi.responses import HTMLResponse

from backend_stub.fleet.overview import Standing, TerminalView, is_well
from backend_stub.http.pages.html import page
from kiosk.contract.fleet import DeviceReport
from kiosk.services.oman_time import MUSCAT

_REFRESH_S: Final = 15

_TEXTS: Final[dict[str, dict[str, str]]] = {
    "ar": {
        "title": "أجهزة منفذ",
        "owner": "النظام المركزي",
        "other": "English",
        "terminals": "الأجهزة",
        "stopped": "متوقفة",
        "attention": "تحتاج متابعة",
        "silent": "صامتة",
        "well": "تعمل",
        "waiting": "معاملات تنتظر",
        "terminal": "الجهاز",
        "standing": "الحالة",
        "contact": "آخر اتصال",
        "queue": "تنتظر الإرسال",
        "held": "المستلم",
        "devices": "الأدوات",
        "chip-stopped": "متوقف",
        "chip-attention": "يحتاج متابعة",
        "chip-silent": "صامت",
        "chip-well": "يعمل",
        "frozen": "جُمّد مفتاح الجهاز: وصلت سلسلتان",
        "revoked": "أُلغي مفتاح الجهاز",
        "no-report": "لم يرسل تقريرًا",
        "oldest": "أقدمها منذ",
        "backed": "في النسخ الاحتياطية",
        "epoch": "العهد",
        "receipts": "إيصالات متبقية",
        "attachments": "مرفقات",
        "release": "الإصدار",
        "offline": "بلا شبكة",
        "paused": "الإرسال موقوف",
        "none": "لم يُسجَّل أي جهاز بعد.",
        "as-of": "بتاريخ",
        "refresh": "تتجدد الصفحة تلقائيًا.",
        "now": "الآن",
        "s": "ث",
        "min": "د",
        "h": "س",
        "d": "يوم",
    },
    "en": {
        "title": "Manfadh terminals",
        "owner": "Central API",
        "other": "العربية",
        "terminals": "Terminals",
        "stopped": "Stopped",
        "attention": "Need attention",
        "silent": "Silent",
        "well": "Well",
        "waiting": "Transactions waiting",
        "terminal": "Terminal",
        "standing": "Standing",
        "contact": "Last contact",
        "queue": "Waiting to be sent",
        "held": "Received",
        "devices": "Devices",
        "chip-stopped": "Stopped",
        "chip-attention": "Needs attention",
        "chip-silent": "Silent",
        "chip-well": "Well",
        "frozen": "Device key frozen: two chains came",
        "revoked": "Device key revoked",
        "no-report": "No report yet",
        "oldest": "oldest for",
        "backed": "in backups",
        "epoch": "epoch",
        "receipts": "receipts left",
        "attachments": "attachments",
        "release": "release",
        "offline": "no network",
        "paused": "sending is paused",
        "none": "No terminal is enrolled yet.",
        "as-of": "As of",
        "refresh": "This page refreshes itself.",
        "now": "now",
        "s": "s",
        "min": "min",
        "h": "h",
        "d": "d",
    },
}

_SYNC_TROUBLE: Final = ("offline", "paused")
"""States of the syncer that somebody should read."""

_DEVICES: Final[dict[str, dict[str, str]]] = {
    "ar": {
        "reader": "القارئ",
        "printer": "الطابعة",
        "scanner": "الماسح الضوئي",
        "finger": "قارئ البصمة",
        "display": "الشاشة",
        "outbox": "صندوق الصادر",
        "clock": "الساعة",
        "disk": "القرص",
        "coverOpen": "الغطاء مفتوح",
        "paperLow": "الورق قليل",
        "paperOut": "نفد الورق",
        "paperJammed": "الورق عالق",
        "openOrJammed": "غطاء مفتوح أو ورقة عالقة",
        "wrong": "غير مضبوطة",
        "almostFull": "يكاد يمتلئ",
        "disk-full": "القرص ممتلئ",
        "read-only": "القرص للقراءة فقط",
        "io-error": "خطأ في القرص",
        "corrupt": "بيانات تالفة",
        "quota": "بلغ الصندوق حده",
        "frozen": "السلسلة مجمدة",
        "online": "في الخدمة",
        "offline": "خارج الاتصال",
        "powerOff": "بلا طاقة",
        "noDevice": "لا يُعثر عليه",
        "hardwareError": "عطل",
        "userError": "خطأ استخدام",
        "deviceBusy": "قيد الاستعمال",
        "fraudAttempt": "محاولة عبث",
        "unknown": "حالة مجهولة",
    },
    "en": {
        "finger": "fingerprint sensor",
        "noDevice": "not there",
        "powerOff": "power off",
        "hardwareError": "fault",
        "userError": "misused",
        "deviceBusy": "busy",
        "fraudAttempt": "tampering",
        "coverOpen": "cover open",
        "paperLow": "paper low",
        "paperOut": "out of paper",
        "paperJammed": "paper jammed",
        "openOrJammed": "open or jammed",
        "almostFull": "almost full",
    },
}


def fleet_page(
    fleet: Sequence[TerminalView], now: datetime, language: Literal["ar", "en"]
) -> HTMLResponse:
    """The fleet as it stands, in one language."""
    texts = _TEXTS[language]
    other = "en" if language == "ar" else "ar"
    body = (
        f"<header><div><div><h1>{texts['title']}</h1><p>{texts['owner']}</p></div>"
        f'<a href="?language={other}" lang="{other}">{texts["other"]}</a></div></header>\n'
        f"<main>{_figures(fleet, texts)}{_table(fleet, now, language)}</main>\n"
        f"<footer>{texts['as-of']} <bdi>{now.astimezone(MUSCAT):%d/%m/%Y %H:%M:%S}</bdi>. "
        f"{texts['refresh']}</footer>"
    )
    return page(
        language=language,
        title=texts["title"],
        styles=("style.css", "fleet.css"),
        body=body,
        head=f'<meta http-equiv="refresh" content="{_REFRESH_S}">\n',
        cache_control="no-store",
    )


def _figures(fleet: Sequence[TerminalView], texts: dict[str, str]) -> str:
    waiting = sum(view.health.outbox.waiting or 0 for view in fleet if view.health is not None)
    figures = [("terminals", len(fleet))]
    figures += [
        (standing.value, sum(view.standing is standing for view in fleet)) for standing in Standing
    ]
    figures.append(("waiting", waiting))
    items = "".join(
        f'<li class="{name}"><b>{count:,}</b>{texts[name]}</li>' for name, count in figures
    )
    return f'<ul class="figures">{items}</ul>'


def _table(fleet: Sequence[TerminalView], now: datetime, language: str) -> str:
    texts = _TEXTS[language]
    if not fleet:
        return f'<div class="sheet empty">{texts["none"]}</div>'
    columns = ("terminal", "standing", "contact", "queue", "held", "devices")
    head = "".join(f"<th>{texts[name]}</th>" for name in columns)
    rows = "".join(_row(view, now, language) for view in fleet)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="sheet">{table}</div>'


def _row(view: TerminalView, now: datetime, language: str) -> str:
    texts = _TEXTS[language]
    standing = _chip(view.standing.value, texts[f"chip-{view.standing.value}"])
    if view.frozen or view.revoked:
        standing += f"<small>{texts['frozen' if view.frozen else 'revoked']}</small>"
    contact = _ago(now - view.last_contact_at, texts)
    held = (
        f"{view.ack_seq:,}<small>{texts['epoch']} {view.epoch}"
        f" · {view.backed_up_seq:,} {texts['backed']}</small>"
    )
    queue, devices = f"<small>{texts['no-report']}</small>", ""
    if view.health is not None:
        outbox, words = view.health.outbox, _DEVICES[language]
        known = view.standing is not Standing.SILENT and not (view.frozen or view.revoked)
        queue = "–" if outbox.waiting is None else f"{outbox.waiting:,}"
        if outbox.oldest_waiting_s is not None:
            age = _ago(timedelta(seconds=outbox.oldest_waiting_s), texts)
            queue += f"<small>{texts['oldest']} {age}</small>"
        if outbox.attachments_waiting:
            queue += f"<small>{outbox.attachments_waiting:,} {texts['attachments']}</small>"
        if outbox.unavailable is not None:
            queue += f"<br>{_chip('stopped', words.get(outbox.unavailable, outbox.unavailable))}"
        elif outbox.sync in _SYNC_TROUBLE:
            queue += f"<small>{texts[outbox.sync]}</small>"
        contact += f"<small>{texts['release']} <bdi>{escape(view.health.release)}</bdi></small>"
        devices = " ".join(_device(each, language, known=known) for each in view.health.devices)
        if view.health.receipts_left is not None:
            devices += f"<small>{view.health.receipts_left:,} {texts['receipts']}</small>"
    cells = (standing, contact, queue, held, devices)
    return (
        f'<tr><td class="kiosk"><bdi>{escape(view.kiosk)}</bdi></td>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + "</tr>"
    )


def _device(device: DeviceReport, language: str, *, known: bool) -> str:
    """One device; not ``known`` is what was said long ago, and may be otherwise by now."""
    words = _DEVICES[language]
    detail = device.detail
    kind = "well" if is_well(device) else "attention"
    if device.state in ("hardwareError", "fraudAttempt", "noDevice"):
        kind = "stopped"
    if not known:
        kind = "silent"
    text = f"{words.get(device.device, device.device)}: {words.get(device.state, device.state)}"
    return _chip(kind, text if detail is None else f"{text} · {words.get(detail, detail)}")


def _chip(kind: str, text: str) -> str:
    return f'<span class="chip {kind}">{escape(text)}</span>'


def _ago(age: timedelta, texts: dict[str, str]) -> str:
    seconds = int(age.total_seconds())
    if seconds < 1:
        return texts["now"]
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"<bdi>{seconds // size} {texts[unit]}</bdi>"
    return f"<bdi>{seconds} {texts['s']}</bdi>"
