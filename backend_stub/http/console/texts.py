"""The words of the console, Arabic and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kiosk.services.texts import Text


def _texts(**pairs: tuple[str, str]) -> dict[str, Text]:
    return {
        name.replace("_", "-"): Text(ar=arabic, en=english)
        for name, (arabic, english) in pairs.items()
    }


TEXTS: Final[Mapping[str, Text]] = MappingProxyType(
    _texts(
        console=("منفذ الموظفين", "Officers' console"),
        ministry=("وزارة العمل", "Ministry of Labour"),
        skip=("إلى المحتوى", "Skip to the content"),
        menu=("أقسام المنفذ", "Parts of the console"),
        # The door.
        sign_in=("تسجيل الدخول", "Sign in"),
        sign_out=("تسجيل الخروج", "Sign out"),
        account=("اسم المستخدم", "Account"),
        password=("كلمة المرور", "Password"),
        code=("رمز التحقق", "Code"),
        code_help=("ستة أرقام من تطبيق الرموز في هاتفك.", "Six digits from the app on your phone."),
        sign_in_refused=(
            "لم يتم الدخول. تحقق من اسم المستخدم وكلمة المرور، وانتظر رمزًا جديدًا، ثم حاول مرة "
            "أخرى. بعد كل محاولة خاطئة تطول مدة الانتظار.",
            "You are not signed in. Check account and password, wait for a new code and try "
            "again. Every wrong try makes the wait longer.",
        ),
        too_many_tries=(
            "محاولات كثيرة من هذا الجهاز. انتظر دقيقة ثم حاول.",
            "Too many tries from this computer. Wait a minute and try again.",
        ),
        foreign_form=(
            "لم يصدر هذا الطلب من صفحة مفتوحة في جلستك. لم يتغير شيء. افتح الصفحة من جديد.",
            "This did not come from a page of your session. Nothing was changed. Open the page "
            "again.",
        ),
        no_such_case=(
            "لا توجد حالة بهذا الرقم لدى مكتبك.",
            "Your office has no case with this number.",
        ),
        paper_absent=(
            "لم تصل هذه الورقة بعد، أو ليست هي التي وقّعها صاحب الطلب.",
            "This paper has not arrived yet, or is not the one that the applicant signed for.",
        ),
        supervisors_only=("هذه الصفحة للمشرفين.", "This page is for supervisors."),
        no_calendar=("ليس لمكتبك مواعيد.", "Your office has no calendar."),
        refused=("تعذّر ذلك", "This is not possible"),
        back=("العودة إلى الحالات", "Back to the cases"),
        # Lists.
        cases=("الحالات", "Cases"),
        calendar=("المواعيد", "Calendar"),
        audit=("سجل الاطلاع", "Audit"),
        search=("بحث", "Search"),
        search_label=("رقم الحالة أو الرقم المدني", "Case number or civil number"),
        office=("المكتب", "Office"),
        every_office=("كل المكاتب", "Every office"),
        where=("الخدمة والمرحلة", "Service and state"),
        every_service=("كل الخدمات", "Every service"),
        every_state=("كل المراحل", "every state"),
        soon=("المستحقة خلال أسبوع", "Due within a week"),
        closed=("المنتهية أيضًا", "Finished ones too"),
        show=("عرض", "Show"),
        none=("لا توجد حالات هنا.", "There are no cases here."),
        number=("الرقم", "Number"),
        service=("الخدمة", "Service"),
        state=("المرحلة", "State"),
        person=("الرقم المدني", "Civil number"),
        appointment=("الموعد", "Appointment"),
        due=("آخر يوم", "Due"),
        more=("التالي", "Next"),
        earlier=("السابق", "Previous"),
        pages=("صفحات القائمة", "Pages of the list"),
        overdue=("انقضى", "overdue"),
        today=("اليوم", "today"),
        tomorrow=("غدًا", "tomorrow"),
        days_two=("بعد يومين", "in 2 days"),
        days_few=("بعد {n} أيام", "in {n} days"),
        days_many=("بعد {n} يومًا", "in {n} days"),
        # A case.
        applicant=("مقدم الطلب", "Applicant"),
        opened=("سُجّلت", "Opened"),
        language=("لغة الرسائل", "Language of messages"),
        speaks_ar=("العربية", "Arabic"),
        speaks_en=("الإنجليزية", "English"),
        proposed=("مقترح", "proposed"),
        confidential=(
            "طلب سري: لا يُكشف عن مقدمه خارج المكتب.",
            "Confidential: nothing of the applicant leaves the office.",
        ),
        not_whole=(
            "بيانات مقدم هذا الطلب سرية ولا تظهر إلا للمكتب المختص.",
            "Who applied is confidential and shown only to the office that has the case.",
        ),
        not_own=(
            "هذه الحالة لدى مكتب آخر: للاطلاع فقط.",
            "Another office has this case: you can only read it.",
        ),
        answers=("ما جاء في الطلب", "The application"),
        personal=("شخصي", "personal"),
        papers=("الأوراق", "Papers"),
        paper=("ورقة", "Paper"),
        paper_waiting=("لم تصل بعد", "not here yet"),
        timeline=("ما جرى", "Timeline"),
        moves=("الإجراءات", "What can be done"),
        no_moves=("لا إجراء متاحًا الآن.", "Nothing can be done now."),
        becomes=("تصبح المرحلة", "It becomes"),
        closes=("بهذا تنتهي الحالة.", "This closes the case."),
        frees=("يُلغى الموعد.", "The appointment is given up."),
        tells=("تُرسل رسالة إلى مقدم الطلب.", "The applicant gets a message."),
        next_free=("أول موعد متاح", "The next that is free"),
        nearest=("الأقرب إلى ما اخترت", "Nearest to your choice"),
        free=("المواعيد المتاحة", "Free times"),
        no_slots=("لا مواعيد متاحة.", "No time is free."),
        why=("ملاحظة للمكتب", "Reason, for the office"),
        optional=("اختياري", "optional"),
        add_note=("إضافة ملاحظة", "Add a note"),
        note=("ملاحظة المكتب", "Note of the office"),
        note_help=("لا يراها مقدم الطلب.", "The applicant does not see it."),
        keep=("حفظ", "Keep"),
        moved=("تم الإجراء. المرحلة الآن:", "Done. The case stands at:"),
        noted=("حُفظت الملاحظة.", "The note is kept."),
        stands=("المرحلة الآن:", "The case stands at:"),
        slot_freed=("أُلغي الموعد", "given up"),
        difference=(
            "تغيّر ما في السجلات عما اعتمد عليه الطلب",
            "The registries say something else than the application relied on",
        ),
        by_citizen=("مقدم الطلب", "Applicant"),
        by_officer=("موظف", "Officer"),
        by_system=("النظام", "System"),
        channel_sms=("رسالة نصية", "Text message"),
        channel_email=("رسالة بالبريد الإلكتروني", "Email"),
        outcome_waiting=("بانتظار الإرسال", "Waiting to be sent"),
        outcome_handed=("سُلّمت للإرسال", "Handed over"),
        outcome_delivered=("وصلت", "Delivered"),
        outcome_failed=("لم تصل", "Not delivered"),
        to=("إلى", "to"),
        # Why a move is not made.
        move_not_open=(
            "لم يعد هذا الإجراء ممكنًا. لم يتغير شيء.",
            "This is not possible any more. Nothing was changed.",
        ),
        move_unknown=("لا يوجد إجراء كهذا.", "There is no such thing to do."),
        move_used_up=(
            "أُجري هذا الإجراء بالعدد المسموح به.",
            "This was done as often as it may be.",
        ),
        move_too_late=("فات أوان هذا الإجراء.", "It is too late for this."),
        move_answers=("صحّح الإجابات المشار إليها.", "Correct the answers that are marked."),
        slot_gone=(
            "حُجز هذا الموعد قبل لحظات. اختر موعدًا آخر.",
            "This time was taken a moment ago. Choose another one.",
        ),
        slot_needed=("اختر موعدًا.", "Choose a time."),
        client_id_taken=(
            "أُرسلت هذه الصفحة من قبل. افتح الحالة من جديد.",
            "This page was sent before. Open the case again.",
        ),
        # The calendar.
        week_before=("الأسبوع السابق", "The week before"),
        week_after=("الأسبوع التالي", "The week after"),
        from_day=("من يوم", "From"),
        of=("من", "of"),
        no_times=("لا مواعيد في هذا اليوم", "No times on this day"),
        taken=("محجوز", "taken"),
        # The audit.
        when=("متى", "When"),
        who=("من", "Who"),
        act=("ماذا", "What"),
        act_sign_in=("دخل", "Signed in"),
        act_case=("فتح الحالة", "Opened the case"),
        act_paper=("فتح ورقة", "Opened a paper"),
        act_move=("أجرى", "Moved it"),
        act_note=("كتب ملاحظة", "Wrote a note"),
        act_search=("بحث برقم مدني", "Searched by a civil number"),
        act_refused=("رُفض طلبه", "Was refused"),
        no_entries=("لا شيء هنا.", "There is nothing here."),
    )
)
"""By name; hyphens, as templates and problem codes write them."""
