"""Receipts as the terminal composes them, with invented contents."""

from __future__ import annotations

from printer.receipt import Badge, BadgeKind, Bilingual, Emphasis, Receipt, ReceiptState, Row

QR_TEXT = "HTTPS://VERIFY.EXAMPLE.OM/R#" + "2KCEJIQBEARMHKF6" * 17
"""As long as the code of a real complaint."""


def complaint(
    languages="both",
    *,
    large=False,
    copy=0,
    state=ReceiptState.CONFIRMED,
    qr_text=QR_TEXT,
) -> Receipt:
    confirmed = state is ReceiptState.CONFIRMED
    return Receipt(
        title=Bilingual("إيصال شكوى عمالية", "Labour complaint receipt"),
        authority=Bilingual(
            "سلطنة عُمان\u2028وزارة العمل", "Sultanate of Oman\u2028Ministry of Labour"
        ),
        badge=Badge(
            Bilingual("تم تسجيل الشكوى", "Complaint registered")
            if confirmed
            else Bilingual(
                "محفوظة، وستُرسل عند عودة الاتصال", "Saved, will be sent when back online"
            ),
            BadgeKind.DONE if confirmed else BadgeKind.WAITING,
        ),
        rows=(
            Row(
                Bilingual("رقم المعاملة", "Transaction number"),
                "MNF-7K2P-4QXD",
                emphasis=Emphasis.HERO,
            ),
            Row(Bilingual("الخدمة", "Service"), "تقديم شكوى عمالية", "File a labour complaint"),
            Row(Bilingual("التاريخ", "Date"), "21/11/2026 22:17"),
            Row(Bilingual("الموافق", "Hijri"), "11 جمادى الآخرة 1448 هـ", "11 Jumada II 1448 AH"),
            Row(Bilingual("الرقم المدني", "Civil number"), "•••• 4821"),
            Row(
                Bilingual("المكتب المختص", "Office"),
                "دائرة الرعاية العمالية، بوشر",
                "Labour Welfare Department, Bawshar",
            ),
            Row(Bilingual("هاتف المكتب", "Office phone"), "+968 8007 7000"),
            Row(Bilingual("مهلة التسوية", "Settlement"), "٣٠ يوم عمل", "30 working days"),
            Row(
                Bilingual("الرسوم", "Fee"),
                "بدون رسوم",
                "Free of charge",
                emphasis=Emphasis.STRONG,
            ),
        ),
        next_steps=(
            Bilingual(
                "تصلك رسالة نصية بموعد الجلسة ومكانها خلال 3 أيام عمل.",
                "You get an SMS with the date and place of the hearing within 3 working days.",
            ),
            Bilingual(
                "تُحاول الوزارة التسوية الودية حتى 21/12/2026، ثم تُحال الشكوى إلى المحكمة المختصة.",
                "The ministry seeks a settlement until 21/12/2026, then refers it to the court.",
            ),
            Bilingual(
                "لا يحق لصاحب العمل معاقبتك بسبب هذه الشكوى.",
                "Your employer may not punish you for this complaint.",
            ),
        ),
        qr_text=qr_text,
        copy=copy,
        languages=languages,
        large=large,
    )


TEMPLATES = {
    f"{languages}{name}": complaint(languages, **options)
    for languages in ("ar", "en", "both")
    for name, options in {
        "": {},
        "-large": {"large": True},
        "-queued-copy": {"state": ReceiptState.QUEUED, "copy": 2},
    }.items()
}
"""Every paper that a terminal prints, by name."""
