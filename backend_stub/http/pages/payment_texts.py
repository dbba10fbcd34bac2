"""Words of the pages about payment, Arabic and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "created": ("بانتظار دفعك", "Waiting for your payment"),
        "sent": ("نتحقق من الدفع", "Confirming"),
        "awaiting": ("بانتظار دفعك", "Waiting for your payment"),
        "authorised": (
            "وصل الدفع. يتم التجديد تلقائيًا. لا تدفع مرة أخرى.",
            "Your payment has arrived. The permits are renewed by themselves. Do not pay again.",
        ),
        "captured": ("مدفوع", "Paid"),
        "declined": ("رُفض الدفع. لم يُخصم شيء.", "Declined. Nothing was taken."),
        "cancelled": ("أُلغي الدفع. لم يُخصم شيء.", "Cancelled. Nothing was taken."),
        "expired": (
            "انتهت مدة الرمز. لم يُخصم شيء.",
            "The code has expired. Nothing was taken.",
        ),
        "unknown": (
            "لم يتأكد الدفع بعد. لا تدفع مرة أخرى، سنخبرك.",
            "Not confirmed yet. Do not pay again, we will tell you.",
        ),
        "refund-due": ("يُعاد المبلغ إليك", "The money goes back to you"),
        "refunded": ("أُعيد المبلغ إليك", "The money went back to you"),
    }
)
"""What each state of an attempt is called for its payer."""

REFUSALS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "payment-closed": (
            "الدفع متوقف من 11 مساءً إلى 1 صباحًا. لم يُخصم شيء، والطلب محفوظ.",
            "Payment is closed from 11 p.m. to 1 a.m. Nothing was taken, and the order is kept.",
        ),
        "payment-undecided": (
            "محاولة دفع سابقة لم تتأكد بعد. لا تدفع مرة أخرى، سنخبرك.",
            "An earlier payment is not confirmed yet. Do not pay again, we will tell you.",
        ),
        "order-closed": (
            "لم يعد هذا الطلب مفتوحًا للدفع.",
            "This order can no longer be paid.",
        ),
        "not-to-be-had": (
            "تغيّر وضع بعض العمال، ولا يمكن تجديد تراخيصهم. لم يُخصم شيء. اطلب عرض سعر جديدًا.",
            "Some of the workers can no longer be renewed. Nothing was taken. Ask for a new price.",
        ),
        "registry-unreachable": (
            "السجل غير متاح الآن. لم يُخصم شيء. حاول بعد قليل.",
            "The registry cannot be reached now. Nothing was taken. Try again in a while.",
        ),
    }
)
"""Why nothing can be paid now, by problem code."""

ORDER: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("دفع الرسوم", "Paying the fees"),
        "ministry": ("وزارة العمل", "Ministry of Labour"),
        "case": ("رقم الطلب", "Application"),
        "total": ("المبلغ", "Amount"),
        "currency": ("ر.ع.", "OMR"),
        "part": ("الدفعة", "Payment"),
        "of": ("من", "of"),
        "pay": ("ادفع", "Pay"),
        "go": ("إلى صفحة الدفع", "To the payment page"),
        "workers": ("العمال", "Workers"),
        "renewed": ("جُدّد", "Renewed"),
        "refused": ("لم يُجدد، ويعاد مبلغه", "Not renewed; its money goes back"),
        "waiting": ("بانتظار الدفع", "Waits for payment"),
        "reference": ("المرجع", "Reference"),
        "itself": (
            "لا يُخصم شيء تلقائيًا. لا يمكن تغيير المبلغ.",
            "Nothing is charged by itself. The amount cannot be changed.",
        ),
        "until": ("السعر ساري حتى", "The price holds until"),
        "settled": ("اكتمل هذا الطلب.", "This order is complete."),
        "withdrawn": ("سُحب هذا الطلب.", "This order was withdrawn."),
        "lapsed": (
            "انتهت مدة هذا السعر. قدّم الطلب من جديد.",
            "The price is out of date. Please apply again.",
        ),
        "other": ("English", "العربية"),
    }
)

RECONCILIATION: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("مطابقة المدفوعات", "Reconciliation of payments"),
        "none": (
            "الطلبات وكشف البوابة والسجل متطابقة.",
            "Orders, the gateway's statement and the registry agree.",
        ),
        "no-statement": (
            "لا يتوفر كشف البوابة الآن. تُعرض الطلبات والسجل فقط.",
            "The gateway gives no statement now. Only orders and the registry are compared.",
        ),
        "kind": ("الفرق", "Difference"),
        "subject": ("المرجع", "Reference"),
        "amount": ("المبلغ (ر.ع.)", "Amount (OMR)"),
        "owner": ("المسؤول", "Owner"),
        "age": ("منذ", "Age"),
        "days": ("ي", "d"),
        "hours": ("س", "h"),
        "minutes": ("د", "min"),
        "records": ("كل ما سُجّل", "Everything recorded"),
        "tasks": ("مهام", "Tasks"),
        "back": ("رجوع", "Back"),
        "other": ("English", "العربية"),
        "owner-gateway": ("بوابة الدفع", "Gateway"),
        "owner-payments": ("قسم المدفوعات", "Payments desk"),
        "owner-registry": ("السجل", "Registry"),
        "owner-acquirer": ("مصرف التاجر", "Acquirer"),
        "not-here": ("لدى البوابة، غير معروف هنا", "At the gateway, not known here"),
        "not-there": ("مسجّل هنا، ليس في الكشف", "Captured here, not in the statement"),
        "amount-differs": ("المبلغ مختلف", "Amounts differ"),
        "refund-not-here": ("أعادته البوابة ولم نطلبه", "Given back, and was not due"),
        "refund-not-there": ("إعادة ليست في الكشف", "Refund not in the statement"),
        "unknown": ("نتيجة غير معروفة", "Outcome unknown"),
        "effect-waits": ("مدفوع وبانتظار السجل", "Paid, waits for the registry"),
        "refund-waits": ("إعادة لم تكتمل", "Refund not done"),
        "terminal-totals": ("مجاميع جهاز البطاقات", "Totals of a card terminal"),
        "paid-not-renewed": ("مدفوع ولم يُجدد", "Paid, not renewed"),
        "renewed-not-paid": ("جُدد ولم يُدفع", "Renewed, not paid"),
    }
)


def in_language(texts: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """The texts of one language."""
    return {key: pair[0 if language == "ar" else 1] for key, pair in texts.items()}
