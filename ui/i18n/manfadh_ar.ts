<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>ActivationPage</name>
    <message>
        <source>Activate your card</source>
        <translation>فعّل بطاقتك</translation>
    </message>
    <message>
        <source>Your card still has the PIN of the letter that came with it. It takes about a minute.</source>
        <translation>ما زال رقم بطاقتك السري هو الرقم الذي جاء في الرسالة المرفقة بها. يستغرق الأمر نحو دقيقة.</translation>
    </message>
    <message>
        <source>Your card is new and has no PIN yet. It takes about two minutes.</source>
        <translation>بطاقتك جديدة وليس لها رقم سري بعد. يستغرق التفعيل نحو دقيقتين.</translation>
    </message>
    <message>
        <source>Activate</source>
        <translation>تفعيل</translation>
    </message>
    <message>
        <source>A network is needed</source>
        <translation>التفعيل يحتاج إلى الشبكة</translation>
    </message>
    <message>
        <source>Activation works only with a network. What was done is kept: try again in a while, here or elsewhere.</source>
        <translation>لا يتم التفعيل إلا مع وجود الشبكة. ما أُنجز محفوظ: حاول بعد قليل هنا أو في جهاز آخر.</translation>
    </message>
    <message>
        <source>You get a code by text message on the phone number registered for you.</source>
        <translation>يصلك رمز في رسالة نصية على رقم هاتفك المسجل.</translation>
    </message>
    <message>
        <source>You choose a PIN of six digits, twice.</source>
        <translation>تختار رقمًا سريًا من ستة أرقام، وتدخله مرتين.</translation>
    </message>
    <message>
        <source>You enter the PIN of the letter, once.</source>
        <translation>تُدخل الرقم السري الوارد في الرسالة، مرة واحدة.</translation>
    </message>
    <message>
        <source>Only your own PIN is good from then on, and you get a receipt.</source>
        <translation>بعدها لا يصلح إلا رقمك أنت، وتحصل على إيصال.</translation>
    </message>
    <message>
        <source>Your card makes its keys, and you get a receipt.</source>
        <translation>تُنشئ بطاقتك مفاتيحها، ويُطبع لك إيصال.</translation>
    </message>
</context>
<context>
    <name>ActivationStoppedPage</name>
    <message>
        <source>A network is needed</source>
        <translation>التفعيل يحتاج إلى الشبكة</translation>
    </message>
    <message>
        <source>No phone number is registered for you</source>
        <translation>لا يوجد رقم هاتف مسجل باسمك</translation>
    </message>
    <message>
        <source>The code was wrong too often</source>
        <translation>أُدخل رمز غير صحيح مرات عديدة</translation>
    </message>
    <message>
        <source>Too many codes were sent</source>
        <translation>أُرسلت رموز كثيرة</translation>
    </message>
    <message>
        <source>The time for the code has run out</source>
        <translation>انتهت مدة صلاحية الرمز</translation>
    </message>
    <message>
        <source>This terminal cannot finish it now</source>
        <translation>لا يستطيع هذا الجهاز إتمام التفعيل الآن</translation>
    </message>
    <message>
        <source>The card and its certificate do not fit</source>
        <translation>البطاقة وشهادتها غير متوافقتين</translation>
    </message>
    <message>
        <source>This card cannot be activated here</source>
        <translation>لا يمكن تفعيل هذه البطاقة هنا</translation>
    </message>
    <message>
        <source>Activation works only with a network. What was done is kept: try again in a while, here or elsewhere.</source>
        <translation>لا يتم التفعيل إلا مع وجود الشبكة. ما أُنجز محفوظ: حاول بعد قليل هنا أو في جهاز آخر.</translation>
    </message>
    <message>
        <source>Register your number at a Civil Status office, then come back.</source>
        <translation>سجّل رقمك لدى أحد مكاتب الأحوال المدنية ثم عد إلينا.</translation>
    </message>
    <message>
        <source>Press Try again: you get a new code.</source>
        <translation>اضغط «حاول مرة أخرى» فيصلك رمز جديد.</translation>
    </message>
    <message>
        <source>Please wait an hour, then try again.</source>
        <translation>انتظر ساعة ثم حاول مرة أخرى.</translation>
    </message>
    <message>
        <source>What was done is kept: try again in a while, here or elsewhere.</source>
        <translation>ما أُنجز محفوظ: حاول بعد قليل هنا أو في جهاز آخر.</translation>
    </message>
    <message>
        <source>The office has to renew its certificates first. Please visit a Civil Status office with the card.</source>
        <translation>يجب أن يجدد المكتب شهادتيها أولًا. راجع أحد مكاتب الأحوال المدنية ومعك البطاقة.</translation>
    </message>
    <message>
        <source>Please visit a Civil Status office with the card.</source>
        <translation>راجع أحد مكاتب الأحوال المدنية ومعك البطاقة.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>حاول مرة أخرى</translation>
    </message>
    <message>
        <source>Your card is not active yet</source>
        <translation>بطاقتك غير مفعّلة بعد</translation>
    </message>
    <message>
        <source>Nothing was lost. You may take the card and come back at any time.</source>
        <translation>لم يضِع شيء. يمكنك أخذ البطاقة والعودة في أي وقت.</translation>
    </message>
    <message>
        <source>Please take your card.</source>
        <translation>يُرجى أخذ بطاقتك.</translation>
    </message>
</context>
<context>
    <name>AttractPage</name>
    <message>
        <source>Touch the screen to start</source>
        <translation>المس الشاشة للبدء</translation>
    </message>
    <message>
        <source>Works offline</source>
        <translation>يعمل دون شبكة</translation>
    </message>
    <message>
        <source>Government services, with your ID card</source>
        <translation>خدماتك الحكومية ببطاقتك</translation>
    </message>
    <message>
        <source>In a few minutes, without a queue, with a receipt you can verify.</source>
        <translation>في دقائق، دون انتظار، وبإيصال يمكنك التحقق منه.</translation>
    </message>
    <message>
        <source>Works without network: your request is saved here and sent for you.</source>
        <translation>يعمل دون شبكة: يُحفظ طلبك هنا ويُرسل نيابةً عنك.</translation>
    </message>
</context>
<context>
    <name>CardDonePage</name>
    <message>
        <source>Your PIN is changed</source>
        <translation>تم تغيير رقمك السري</translation>
    </message>
    <message>
        <source>Your PIN is unblocked</source>
        <translation>تم فك حجب رقمك السري</translation>
    </message>
    <message>
        <source>Your card is active</source>
        <translation>بطاقتك مفعّلة</translation>
    </message>
    <message>
        <source>Transaction number: %1</source>
        <translation>رقم المعاملة: %1</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>إنهاء</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>تم</translation>
    </message>
</context>
<context>
    <name>CardProblemPage</name>
    <message>
        <source>Turn the card over</source>
        <translation>اقلب البطاقة</translation>
    </message>
    <message>
        <source>This card could not be verified</source>
        <translation>تعذّر التحقق من هذه البطاقة</translation>
    </message>
    <message>
        <source>This card cannot be used here</source>
        <translation>لا يمكن استخدام هذه البطاقة هنا</translation>
    </message>
    <message>
        <source>Your card is not activated yet</source>
        <translation>بطاقتك غير مفعّلة بعد</translation>
    </message>
    <message>
        <source>Your card has expired</source>
        <translation>انتهت صلاحية بطاقتك</translation>
    </message>
    <message>
        <source>Your PIN is blocked</source>
        <translation>رقمك السري محجوب</translation>
    </message>
    <message>
        <source>The unblocking code is blocked</source>
        <translation>رمز فك الحجب محجوب</translation>
    </message>
    <message>
        <source>Your fingerprint does not unblock this card</source>
        <translation>لا يمكن فك حجب هذه البطاقة ببصمتك</translation>
    </message>
    <message>
        <source>This card was cancelled</source>
        <translation>هذه البطاقة ملغاة</translation>
    </message>
    <message>
        <source>The card&apos;s data do not belong together</source>
        <translation>بيانات البطاقة غير متطابقة</translation>
    </message>
    <message>
        <source>The card could not be read</source>
        <translation>تعذّرت قراءة البطاقة</translation>
    </message>
    <message>
        <source>The chip does not answer. Insert the card chip first, with the chip facing up.</source>
        <translation>الشريحة لا تستجيب. أدخل البطاقة من جهة الشريحة على أن تكون الشريحة إلى الأعلى.</translation>
    </message>
    <message>
        <source>For your safety no service is offered with it. Please visit a Civil Status office.</source>
        <translation>حفاظًا على سلامتك لا تُقدَّم بها أي خدمة. يُرجى مراجعة مكتب الأحوال المدنية.</translation>
    </message>
    <message>
        <source>Use your Omani ID card or your resident card.</source>
        <translation>استخدم البطاقة الشخصية العمانية أو بطاقة مقيم.</translation>
    </message>
    <message>
        <source>It has no PIN so far. Civil Status offices and Sanad centres activate it.</source>
        <translation>لم يُحدَّد لها رقم سري بعد. يمكن تفعيلها في مكاتب الأحوال المدنية ومراكز سند.</translation>
    </message>
    <message>
        <source>Renew it at a Civil Status office, then come back.</source>
        <translation>جدّدها في مكتب الأحوال المدنية ثم عُد إلينا.</translation>
    </message>
    <message>
        <source>With the PUK from the letter that came with the card you can choose a new PIN.</source>
        <translation>يمكنك اختيار رقم سري جديد برمز فك الحجب (PUK) الوارد في الرسالة المرفقة بالبطاقة.</translation>
    </message>
    <message>
        <source>It was entered wrongly too often. With the PUK from the letter that came with the card you can choose a new one.</source>
        <translation>أُدخل خطأً مرات عديدة. يمكنك اختيار رقم جديد برمز فك الحجب (PUK) الوارد في الرسالة المرفقة بالبطاقة.</translation>
    </message>
    <message>
        <source>It was entered wrongly too often. With your fingerprint, or with the PUK from the letter that came with the card, you can choose a new one.</source>
        <translation>أُدخل خطأً مرات عديدة. يمكنك اختيار رقم جديد ببصمة إصبعك، أو برمز فك الحجب (PUK) الوارد في الرسالة المرفقة بالبطاقة.</translation>
    </message>
    <message>
        <source>It was entered wrongly too often. Please visit a Civil Status office with the card.</source>
        <translation>أُدخل خطأً مرات عديدة. راجع أحد مكاتب الأحوال المدنية ومعك البطاقة.</translation>
    </message>
    <message>
        <source>It was reported lost or replaced by a new one. If that is a mistake, please visit a Civil Status office.</source>
        <translation>أُبلغ عن فقدانها أو استُبدلت ببطاقة جديدة. إن كان ذلك خطأً فراجع أحد مكاتب الأحوال المدنية.</translation>
    </message>
    <message>
        <source>Take it out, wipe the chip with a dry cloth and insert it again.</source>
        <translation>أخرج البطاقة وامسح الشريحة بقطعة قماش جافة ثم أدخلها مرة أخرى.</translation>
    </message>
    <message>
        <source>I have the PUK</source>
        <translation>لدي رمز فك الحجب</translation>
    </message>
    <message>
        <source>Unblock with your fingerprint</source>
        <translation>فك الحجب ببصمة الإصبع</translation>
    </message>
    <message>
        <source>Please take the card out and insert it again.</source>
        <translation>يُرجى إخراج البطاقة وإدخالها مرة أخرى.</translation>
    </message>
    <message>
        <source>No PUK? Take your card and visit a Civil Status office.</source>
        <translation>ليس لديك الرمز؟ خذ بطاقتك وراجع أحد مكاتب الأحوال المدنية.</translation>
    </message>
    <message>
        <source>Please take your card.</source>
        <translation>يُرجى أخذ بطاقتك.</translation>
    </message>
</context>
<context>
    <name>CardStatePage</name>
    <message>
        <source>Your card is already active</source>
        <translation>بطاقتك مفعّلة من قبل</translation>
    </message>
    <message>
        <source>There is nothing more to do. You can use it for every service here.</source>
        <translation>لا حاجة إلى أي إجراء آخر. يمكنك استخدامها في كل الخدمات هنا.</translation>
    </message>
    <message>
        <source>Change your PIN</source>
        <translation>غيّر رقمك السري</translation>
    </message>
    <message>
        <source>Valid until %1</source>
        <translation>سارية حتى %1</translation>
    </message>
    <message numerus="yes">
        <source>You have chosen a PIN; %n tries are left.</source>
        <translation>
            <numerusform>اخترت رقمك السري؛ لم تبق أي محاولة.</numerusform>
            <numerusform>اخترت رقمك السري؛ بقيت محاولة واحدة.</numerusform>
            <numerusform>اخترت رقمك السري؛ بقيت محاولتان.</numerusform>
            <numerusform>اخترت رقمك السري؛ بقيت %n محاولات.</numerusform>
            <numerusform>اخترت رقمك السري؛ بقيت %n محاولة.</numerusform>
            <numerusform>اخترت رقمك السري؛ بقيت %n محاولة.</numerusform>
        </translation>
    </message>
    <message>
        <source>You have chosen a PIN.</source>
        <translation>اخترت رقمك السري.</translation>
    </message>
    <message>
        <source>Both of its certificates are valid: to sign in and to sign.</source>
        <translation>شهادتاها صالحتان: شهادة الدخول وشهادة التوقيع.</translation>
    </message>
</context>
<context>
    <name>CardTaskNotice</name>
    <message>
        <source>Too easy: the same digits again and again</source>
        <translation>سهل التخمين: أرقام مكررة</translation>
    </message>
    <message>
        <source>Too easy: a sequence</source>
        <translation>سهل التخمين: أرقام متسلسلة</translation>
    </message>
    <message>
        <source>Too easy: your birth date</source>
        <translation>سهل التخمين: تاريخ ميلادك</translation>
    </message>
    <message>
        <source>Too easy: part of your civil number</source>
        <translation>سهل التخمين: جزء من رقمك المدني</translation>
    </message>
    <message>
        <source>The two PINs were different</source>
        <translation>الرقمان السريان مختلفان</translation>
    </message>
    <message>
        <source>Enter all eight digits</source>
        <translation>أدخل الأرقام الثمانية كلها</translation>
    </message>
    <message>
        <source>Enter all six digits</source>
        <translation>أدخل الأرقام الستة كاملة</translation>
    </message>
    <message>
        <source>This is not the code</source>
        <translation>الرمز غير صحيح</translation>
    </message>
    <message>
        <source>Wrong PUK</source>
        <translation>رمز فك الحجب غير صحيح</translation>
    </message>
    <message>
        <source>Wrong PIN</source>
        <translation>الرقم السري غير صحيح</translation>
    </message>
    <message>
        <source>Choose it again.</source>
        <translation>اختره من جديد.</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>اختر رقمًا آخر.</translation>
    </message>
    <message>
        <source>One try left. If it is wrong, the unblocking code is blocked.</source>
        <translation>بقيت محاولة واحدة. إن أخطأت يُحجب رمز فك الحجب.</translation>
    </message>
    <message>
        <source>One try left. If it is wrong, your PIN is blocked.</source>
        <translation>بقيت محاولة واحدة. إن أخطأت يُحجب رقمك السري.</translation>
    </message>
    <message numerus="yes">
        <source>%n tries left</source>
        <translation>
            <numerusform>لم تبق أي محاولة</numerusform>
            <numerusform>بقيت محاولة واحدة</numerusform>
            <numerusform>بقيت محاولتان</numerusform>
            <numerusform>بقيت %n محاولات</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CardWorkingPage</name>
    <message>
        <source>Your card is being activated</source>
        <translation>يجري تفعيل بطاقتك</translation>
    </message>
    <message>
        <source>Your new PIN is being set</source>
        <translation>يجري تعيين رقمك السري الجديد</translation>
    </message>
    <message>
        <source>Leave your card in the slot.</source>
        <translation>اترك بطاقتك في مكانها.</translation>
    </message>
    <message>
        <source>One moment</source>
        <translation>لحظة من فضلك</translation>
    </message>
    <message>
        <source>Setting your PIN</source>
        <translation>تعيين رقمك السري</translation>
    </message>
    <message>
        <source>Making the key for signing in</source>
        <translation>إنشاء مفتاح الدخول</translation>
    </message>
    <message>
        <source>Making the key for signing</source>
        <translation>إنشاء مفتاح التوقيع</translation>
    </message>
    <message>
        <source>Checking everything</source>
        <translation>التحقق من كل شيء</translation>
    </message>
    <message>
        <source>Asking the central office</source>
        <translation>الاتصال بالجهة المختصة</translation>
    </message>
    <message>
        <source>Step %1 of %2</source>
        <extracomment>progress of the activation</extracomment>
        <translation>الخطوة %1 من %2</translation>
    </message>
</context>
<context>
    <name>CheckPage</name>
    <message>
        <source>Check your answers</source>
        <translation>راجع إجاباتك</translation>
    </message>
    <message>
        <source>This is what you sign. Change anything that is not right.</source>
        <translation>هذا ما ستوقّع عليه. عدّل ما ليس صحيحًا.</translation>
    </message>
    <message>
        <source>Sign and submit</source>
        <translation>التوقيع والتقديم</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>تعديل</translation>
    </message>
    <message>
        <source>Scanned papers</source>
        <translation>الأوراق المصوّرة</translation>
    </message>
    <message numerus="yes">
        <source>%n papers</source>
        <translation>
            <numerusform>بلا أوراق</numerusform>
            <numerusform>ورقة واحدة</numerusform>
            <numerusform>ورقتان</numerusform>
            <numerusform>%n أوراق</numerusform>
            <numerusform>%n ورقة</numerusform>
            <numerusform>%n ورقة</numerusform>
        </translation>
    </message>
    <message>
        <source>Fee</source>
        <translation>الرسوم</translation>
    </message>
    <message>
        <source>Free of charge</source>
        <translation>بدون رسوم</translation>
    </message>
</context>
<context>
    <name>ConfirmationPage</name>
    <message>
        <source>The office could not take your request</source>
        <translation>تعذّر على الجهة قبول طلبك</translation>
    </message>
    <message>
        <source>Your request is saved</source>
        <translation>تم حفظ طلبك</translation>
    </message>
    <message>
        <source>You get a text message about every step.</source>
        <translation>تصلك رسالة نصية بكل مستجد.</translation>
    </message>
    <message>
        <source>It is being sent to the office now.</source>
        <translation>يجري إرساله إلى الجهة المختصة الآن.</translation>
    </message>
    <message>
        <source>Please call the office and quote the number below.</source>
        <translation>يُرجى الاتصال بالجهة المختصة وذكر الرقم أدناه.</translation>
    </message>
    <message>
        <source>It is sent by itself as soon as the network returns. You need do nothing; you get a text message.</source>
        <translation>يُرسل تلقائيًا فور عودة الشبكة. لا يلزمك فعل شيء، وستصلك رسالة نصية.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>إنهاء</translation>
    </message>
    <message>
        <source>Transaction number</source>
        <translation>رقم المعاملة</translation>
    </message>
    <message>
        <source>Transaction number: %1</source>
        <translation>رقم المعاملة: %1</translation>
    </message>
    <message>
        <source>Sending to the office…</source>
        <translation>جارٍ الإرسال إلى الجهة المختصة…</translation>
    </message>
    <message>
        <source>Proposed hearing</source>
        <translation>موعد الجلسة المقترح</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <extracomment>%1 is a date, %2 a time</extracomment>
        <translation>%1 الساعة %2</translation>
    </message>
    <message>
        <source>What happens next</source>
        <translation>الخطوات التالية</translation>
    </message>
    <message>
        <source>Another service</source>
        <translation>خدمة أخرى</translation>
    </message>
</context>
<context>
    <name>CountdownDialog</name>
    <message>
        <source>Are you still there?</source>
        <translation>هل ما زلت هنا؟</translation>
    </message>
    <message numerus="yes">
        <source>Your visit ends in %n second(s). What you entered is then deleted.</source>
        <translation>
            <numerusform>تنتهي زيارتك الآن ويُحذف ما أدخلته.</numerusform>
            <numerusform>تنتهي زيارتك خلال ثانية واحدة ويُحذف ما أدخلته.</numerusform>
            <numerusform>تنتهي زيارتك خلال ثانيتين ويُحذف ما أدخلته.</numerusform>
            <numerusform>تنتهي زيارتك خلال %n ثوانٍ ويُحذف ما أدخلته.</numerusform>
            <numerusform>تنتهي زيارتك خلال %n ثانية ويُحذف ما أدخلته.</numerusform>
            <numerusform>تنتهي زيارتك خلال %n ثانية ويُحذف ما أدخلته.</numerusform>
        </translation>
    </message>
    <message>
        <source>I am still here</source>
        <translation>نعم، ما زلت هنا</translation>
    </message>
    <message>
        <source>End the visit</source>
        <translation>إنهاء الزيارة</translation>
    </message>
</context>
<context>
    <name>DateEntry</name>
    <message>
        <source>Day</source>
        <translation>اليوم</translation>
    </message>
    <message>
        <source>Month</source>
        <translation>الشهر</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>السنة</translation>
    </message>
</context>
<context>
    <name>Dock</name>
    <message>
        <source>Text size</source>
        <translation>حجم النص</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>التباين</translation>
    </message>
</context>
<context>
    <name>EmployerCard</name>
    <message>
        <source>CR %1</source>
        <translation>سجل تجاري %1</translation>
    </message>
    <message>
        <source>CR %1 · %2</source>
        <extracomment>%1 is the commercial registration number, %2 the wilayat</extracomment>
        <translation>سجل تجاري %1 · %2</translation>
    </message>
</context>
<context>
    <name>DocumentEditor</name>
    <message>
        <source>Papers cannot be scanned here now.</source>
        <translation>لا يمكن مسح الأوراق هنا الآن.</translation>
    </message>
    <message>
        <source>This service needs a paper. Please use another terminal or a Sanad centre.</source>
        <translation>تحتاج هذه الخدمة إلى ورقة. استخدم جهازًا آخر أو مركز سند.</translation>
    </message>
</context>
<context>
    <name>EstablishmentEditor</name>
    <message>
        <source>Your employer according to the labour registry</source>
        <translation>صاحب عملك بحسب سجل وزارة العمل</translation>
    </message>
    <message>
        <source>Name of the establishment</source>
        <translation>اسم المنشأة</translation>
    </message>
    <message>
        <source>Another employer</source>
        <translation>صاحب عمل آخر</translation>
    </message>
    <message>
        <source>Search in the labour registry</source>
        <translation>البحث في سجل وزارة العمل</translation>
    </message>
    <message>
        <source>Name or commercial registration number</source>
        <translation>الاسم أو رقم السجل التجاري</translation>
    </message>
    <message>
        <source>The registry cannot be reached now. Type the name as you know it; the office completes the rest.</source>
        <translation>لا يمكن الوصول إلى السجل الآن. اكتب الاسم كما تعرفه، وتستكمل الجهة المختصة الباقي.</translation>
    </message>
    <message>
        <source>Searching in the labour registry</source>
        <translation>جارٍ البحث في سجل وزارة العمل</translation>
    </message>
    <message>
        <source>No establishment of this name was found.</source>
        <translation>لم نجد منشأة بهذا الاسم.</translation>
    </message>
    <message>
        <source>Use this name: %1</source>
        <translation>استخدم هذا الاسم: %1</translation>
    </message>
    <message>
        <source>Typed by you</source>
        <translation>كما كتبته</translation>
    </message>
</context>
<context>
    <name>EndingPage</name>
    <message>
        <source>Take your card and your receipt</source>
        <translation>خذ بطاقتك وإيصالك</translation>
    </message>
    <message>
        <source>Take your card</source>
        <translation>خذ بطاقتك</translation>
    </message>
    <message>
        <source>You took your card</source>
        <translation>أخذت بطاقتك</translation>
    </message>
    <message>
        <source>The visit was cancelled</source>
        <translation>أُلغيت الزيارة</translation>
    </message>
    <message>
        <source>The visit ended after a pause</source>
        <translation>انتهت الزيارة لعدم الاستخدام</translation>
    </message>
    <message>
        <source>The terminal had to stop</source>
        <translation>اضطر الجهاز إلى التوقف</translation>
    </message>
    <message>
        <source>Your request could not be saved</source>
        <translation>تعذّر حفظ طلبك</translation>
    </message>
    <message>
        <source>Thank you</source>
        <translation>شكرًا لك</translation>
    </message>
    <message>
        <source>The office did not take your request. Please call it. Everything you entered was deleted here.</source>
        <translation>لم تقبل الجهة المختصة طلبك. يُرجى الاتصال بها. وقد حُذف كل ما أدخلته من هذا الجهاز.</translation>
    </message>
    <message>
        <source>Your card is ready. Everything you entered was deleted here.</source>
        <translation>بطاقتك جاهزة. وقد حُذف كل ما أدخلته من هذا الجهاز.</translation>
    </message>
    <message>
        <source>Your request is saved and takes effect. Everything else was deleted here.</source>
        <translation>طلبك محفوظ ونافذ. وقد حُذف كل ما عداه من هذا الجهاز.</translation>
    </message>
    <message>
        <source>Nothing of the card stays here.</source>
        <translation>لا يبقى شيء من بيانات البطاقة في هذا الجهاز.</translation>
    </message>
    <message>
        <source>Nothing was sent and nothing will happen. Please use another terminal.</source>
        <translation>لم يُرسل شيء ولن يترتب على ذلك أي إجراء. يُرجى استخدام جهاز آخر.</translation>
    </message>
    <message>
        <source>A device failed. Nothing was sent, and everything you entered was deleted. Please use another terminal.</source>
        <translation>حدث عطل في الجهاز. لم يُرسل شيء وحُذف كل ما أدخلته. يُرجى استخدام جهاز آخر.</translation>
    </message>
    <message>
        <source>Nothing was sent, and everything you entered was deleted here.</source>
        <translation>لم يُرسل شيء، وحُذف كل ما أدخلته من هذا الجهاز.</translation>
    </message>
</context>
<context>
    <name>ErrorSummary</name>
    <message>
        <source>Please check your answer</source>
        <translation>يُرجى مراجعة إجابتك</translation>
    </message>
</context>
<context>
    <name>FingerPage</name>
    <message>
        <source>Put your finger on the sensor</source>
        <translation>ضع إصبعك على المستشعر</translation>
    </message>
    <message>
        <source>The finger that was taken when the card was made. Your card compares it itself: it is neither sent anywhere nor stored.</source>
        <translation>الإصبع الذي أُخذت بصمته عند إصدار البطاقة. بطاقتك هي التي تقارن البصمة: لا تُرسل إلى أي جهة ولا تُحفظ.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>حاول مرة أخرى</translation>
    </message>
    <message>
        <source>I have the PUK</source>
        <translation>لدي رمز فك الحجب</translation>
    </message>
    <message>
        <source>The sensor is not working</source>
        <translation>المستشعر لا يعمل</translation>
    </message>
    <message>
        <source>No finger was seen</source>
        <translation>لم يظهر أي إصبع على المستشعر</translation>
    </message>
    <message>
        <source>The fingerprint does not match</source>
        <translation>البصمة غير مطابقة</translation>
    </message>
    <message>
        <source>Use the PUK from the letter that came with the card, or visit a Civil Status office.</source>
        <translation>استخدم رمز فك الحجب (PUK) الوارد في الرسالة المرفقة بالبطاقة، أو راجع مكتب الأحوال المدنية.</translation>
    </message>
    <message>
        <source>Put it flat on the sensor and keep it still. No try is lost.</source>
        <translation>ضعه مستويًا على المستشعر ولا تحركه. لم تُفقد أي محاولة.</translation>
    </message>
    <message numerus="yes">
        <source>%n tries left</source>
        <translation>
            <numerusform>لم تبق أي محاولة</numerusform>
            <numerusform>بقيت محاولة واحدة</numerusform>
            <numerusform>بقيت محاولتان</numerusform>
            <numerusform>بقيت %n محاولات</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
        </translation>
    </message>
    <message>
        <source>Wipe finger and sensor, then try again.</source>
        <translation>امسح إصبعك والمستشعر ثم حاول مرة أخرى.</translation>
    </message>
    <message>
        <source>Waiting for your finger. Leave the card in the slot.</source>
        <translation>في انتظار إصبعك. اترك البطاقة في مكانها.</translation>
    </message>
</context>
<context>
    <name>IdentityCard</name>
    <message>
        <source>Resident card</source>
        <translation>بطاقة مقيم</translation>
    </message>
    <message>
        <source>ID card</source>
        <translation>البطاقة الشخصية</translation>
    </message>
    <message>
        <source>Your photo from the card</source>
        <translation>صورتك من البطاقة</translation>
    </message>
    <message>
        <source>Civil number</source>
        <translation>الرقم المدني</translation>
    </message>
    <message>
        <source>Civil number ending in %1</source>
        <translation>الرقم المدني المنتهي بـ %1</translation>
    </message>
    <message>
        <source>Valid until %1</source>
        <extracomment>%1 is a date</extracomment>
        <translation>سارية حتى %1</translation>
    </message>
</context>
<context>
    <name>IdentityPage</name>
    <message>
        <source>Welcome. Is this you?</source>
        <translation>أهلًا بك. هل هذه بياناتك؟</translation>
    </message>
    <message>
        <source>These details come from your card.</source>
        <translation>هذه البيانات من بطاقتك.</translation>
    </message>
    <message>
        <source>Yes, continue</source>
        <translation>نعم، متابعة</translation>
    </message>
    <message>
        <source>Not me</source>
        <translation>لست أنا</translation>
    </message>
    <message>
        <source>The card is genuine and the PIN is correct.</source>
        <translation>البطاقة أصلية والرقم السري صحيح.</translation>
    </message>
</context>
<context>
    <name>InsertCardPage</name>
    <message>
        <source>Insert your ID card</source>
        <translation>أدخل بطاقتك الشخصية</translation>
    </message>
    <message>
        <source>Chip first, chip facing up. Leave the card in the slot until the end.</source>
        <translation>من جهة الشريحة، والشريحة إلى الأعلى. اترك البطاقة في مكانها حتى النهاية.</translation>
    </message>
    <message>
        <source>Your details come from the card and are used only for your request.</source>
        <translation>تُقرأ بياناتك من البطاقة وتُستخدم لطلبك فقط.</translation>
    </message>
</context>
<context>
    <name>Keyboard</name>
    <message>
        <source>Erase</source>
        <translation>حذف</translation>
    </message>
    <message>
        <source>Clear all</source>
        <translation>مسح الكل</translation>
    </message>
    <message>
        <source>Capital letters</source>
        <translation>أحرف كبيرة</translation>
    </message>
    <message>
        <source>Change the keyboard&apos;s language</source>
        <translation>تغيير لغة لوحة المفاتيح</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>سطر جديد</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>مسافة</translation>
    </message>
    <message>
        <source>Digits and signs</source>
        <translation>أرقام ورموز</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>أحرف</translation>
    </message>
</context>
<context>
    <name>LineEditor</name>
    <message>
        <source>OMR</source>
        <translation>ر.ع.</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>Manfadh, self-service</source>
        <translation>منفذ، جهاز الخدمة الذاتية</translation>
    </message>
</context>
<context>
    <name>OutOfServicePage</name>
    <message>
        <source>This terminal is out of service</source>
        <translation>هذا الجهاز خارج الخدمة</translation>
    </message>
    <message>
        <source>Please use another terminal or a Sanad centre.</source>
        <translation>يُرجى استخدام جهاز آخر أو مراجعة أحد مراكز سند.</translation>
    </message>
    <message>
        <source>For the technician: %1</source>
        <translation>للفني: %1</translation>
    </message>
</context>
<context>
    <name>ListEditor</name>
    <message>
        <source>Asking the registry</source>
        <translation>نسأل السجل</translation>
    </message>
    <message>
        <source>The list cannot be shown now.</source>
        <translation>لا يمكن عرض القائمة الآن.</translation>
    </message>
    <message>
        <source>There is nothing to choose from at present.</source>
        <translation>لا يوجد ما يمكن اختياره حاليًا.</translation>
    </message>
    <message>
        <source>Nothing was found. Try other words.</source>
        <translation>لم نجد شيئًا. جرّب كلمات أخرى.</translation>
    </message>
    <message>
        <source>Name or number</source>
        <translation>الاسم أو الرقم</translation>
    </message>
    <message>
        <source>Search in the list</source>
        <translation>البحث في القائمة</translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation>الصفحة السابقة</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>الصفحة التالية</translation>
    </message>
    <message>
        <source>Page %1 of %2</source>
        <extracomment>which page of the list this is, and how many there are</extracomment>
        <translation>الصفحة %1 من %2</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>لم تختر شيئًا</numerusform>
            <numerusform>اخترت واحدًا</numerusform>
            <numerusform>اخترت اثنين</numerusform>
            <numerusform>اخترت %n</numerusform>
            <numerusform>اخترت %n</numerusform>
            <numerusform>اخترت %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Back</source>
        <translation>رجوع</translation>
    </message>
    <message>
        <source>Manfadh</source>
        <translation>منفذ</translation>
    </message>
    <message>
        <source>Works offline</source>
        <translation>يعمل دون شبكة</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>Question %1 of %2</source>
        <extracomment>progress through the questions of a service</extracomment>
        <translation>السؤال %1 من %2</translation>
    </message>
    <message>
        <source>More</source>
        <translation>المزيد</translation>
    </message>
    <message>
        <source>To the top</source>
        <extracomment>buttons that scroll the page</extracomment>
        <translation>إلى الأعلى</translation>
    </message>
</context>
<context>
    <name>PapersPage</name>
    <message>
        <source>Put your paper on the scanner</source>
        <translation>ضع ورقتك على الماسح الضوئي</translation>
    </message>
    <message>
        <source>Scan one sheet at a time. What you do not scan, you can bring later.</source>
        <translation>امسح ورقة واحدة في كل مرة. وما لم تمسحه يمكنك إحضاره لاحقًا.</translation>
    </message>
    <message>
        <source>Continue without scanning</source>
        <translation>متابعة دون تصوير</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>متابعة</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>إيقاف</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>رجوع</translation>
    </message>
    <message>
        <source>There is no paper in the scanner</source>
        <translation>لا توجد ورقة في الماسح الضوئي</translation>
    </message>
    <message>
        <source>The paper is stuck</source>
        <translation>الورقة عالقة</translation>
    </message>
    <message>
        <source>The lid of the scanner is open</source>
        <translation>غطاء الماسح الضوئي مفتوح</translation>
    </message>
    <message>
        <source>Nothing can be seen on this paper</source>
        <translation>لا يظهر شيء على هذه الورقة</translation>
    </message>
    <message>
        <source>This paper cannot be scanned here</source>
        <translation>لا يمكن تصوير هذه الورقة هنا</translation>
    </message>
    <message>
        <source>The scanner is busy</source>
        <translation>الماسح الضوئي مشغول</translation>
    </message>
    <message>
        <source>The scanner is not working</source>
        <translation>الماسح الضوئي لا يعمل</translation>
    </message>
    <message>
        <source>No more papers can be added</source>
        <translation>لا يمكن إضافة أوراق أخرى</translation>
    </message>
    <message>
        <source>Put it in and scan again.</source>
        <translation>ضعها في الماسح ثم أعد التصوير.</translation>
    </message>
    <message>
        <source>Pull it out gently and scan again, or continue and bring it later.</source>
        <translation>اسحبها برفق وامسحها من جديد، أو تابع وأحضرها لاحقًا.</translation>
    </message>
    <message>
        <source>Close it and scan again.</source>
        <translation>أغلقه ثم أعد التصوير.</translation>
    </message>
    <message>
        <source>Turn it over and scan again.</source>
        <translation>اقلبها ثم أعد التصوير.</translation>
    </message>
    <message>
        <source>Wait a moment and scan again.</source>
        <translation>انتظر لحظة ثم أعد التصوير.</translation>
    </message>
    <message>
        <source>Please bring it to the office.</source>
        <translation>أحضرها إلى الجهة من فضلك.</translation>
    </message>
    <message>
        <source>Continue, and bring your papers later. Your request counts all the same.</source>
        <translation>تابع وأحضر أوراقك لاحقًا. طلبك صحيح كما هو.</translation>
    </message>
    <message>
        <source>Bring the others to the office.</source>
        <translation>أحضر البقية إلى الجهة.</translation>
    </message>
    <message>
        <source>Your paper is being scanned</source>
        <translation>يجري تصوير ورقتك</translation>
    </message>
    <message>
        <source>Scan this paper</source>
        <translation>صوّر هذه الورقة</translation>
    </message>
    <message>
        <source>Scan another paper</source>
        <translation>صوّر ورقة أخرى</translation>
    </message>
    <message>
        <source>Paper %1</source>
        <extracomment>a scanned paper by its number</extracomment>
        <translation>الورقة %1</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <source>This service needs a paper</source>
        <translation>تحتاج هذه الخدمة إلى ورقة</translation>
    </message>
    <message>
        <source>Put it on the scanner and scan it.</source>
        <translation>ضعها في الماسح وامسحها.</translation>
    </message>
</context>
<context>
    <name>PeriodEditor</name>
    <message>
        <source>First day</source>
        <translation>تاريخ البداية</translation>
    </message>
    <message>
        <source>Last day, if it is over</source>
        <translation>تاريخ النهاية إن انتهى الأمر</translation>
    </message>
</context>
<context>
    <name>PinNotice</name>
    <message>
        <source>Wrong PIN</source>
        <translation>الرقم السري غير صحيح</translation>
    </message>
    <message>
        <source>Enter all six digits</source>
        <translation>أدخل الأرقام الستة كاملة</translation>
    </message>
    <message>
        <source>Last try</source>
        <translation>المحاولة الأخيرة</translation>
    </message>
    <message>
        <source>One try left. If it is wrong, your PIN is blocked.</source>
        <translation>بقيت محاولة واحدة. إن أخطأت يُحجب رقمك السري.</translation>
    </message>
    <message numerus="yes">
        <source>%n tries left</source>
        <translation>
            <numerusform>لم تبق أي محاولة</numerusform>
            <numerusform>بقيت محاولة واحدة</numerusform>
            <numerusform>بقيت محاولتان</numerusform>
            <numerusform>بقيت %n محاولات</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
            <numerusform>بقيت %n محاولة</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PinPad</name>
    <message>
        <source>Clear all</source>
        <translation>مسح الكل</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>حذف</translation>
    </message>
</context>
<context>
    <name>PinPage</name>
    <message>
        <source>Enter your PIN to sign</source>
        <translation>أدخل رقمك السري للتوقيع</translation>
    </message>
    <message>
        <source>Enter your card PIN</source>
        <translation>أدخل الرقم السري للبطاقة</translation>
    </message>
    <message>
        <source>With your PIN you sign: %1. It then counts as your signature.</source>
        <translation>بإدخال رقمك السري توقّع على: %1. ويُعدّ ذلك توقيعًا منك.</translation>
    </message>
    <message>
        <source>Six digits. Cover the pad with your hand: the PIN is neither shown nor stored.</source>
        <translation>ستة أرقام. غطِّ اللوحة بيدك: لا يُعرض الرقم السري ولا يُحفظ.</translation>
    </message>
    <message>
        <source>Sign and submit</source>
        <translation>التوقيع والتقديم</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>متابعة</translation>
    </message>
    <message numerus="yes">
        <source>%n digits entered</source>
        <translation>
            <numerusform>لم يُدخل أي رقم</numerusform>
            <numerusform>أُدخل رقم واحد</numerusform>
            <numerusform>أُدخل رقمان</numerusform>
            <numerusform>أُدخلت %n أرقام</numerusform>
            <numerusform>أُدخل %n رقمًا</numerusform>
            <numerusform>أُدخل %n رقم</numerusform>
        </translation>
    </message>
    <message>
        <source>Checking your PIN. Leave the card in the slot.</source>
        <translation>جارٍ التحقق من الرقم السري. اترك البطاقة في مكانها.</translation>
    </message>
</context>
<context>
    <name>QuestionPage</name>
    <message>
        <source>Continue</source>
        <translation>متابعة</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>تخطٍّ</translation>
    </message>
    <message>
        <source>Yes, continue</source>
        <translation>نعم، تابع</translation>
    </message>
    <message>
        <source>No, something is different</source>
        <translation>لا، هناك شيء مختلف</translation>
    </message>
</context>
<context>
    <name>ReadingCardPage</name>
    <message>
        <source>Reading your card</source>
        <translation>جارٍ قراءة بطاقتك</translation>
    </message>
    <message>
        <source>This takes a few seconds. Leave the card in the slot.</source>
        <translation>يستغرق ذلك بضع ثوانٍ. اترك البطاقة في مكانها.</translation>
    </message>
    <message>
        <source>Checking that the card is genuine</source>
        <translation>جارٍ التحقق من أصالة البطاقة</translation>
    </message>
</context>
<context>
    <name>ReceiptPanel</name>
    <message>
        <source>Your receipt is being printed</source>
        <translation>جارٍ طباعة إيصالك</translation>
    </message>
    <message>
        <source>Your receipt is printed. Take it below.</source>
        <translation>طُبع إيصالك. خذه من الأسفل.</translation>
    </message>
    <message>
        <source>No paper receipt now. Photograph this code: it is your receipt.</source>
        <translation>تعذّرت الطباعة. صوّر هذا الرمز، فهو إيصالك.</translation>
    </message>
    <message>
        <source>Did your receipt come out whole, down to this code?</source>
        <extracomment>asked when the printer does not say whether it printed; the code is the last thing on the paper</extracomment>
        <translation>هل خرج إيصالك كاملًا إلى آخره، حيث هذا الرمز؟</translation>
    </message>
    <message>
        <source>Your receipt is being prepared</source>
        <translation>جارٍ إعداد إيصالك</translation>
    </message>
    <message>
        <source>Yes, I have it</source>
        <translation>نعم، هو معي</translation>
    </message>
    <message>
        <source>No, print a copy</source>
        <extracomment>the new paper is marked as a copy</extracomment>
        <translation>لا، اطبع نسخة</translation>
    </message>
    <message>
        <source>QR code of your receipt</source>
        <translation>رمز إيصالك</translation>
    </message>
    <message>
        <source>Send it to my phone</source>
        <extracomment>a text message with a link to the receipt</extracomment>
        <translation>أرسله إلى هاتفي</translation>
    </message>
    <message>
        <source>It goes to %1 as a text message and to your email once your request has arrived.</source>
        <translation>يُرسل إلى %1 برسالة نصية وإلى بريدك الإلكتروني فور وصول طلبك.</translation>
    </message>
    <message>
        <source>It goes to %1 as a text message once your request has arrived.</source>
        <translation>يُرسل إلى %1 برسالة نصية فور وصول طلبك.</translation>
    </message>
    <message>
        <source>It could not be sent. Please photograph the code.</source>
        <translation>تعذّر إرساله. يُرجى تصوير الرمز.</translation>
    </message>
    <message>
        <source>Your receipt</source>
        <translation>إيصالك</translation>
    </message>
</context>
<context>
    <name>SecretPage</name>
    <message>
        <source>Enter the code from your phone</source>
        <translation>أدخل الرمز الذي وصلك على هاتفك</translation>
    </message>
    <message>
        <source>Enter your PIN as it is now</source>
        <translation>أدخل رقمك السري الحالي</translation>
    </message>
    <message>
        <source>Enter the PIN of the letter</source>
        <translation>أدخل الرقم السري الوارد في الرسالة</translation>
    </message>
    <message>
        <source>Enter the unblocking code (PUK)</source>
        <translation>أدخل رمز فك الحجب (PUK)</translation>
    </message>
    <message>
        <source>Enter the new PIN again</source>
        <translation>أعد إدخال الرقم السري الجديد</translation>
    </message>
    <message>
        <source>Choose your PIN</source>
        <translation>اختر رقمك السري</translation>
    </message>
    <message>
        <source>We sent a text message with six digits to %1.</source>
        <translation>أرسلنا رسالة نصية بستة أرقام إلى %1.</translation>
    </message>
    <message>
        <source>Six digits. Cover the pad with your hand: the PIN is neither shown nor stored.</source>
        <translation>ستة أرقام. غطِّ اللوحة بيدك: لا يُعرض الرقم السري ولا يُحفظ.</translation>
    </message>
    <message>
        <source>Six digits, from the letter that came with your card.</source>
        <translation>ستة أرقام، من الرسالة التي جاءت مع بطاقتك.</translation>
    </message>
    <message>
        <source>Eight digits, from the letter that came with your card.</source>
        <translation>ثمانية أرقام، تجدها في الرسالة التي استلمتها مع بطاقتك.</translation>
    </message>
    <message>
        <source>The same six digits once more, so that no slip of the finger stays.</source>
        <translation>الأرقام الستة نفسها مرة أخرى، حتى لا يبقى خطأ في اللمس.</translation>
    </message>
    <message>
        <source>Six digits that nobody guesses: not your birth date, not your civil number, no 111111 and no 123456.</source>
        <translation>ستة أرقام لا يخمنها أحد: ليست تاريخ ميلادك ولا رقمك المدني، وليست مثل 111111 أو 123456.</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>متابعة</translation>
    </message>
    <message>
        <source>New code</source>
        <translation>رمز جديد</translation>
    </message>
    <message numerus="yes">
        <source>%n digits entered</source>
        <translation>
            <numerusform>لم يُدخل أي رقم</numerusform>
            <numerusform>أُدخل رقم واحد</numerusform>
            <numerusform>أُدخل رقمان</numerusform>
            <numerusform>أُدخلت %n أرقام</numerusform>
            <numerusform>أُدخل %n رقمًا</numerusform>
            <numerusform>أُدخل %n رقم</numerusform>
        </translation>
    </message>
    <message>
        <source>Sending a text message to your registered number</source>
        <translation>نرسل رسالة نصية إلى رقمك المسجل</translation>
    </message>
    <message>
        <source>One moment. Leave the card in the slot.</source>
        <translation>لحظة من فضلك. اترك البطاقة في مكانها.</translation>
    </message>
</context>
<context>
    <name>ServiceTile</name>
    <message numerus="yes">
        <source>About %n minutes</source>
        <translation>
            <numerusform>أقل من دقيقة</numerusform>
            <numerusform>نحو دقيقة</numerusform>
            <numerusform>نحو دقيقتين</numerusform>
            <numerusform>نحو %n دقائق</numerusform>
            <numerusform>نحو %n دقيقة</numerusform>
            <numerusform>نحو %n دقيقة</numerusform>
        </translation>
    </message>
    <message>
        <source>Free of charge</source>
        <translation>بدون رسوم</translation>
    </message>
    <message>
        <source>Fee: %1</source>
        <translation>الرسوم: %1</translation>
    </message>
</context>
<context>
    <name>ServicesPage</name>
    <message>
        <source>What do you need today?</source>
        <translation>ما الخدمة التي تحتاجها اليوم؟</translation>
    </message>
    <message>
        <source>Touch a service to begin.</source>
        <translation>المس الخدمة للبدء.</translation>
    </message>
    <message>
        <source>No network now. You can go on.</source>
        <translation>لا شبكة الآن. يمكنك المتابعة.</translation>
    </message>
    <message>
        <source>What is kept here is sent by itself when the network returns.</source>
        <translation>ما يُحفظ هنا يُرسل تلقائيًا عند عودة الشبكة.</translation>
    </message>
    <message>
        <source>Search for a service</source>
        <translation>ابحث عن خدمة</translation>
    </message>
    <message>
        <source>No service of this name. Try another word.</source>
        <translation>لا توجد خدمة بهذا الاسم. جرّب كلمة أخرى.</translation>
    </message>
</context>
<context>
    <name>WorkingPage</name>
    <message>
        <source>Signing and saving your request</source>
        <translation>جارٍ توقيع طلبك وحفظه</translation>
    </message>
    <message>
        <source>This takes a few seconds. Leave your card in the slot.</source>
        <translation>يستغرق ذلك بضع ثوانٍ. اترك بطاقتك في مكانها.</translation>
    </message>
    <message>
        <source>Your card signs, the terminal saves</source>
        <translation>بطاقتك توقّع والجهاز يحفظ</translation>
    </message>
    <message>
        <source>You will get a transaction number in a moment.</source>
        <translation>يظهر لك رقم المعاملة بعد لحظات.</translation>
    </message>
</context>
</TS>
