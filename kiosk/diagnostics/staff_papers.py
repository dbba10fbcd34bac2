"""Papers that the terminal prints for its staff: test page, readiness report, the day's totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kiosk import __version__
from kiosk.devices import DEVICES, Remedy
from kiosk.diagnostics import Finding
from kiosk.services import formats
from kiosk.services.oman_time import MUSCAT
from printer.journal import PrintTotals
from printer.receipt import Badge, BadgeKind, Bilingual, Emphasis, Receipt, Row

_TERMINAL_NAME = Bilingual("منفذ", "Manfadh")
_TERMINAL = Bilingual("رقم الجهاز", "Terminal")
_TIME = Bilingual("التاريخ والوقت", "Date and time")
_VERSION = Bilingual("الإصدار", "Version")
_TO_DO = Bilingual("ما يجب فعله", "What to do")
_READY = Bilingual("جاهز", "Ready")
_NOT_READY = Bilingual("يحتاج إلى عناية", "Needs attention")

_NAMES = {
    **{device.name: Bilingual(device.ar, device.en) for device in DEVICES},
    "catalogue": Bilingual("الخدمات", "Services"),
    "identity": Bilingual("هوية الجهاز", "Identity"),
    "trust": Bilingual("شهادات الثقة", "Trust anchors"),
    "revocation": Bilingual("قائمة الإلغاء", "Revocation list"),
    "journal": Bilingual("السجل", "Journal"),
    "disk": Bilingual("القرص", "Disk"),
    "clock": Bilingual("الساعة", "Clock"),
}
_REMEDIES = {
    Remedy.NONE: "لا يلزم إجراء.",
    Remedy.RESET: "أعد تشغيل الجهاز الملحق وتحقق من الكابل.",
    Remedy.CONFIGURATION: "راجع الإعدادات.",
    Remedy.CLEAR: "تحقق من الورق والغطاء والقاطع.",
    Remedy.MAINTENANCE: "اتصل بالصيانة.",
    Remedy.SUSPEND: "يعود تلقائيًا عند عودة الشبكة.",
}


def printer_test_page(kiosk: str, now: datetime, connection: str, width: int) -> Receipt:
    """What shows whether the printer is well: both scripts, every dot of its head, a code."""
    rows = (
        Row(_TERMINAL, kiosk, emphasis=Emphasis.HERO),
        Row(_TIME, *_moment(now)),
        Row(_VERSION, __version__),
        Row(Bilingual("التوصيل", "Connection"), connection),
        Row(Bilingual("عرض الطباعة", "Print width"), f"{width // 8} mm · {width}"),
    )
    steps = (
        Bilingual(
            "يجب أن تكون كل درجات السلّم كاملة: درجة ناقصة تعني عنصرًا تالفًا في رأس الطباعة.",
            "Every step of the staircase must be there: a missing one is a dead element.",
        ),
        Bilingual(
            "يجب أن يكون الشريط أسود دون خطوط بيضاء.", "The bar must be black without white lines."
        ),
        Bilingual("يجب أن يُقرأ الرمز بالهاتف.", "A telephone must read the code."),
    )
    stamp = now.astimezone(MUSCAT).strftime("%Y-%m-%d %H:%M")
    return Receipt(
        title=Bilingual("صفحة اختبار", "Test page"),
        authority=_TERMINAL_NAME,
        badge=None,
        rows=rows,
        next_steps=steps,
        next_steps_title=Bilingual("ما يجب أن تراه", "What you must see"),
        qr_text=f"MANFADH TEST PAGE {kiosk} {stamp}",
        qr_caption=Bilingual("رمز اختبار", "Test code"),
        head_pattern=True,
    )


def readiness_report(findings: Sequence[Finding], kiosk: str, now: datetime) -> Receipt:
    """Every self test with its outcome, and what heals what failed."""
    fit = all(finding.ok for finding in findings if finding.blocking)
    rows = [Row(_TERMINAL, kiosk, emphasis=Emphasis.HERO), Row(_TIME, *_moment(now))]
    rows += [
        Row(
            _device(finding),
            _READY.ar if finding.ok else _NOT_READY.ar,
            finding.state or (_READY.en if finding.ok else _NOT_READY.en),
        )
        for finding in findings
    ]
    steps = tuple(
        Bilingual(
            f"{_device(finding).ar}: {_REMEDIES[finding.remedy]}",
            f"{_device(finding).en}: {finding.advice}",
        )
        for finding in findings
        if not finding.ok
    )
    badge = (
        Badge(Bilingual("صالح للخدمة", "Fit for service"), BadgeKind.DONE)
        if fit
        else Badge(Bilingual("غير صالح للخدمة", "Not fit for service"), BadgeKind.WARNING)
    )
    return Receipt(
        title=Bilingual("تقرير الجاهزية", "Readiness report"),
        authority=_TERMINAL_NAME,
        badge=badge,
        rows=tuple(rows),
        next_steps=steps,
        next_steps_title=_TO_DO,
        qr_text="",
    )


def day_totals(
    day: date, prints: PrintTotals, waiting: int, acknowledged: int, kiosk: str, now: datetime
) -> Receipt:
    """What the terminal printed on one day, and where its outbox stands, in transactions."""
    rows = (
        Row(_TERMINAL, kiosk),
        Row(
            Bilingual("اليوم", "Day"),
            formats.weekday_and_day(day, "ar"),
            formats.weekday_and_day(day, "en"),
            emphasis=Emphasis.STRONG,
        ),
        Row(Bilingual("إيصالات مطبوعة", "Receipts printed"), str(prints.originals)),
        Row(Bilingual("نسخ مطبوعة", "Copies printed"), str(prints.copies)),
        Row(Bilingual("غير مؤكدة", "Not confirmed"), str(prints.unknown)),
        Row(Bilingual("لم تُطبع", "Not printed"), str(prints.refused)),
        Row(Bilingual("الورق المستخدم", "Paper used"), f"{prints.millimetres / 1000:.1f} m"),
        Row(Bilingual("معاملات في الانتظار", "Waiting to be sent"), str(waiting)),
        Row(Bilingual("معاملات مستلمة", "Taken by the centre"), str(acknowledged)),
        Row(Bilingual("طُبع في", "Printed at"), *_moment(now)),
    )
    return Receipt(
        title=Bilingual("حصيلة اليوم", "Totals of the day"),
        authority=_TERMINAL_NAME,
        badge=None,
        rows=rows,
        next_steps=(),
        qr_text="",
    )


def _device(finding: Finding) -> Bilingual:
    return _NAMES.get(finding.device, Bilingual(finding.device, finding.device))


def _moment(now: datetime) -> tuple[str, str]:
    return formats.day_and_time(now, "ar"), formats.day_and_time(now, "en")
