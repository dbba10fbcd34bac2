CREATE TABLE public.attachment (
    tx_id character varying(36) NOT NULL,
    sha256 character varying(64) NOT NULL,
    size integer NOT NULL,
    received integer NOT NULL,
    completed_at timestamp with time zone
);
CREATE TABLE public.attachment_part (
    tx_id character varying(36) NOT NULL,
    sha256 character varying(64) NOT NULL,
    first integer NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.card (
    serial character varying(40) NOT NULL,
    civil_number character varying(9) NOT NULL,
    holder_name character varying(64) NOT NULL,
    expires_on date,
    state character varying(12) NOT NULL,
    approved_by_office boolean NOT NULL,
    management_algorithm integer NOT NULL,
    management_key bytea,
    management_key_id character varying(16),
    registered_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    revoked_at timestamp with time zone
);
CREATE TABLE public.card_activation (
    card character varying(40) NOT NULL,
    proof_challenge bytea NOT NULL,
    manager_challenge bytea,
    approval character varying(64) NOT NULL,
    authentic_until timestamp with time zone
);
CREATE TABLE public.card_approval (
    token_sha256 character varying(64) NOT NULL,
    card character varying(40) NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.card_certificate (
    serial_number character varying(40) NOT NULL,
    card character varying(40) NOT NULL,
    purpose character varying(16) NOT NULL,
    key_sha256 character varying(64) NOT NULL,
    certificate bytea NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.card_code (
    id character varying(22) NOT NULL,
    card character varying(40) NOT NULL,
    code_mac bytea NOT NULL,
    notification bigint NOT NULL,
    tries_left integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.challenge (
    id character varying(64) NOT NULL,
    nonce character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.citizen (
    civil_number character varying(9) NOT NULL,
    mobile character varying(8),
    card_valid_until date
);
CREATE TABLE public.complaint (
    number character varying(16) NOT NULL,
    tx_id character varying(36) NOT NULL,
    civil_number character varying(9) NOT NULL,
    language character varying(2) NOT NULL,
    catalogue_version character varying(64) NOT NULL,
    answers json NOT NULL,
    state character varying(20) NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    office character varying(48) NOT NULL,
    hearing_at timestamp with time zone
);
CREATE TABLE public.complaint_event (
    id bigint NOT NULL,
    number character varying(16) NOT NULL,
    at timestamp with time zone NOT NULL,
    from_state character varying(20),
    to_state character varying(20) NOT NULL
);
CREATE SEQUENCE public.complaint_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.complaint_event_id_seq OWNED BY public.complaint_event.id;
CREATE TABLE public.conflicting_item (
    record_sha256 character varying(64) NOT NULL,
    kiosk character varying(32) NOT NULL,
    epoch integer NOT NULL,
    tx_id character varying(36) NOT NULL,
    code character varying(32) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    item json NOT NULL
);
CREATE TABLE public.counter (
    name character varying(48) NOT NULL,
    value bigint NOT NULL
);
CREATE TABLE public.employment (
    civil_number character varying(9) NOT NULL,
    cr_number character varying(7) NOT NULL,
    since date NOT NULL,
    until date
);
CREATE TABLE public.establishment (
    cr_number character varying(7) NOT NULL,
    name_ar character varying(200) NOT NULL,
    name_en character varying(200) NOT NULL,
    wilayat character varying(48) NOT NULL,
    active boolean NOT NULL,
    folded text NOT NULL
);
CREATE TABLE public.hearing_slot (
    office character varying(48) NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    taken integer NOT NULL
);
CREATE TABLE public.kiosk (
    id character varying(32) NOT NULL,
    epoch integer NOT NULL,
    last_contact_at timestamp with time zone NOT NULL,
    health json,
    health_at timestamp with time zone
);
CREATE TABLE public.kiosk_epoch (
    kiosk character varying(32) NOT NULL,
    epoch integer NOT NULL,
    device_key text NOT NULL,
    device_key_sha256 character varying(64) NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    frozen_at timestamp with time zone,
    backed_up_seq bigint NOT NULL,
    ack_seq bigint NOT NULL,
    head character varying(64) NOT NULL
);
CREATE TABLE public.notification (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    channel character varying(8) NOT NULL,
    recipient character varying(254) NOT NULL,
    language character varying(2) NOT NULL,
    text_ar text NOT NULL,
    text_en text NOT NULL,
    about character varying(16) NOT NULL
);
CREATE SEQUENCE public.notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notification_id_seq OWNED BY public.notification.id;
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
CREATE TABLE public.sent_receipt (
    tx_id character varying(36) NOT NULL,
    number character varying(16) NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    pdf bytea
);
CREATE TABLE public.transactions (
    tx_id character varying(36) NOT NULL,
    kiosk character varying(32) NOT NULL,
    epoch integer NOT NULL,
    seq bigint NOT NULL,
    prev character varying(64) NOT NULL,
    record_sha256 character varying(64) NOT NULL,
    case_ref character varying(64) NOT NULL,
    case_seq bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    outcome character varying(16) NOT NULL,
    service character varying(48),
    result json,
    problem json,
    void_reason character varying(12),
    document text NOT NULL
);
CREATE TABLE public.used_enrolment_code (
    code_sha256 character varying(64) NOT NULL,
    kiosk character varying(32) NOT NULL,
    epoch integer NOT NULL,
    used_at timestamp with time zone NOT NULL
);
CREATE TABLE public.visit_session (
    token_sha256 character varying(64) NOT NULL,
    civil_number character varying(9) NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.complaint_event ALTER COLUMN id SET DEFAULT nextval('public.complaint_event_id_seq'::regclass);
ALTER TABLE ONLY public.notification ALTER COLUMN id SET DEFAULT nextval('public.notification_id_seq'::regclass);
INSERT INTO public.card VALUES ('52A1ECB00FA450FE816B41869C393E35', '99014521', 'Salim Hamad Said Al Harthi', '2034-01-14', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('B49D5BB663EA5A7FA1AF73FA11DC0F50', '99027836', 'Maryam Khalfan Nasser Al Balushi', '2034-11-30', 'registered', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('5BDD24394F4A5EEE93D02C9C4CE86962', '99152846', 'Badriya Saif Hamood Al Jabri', '2034-06-09', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('FFC1B21617E954E98339307D797AC1E3', '990358174', 'Mohammad Rafiqul Islam', '2034-05-09', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('D2D035B5861157149B006F26BF5F98EC', '99041963', 'Aisha Abdullah Salim Al Kindi', '2034-02-19', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('3D55CD6EA51558FDB238FD044D6E3ED3', '99056207', 'Yousuf Rashid Ali Al Maamari', '2034-03-04', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('980EE176543C5C78A1F0E40C654828C1', '99063418', 'Fatma Said Juma Al Siyabi', '2034-03-10', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('47A000BB7C8655028FF03DC5F770AC8F', '9907245', 'Khamis Mubarak Saif Al Hinai', '2026-01-01', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('1201FBF2CF7D521A9874B8837967FAF0', '99084752', 'Zahra Ahmed Mohammed Al Lawati', '2034-01-21', 'revoked', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, '2026-06-01 06:30:00+00');
INSERT INTO public.card VALUES ('96ECC06993FB54DC9E4BC688DD800F7F', '99095083', 'Nasser Ali Sulaiman Al Rawahi', '2034-01-17', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('4AEDF6BE41AD5E6F8E23639840E32EC8', '99103627', 'Hanan Hilal Khamis Al Shukaili', '2034-04-01', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('AD4E4D87D4A2541492BB7371EA619474', '99112974', 'Badr Said Hamood Al Ghafri', '2034-02-06', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.card VALUES ('0598BC6D20975E61910D6CE4C8826637', '99130748', 'Saif Humaid Obaid Al Badi', '2034-01-28', 'activated', false, 12, NULL, NULL, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.citizen VALUES ('99014521', '91001003', '2034-01-14');
INSERT INTO public.citizen VALUES ('99027836', '92001110', '2034-11-30');
INSERT INTO public.citizen VALUES ('99152846', '92003407', '2034-06-09');
INSERT INTO public.citizen VALUES ('990358174', '93001217', '2034-05-09');
INSERT INTO public.citizen VALUES ('99041963', '94001324', '2034-02-19');
INSERT INTO public.citizen VALUES ('99056207', '95001431', '2034-03-04');
INSERT INTO public.citizen VALUES ('99063418', '96001538', '2034-03-10');
INSERT INTO public.citizen VALUES ('9907245', '97001645', '2026-01-01');
INSERT INTO public.citizen VALUES ('99084752', '98001752', '2034-01-21');
INSERT INTO public.citizen VALUES ('99095083', '99001859', '2034-01-17');
INSERT INTO public.citizen VALUES ('99103627', '91001966', '2034-04-01');
INSERT INTO public.citizen VALUES ('99112974', '92002073', '2034-02-06');
INSERT INTO public.citizen VALUES ('99128309', '93002180', '2034-02-13');
INSERT INTO public.citizen VALUES ('99130748', NULL, '2034-01-28');
INSERT INTO public.citizen VALUES ('99149256', '95002394', '2034-03-20');
INSERT INTO public.complaint VALUES ('C-2026-000001', '01a22113-947c-749f-bcc6-7464f88f66a4', '99014521', 'ar', '2026-11-01', '{"amount_baisa": 450500, "complaint_types": ["wages"], "description": "\u0644\u0645 \u0623\u0633\u062a\u0644\u0645 \u0623\u062c\u0631\u064a \u0645\u0646\u0630 \u062b\u0644\u0627\u062b\u0629 \u0623\u0634\u0647\u0631.", "email": null, "employer": {"cr_number": "1500046", "name": "\u0648\u0631\u0634\u0629 \u0633\u0645\u0627\u0626\u0644 \u0627\u0644\u062d\u062f\u064a\u062b\u0629 \u0644\u0644\u0643\u0647\u0631\u0628\u0627\u0621"}, "evidence": ["contract"], "governorate": "ad-dakhiliyah", "hearing_language": "ar", "mobile": "91234567", "period": {"from": "2026-01-01", "to": null}, "wilayat": "samail"}', 'registered', '2026-06-01 06:30:00+00', 'ad-dakhiliyah', '2026-06-08 06:30:00+00');
INSERT INTO public.complaint VALUES ('C-2026-000002', '01a22113-947d-72fd-ba92-7c89d068fea8', '99014521', 'ar', '2026-11-01', '{"amount_baisa": 450500, "complaint_types": ["wages"], "description": "\u0644\u0645 \u0623\u0633\u062a\u0644\u0645 \u0623\u062c\u0631\u064a \u0645\u0646\u0630 \u062b\u0644\u0627\u062b\u0629 \u0623\u0634\u0647\u0631.", "email": "salim@example.om", "employer": {"cr_number": "1500046", "name": "\u0648\u0631\u0634\u0629 \u0633\u0645\u0627\u0626\u0644 \u0627\u0644\u062d\u062f\u064a\u062b\u0629 \u0644\u0644\u0643\u0647\u0631\u0628\u0627\u0621"}, "evidence": ["contract"], "governorate": "ad-dakhiliyah", "hearing_language": "ar", "mobile": "91234567", "period": {"from": "2026-01-01", "to": null}, "wilayat": "samail"}', 'registered', '2026-06-01 06:30:00+00', 'ad-dakhiliyah', '2026-06-08 06:30:00+00');
INSERT INTO public.complaint_event VALUES (1, 'C-2026-000001', '2026-06-01 06:30:00+00', NULL, 'registered');
INSERT INTO public.complaint_event VALUES (2, 'C-2026-000002', '2026-06-01 06:30:00+00', NULL, 'registered');
INSERT INTO public.counter VALUES ('complaint-2026', 2);
INSERT INTO public.employment VALUES ('99014521', '1500046', '2022-09-01', NULL);
INSERT INTO public.employment VALUES ('99014521', '1100077', '2017-02-01', '2022-08-31');
INSERT INTO public.employment VALUES ('990358174', '1100013', '2024-05-20', NULL);
INSERT INTO public.employment VALUES ('99056207', '1100027', '2023-01-08', NULL);
INSERT INTO public.employment VALUES ('99063418', '1600039', '2021-06-13', NULL);
INSERT INTO public.employment VALUES ('99084752', '1100059', '2019-10-06', NULL);
INSERT INTO public.employment VALUES ('99095083', '1600011', '2020-03-01', NULL);
INSERT INTO public.employment VALUES ('99103627', '1200017', '2025-01-05', NULL);
INSERT INTO public.employment VALUES ('99112974', '1700026', '2018-11-11', NULL);
INSERT INTO public.employment VALUES ('99149256', '1800020', '2023-08-27', NULL);
INSERT INTO public.establishment VALUES ('1100013', 'شركة الأفق الأزرق للمقاولات ش.م.م', 'Blue Horizon Contracting LLC', 'bawshar', true, 'شركه الافق الازرق للمقاولات ش م م | blue horizon contracting llc');
INSERT INTO public.establishment VALUES ('1100027', 'مؤسسة أمواج السيب للتجارة', 'Amwaj Al Seeb Trading Est.', 'seeb', true, 'موسسه امواج السيب للتجاره | amwaj al seeb trading est');
INSERT INTO public.establishment VALUES ('1100031', 'شركة روابي مطرح للضيافة ش.م.م', 'Rawabi Muttrah Hospitality LLC', 'muttrah', true, 'شركه روابي مطرح للضيافه ش م م | rawabi muttrah hospitality llc');
INSERT INTO public.establishment VALUES ('1100045', 'مخابز إشراقة الصباح', 'Ishraqat Al Sabah Bakeries', 'al-amerat', true, 'مخابز اشراقه الصباح | ishraqat al sabah bakeries');
INSERT INTO public.establishment VALUES ('1100059', 'صيدليات الدواء الشافي ش.م.م', 'Al Dawa Al Shafi Pharmacies LLC', 'muscat', true, 'صيدليات الدوا الشافي ش م م | al dawa al shafi pharmacies llc');
INSERT INTO public.establishment VALUES ('1100063', 'شركة سواحل قريات للأسماك', 'Qurayyat Coasts Fisheries Co.', 'qurayyat', true, 'شركه سواحل قريات للاسماك | qurayyat coasts fisheries co');
INSERT INTO public.establishment VALUES ('1200017', 'شركة خريف ظفار للسياحة ش.م.م', 'Dhofar Khareef Tourism LLC', 'salalah', true, 'شركه خريف ظفار للسياحه ش م م | dhofar khareef tourism llc');
INSERT INTO public.establishment VALUES ('1200021', 'مؤسسة لبان الجبل للصناعات', 'Luban Al Jabal Industries Est.', 'taqah', true, 'موسسه لبان الجبل للصناعات | luban al jabal industries est');
INSERT INTO public.establishment VALUES ('1200035', 'مزارع نجد ثمريت', 'Najd Thumrait Farms', 'thumrait', true, 'مزارع نجد ثمريت | najd thumrait farms');
INSERT INTO public.establishment VALUES ('1300019', 'شركة خور النجد للنقل البحري', 'Khor Al Najd Marine Transport Co.', 'khasab', true, 'شركه خور النجد للنقل البحري | khor al najd marine transport co');
INSERT INTO public.establishment VALUES ('1400018', 'مؤسسة واحة البريمي للحراسة والنظافة', 'Buraimi Oasis Security and Cleaning Est.', 'al-buraimi', true, 'موسسه واحه البريمي للحراسه والنظافه | buraimi oasis security and cleaning est');
INSERT INTO public.establishment VALUES ('1500014', 'شركة قلعة نزوى للبناء والتعمير ش.م.م', 'Nizwa Fort Building and Construction LLC', 'nizwa', true, 'شركه قلعه نزوي للبنا والتعمير ش م م | nizwa fort building and construction llc');
INSERT INTO public.establishment VALUES ('1500028', 'مصنع فخار بهلاء', 'Bahla Pottery Works', 'bahla', true, 'مصنع فخار بهلا | bahla pottery works');
INSERT INTO public.establishment VALUES ('1500032', 'فندق ورد الجبل الأخضر', 'Jabal Akhdar Rose Hotel', 'al-jabal-al-akhdar', true, 'فندق ورد الجبل الاخضر | jabal akhdar rose hotel');
INSERT INTO public.establishment VALUES ('1500046', 'ورشة سمائل الحديثة للكهرباء', 'Samail Modern Electrical Workshop', 'samail', true, 'ورشه سمايل الحديثه للكهربا | samail modern electrical workshop');
INSERT INTO public.establishment VALUES ('1600011', 'شركة ميناء صحار للخدمات اللوجستية ش.م.م', 'Sohar Harbour Logistics LLC', 'sohar', true, 'شركه مينا صحار للخدمات اللوجستيه ش م م | sohar harbour logistics llc');
INSERT INTO public.establishment VALUES ('1600025', 'مزارع السويق المتحدة', 'United Suwaiq Farms', 'as-suwaiq', true, 'مزارع السويق المتحده | united suwaiq farms');
INSERT INTO public.establishment VALUES ('1600039', 'مؤسسة نسيم صحم للتكييف', 'Naseem Saham Air Conditioning Est.', 'saham', true, 'موسسه نسيم صحم للتكييف | naseem saham air conditioning est');
INSERT INTO public.establishment VALUES ('1700012', 'شركة عيون الرستاق للمياه', 'Rustaq Springs Water Co.', 'ar-rustaq', true, 'شركه عيون الرستاق للمياه | rustaq springs water co');
INSERT INTO public.establishment VALUES ('1700026', 'مؤسسة بركاء للأثاث والديكور', 'Barka Furniture and Decor Est.', 'barka', true, 'موسسه بركا للاثاث والديكور | barka furniture and decor est');
INSERT INTO public.establishment VALUES ('1800016', 'أحواض صور لبناء السفن', 'Sur Dhow Yards', 'sur', true, 'احواض صور لبنا السفن | sur dhow yards');
INSERT INTO public.establishment VALUES ('1800020', 'شركة رمال بدية للرحلات ش.م.م', 'Bidiyah Sands Tours LLC', 'bidiyah', true, 'شركه رمال بديه للرحلات ش م م | bidiyah sands tours llc');
INSERT INTO public.establishment VALUES ('1900015', 'مؤسسة عبري للمحاجر والكسارات', 'Ibri Quarries and Crushers Est.', 'ibri', true, 'موسسه عبري للمحاجر والكسارات | ibri quarries and crushers est');
INSERT INTO public.establishment VALUES ('1900029', 'شركة الدقم للإنشاءات الصناعية ش.م.م', 'Duqm Industrial Structures LLC', 'ad-duqm', true, 'شركه الدقم للانشاات الصناعيه ش م م | duqm industrial structures llc');
INSERT INTO public.establishment VALUES ('1100077', 'شركة البناء المتقدم للمقاولات ش.م.م', 'Advanced Building Contracting LLC', 'seeb', false, 'شركه البنا المتقدم للمقاولات ش م م | advanced building contracting llc');
INSERT INTO public.hearing_slot VALUES ('ad-dakhiliyah', '2026-06-08 06:30:00+00', 2);
INSERT INTO public.kiosk VALUES ('MCT-0001', 1, '2026-06-01 06:30:00+00', NULL, NULL);
INSERT INTO public.kiosk_epoch VALUES ('MCT-0001', 1, '-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5m7wUI2i2hetsqHGQFnZ7DHnTiVD
AJTzIPLOjicLCfPrziuBtXeA/1YFqP24f4XwZ7wYaRLtpADeTlvd8B4x8g==
', '6450f270a14023ae0d21584b72eda49053b4beb0ace860180af5c783f01b6324', '2026-06-01 06:30:00+00', NULL, NULL, 0, 3, '1a149f330ec4a9670ea06c565acaed4585ff190091dcd05acc98c796bd1af556');
INSERT INTO public.notification VALUES (1, '2026-06-01 06:30:00+00', 'sms', '+96891234567', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000001. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000001 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000001');
INSERT INTO public.notification VALUES (2, '2026-06-01 06:30:00+00', 'sms', '+96891234567', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000002');
INSERT INTO public.notification VALUES (3, '2026-06-01 06:30:00+00', 'email', 'salim@example.om', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000002');
INSERT INTO public.schema_version VALUES (2);
INSERT INTO public.transactions VALUES ('01a22113-947c-749f-bcc6-7464f88f66a4', 'MCT-0001', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', '69998a63c9efaf3bc448e5976974158ff9346994aaf116b3ed5d7b4759c4660a', '3f387cbc0d3913efcab4e82ec1fb3aed09d4c80397f15aeef7d4fd88742cda7b', 1, '2026-06-01 06:30:00+00', 'accepted', 'complaint', '{"state": "registered", "number": "C-2026-000001", "hearing": {"starts_at": "2026-06-08T06:30:00Z", "place_ar": "\u0645\u0643\u062a\u0628 \u0627\u0644\u0639\u0645\u0644 \u0628\u0627\u0644\u062f\u0627\u062e\u0644\u064a\u0629\u060c \u0646\u0632\u0648\u0649\u060c \u0634\u0627\u0631\u0639 \u0627\u0644\u0627\u062e\u062a\u0628\u0627\u0631 5\u060c \u0627\u0644\u0642\u0627\u0639\u0629 2", "place_en": "Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}', 'null', NULL, 'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZWpDQ0FTQ2dBd0lCQWdJVUR5TEg0K1RkbW1DU09oMVFzbFAzNDZoVGtBTXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVsbktXaHFWSHBXVDlTaEYzc3BxdUlSYk9HTS9mT2xTRlByTGxNZ0lrQXF0N1M3UHB4Yi9CaTJzRTJRQkJ5cU0yR1NpQUxBV1grM05TUS8waXJTTXM3Nk1nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWhBTFU3N2NJZ0l6SDB5UUJqcVBEL3hMa2EwMTBTa01LclB1RnhpOERmc2ZwUUFpQm83bTNJZDZoam5CU2JSNk5LSU9NanJkZXZ4Ky8xeEQ4S2dTMUdOcVhtc0E9PSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOm51bGwsImVtcGxveWVyIjp7ImNyX251bWJlciI6IjE1MDAwNDYiLCJuYW1lIjoi2YjYsdi02Kkg2LPZhdin2KbZhCDYp9mE2K3Yr9mK2KvYqSDZhNmE2YPZh9ix2KjYp9ihIn0sImV2aWRlbmNlIjpbImNvbnRyYWN0Il0sImdvdmVybm9yYXRlIjoiYWQtZGFraGlsaXlhaCIsImhlYXJpbmdfbGFuZ3VhZ2UiOiJhciIsIm1vYmlsZSI6IjkxMjM0NTY3IiwicGVyaW9kIjp7ImZyb20iOiIyMDI2LTAxLTAxIiwidG8iOm51bGx9LCJ3aWxheWF0Ijoic2FtYWlsIn0sImFwcGxpY2FudCI6eyJjaXZpbF9udW1iZXIiOiI5OTAxNDUyMSJ9LCJjYXRhbG9ndWUiOiIyMDI2LTExLTAxIiwiY29uZmlybWVkX2F0IjoiMjAyNi0wNi0wMVQwNjozMDowMFoiLCJraW9zayI6Ik1DVC0wMDAxIiwibGFuZ3VhZ2UiOiJhciIsInNlcnZpY2UiOiJjb21wbGFpbnQiLCJ0eF9pZCI6IjAxYTIyMTEzLTk0N2MtNzQ5Zi1iY2M2LTc0NjRmODhmNjZhNCIsInYiOjF9.T0Fgsl3kPtWJsBm5nT0SN7WPWX6FWAOSGWSQcoxh2wdCuUohb7HTVc-staEVORxn20yZ78eXDBamRfWXhMcgog');
INSERT INTO public.transactions VALUES ('01a22113-947d-72fd-ba92-7c89d068fea8', 'MCT-0001', 1, 2, '69998a63c9efaf3bc448e5976974158ff9346994aaf116b3ed5d7b4759c4660a', '403276080f67b66fa76e77589e8c88122217374266293100bd05e65e6600f36e', 'd5edd471c59c93d79ab4322859dfeb397f9bf512905e19197cf55d38a6aee6a5', 1, '2026-06-01 06:30:00+00', 'accepted', 'complaint', '{"state": "registered", "number": "C-2026-000002", "hearing": {"starts_at": "2026-06-08T06:30:00Z", "place_ar": "\u0645\u0643\u062a\u0628 \u0627\u0644\u0639\u0645\u0644 \u0628\u0627\u0644\u062f\u0627\u062e\u0644\u064a\u0629\u060c \u0646\u0632\u0648\u0649\u060c \u0634\u0627\u0631\u0639 \u0627\u0644\u0627\u062e\u062a\u0628\u0627\u0631 5\u060c \u0627\u0644\u0642\u0627\u0639\u0629 2", "place_en": "Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}', 'null', NULL, 'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZWpDQ0FTQ2dBd0lCQWdJVUR5TEg0K1RkbW1DU09oMVFzbFAzNDZoVGtBTXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVsbktXaHFWSHBXVDlTaEYzc3BxdUlSYk9HTS9mT2xTRlByTGxNZ0lrQXF0N1M3UHB4Yi9CaTJzRTJRQkJ5cU0yR1NpQUxBV1grM05TUS8waXJTTXM3Nk1nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWhBTFU3N2NJZ0l6SDB5UUJqcVBEL3hMa2EwMTBTa01LclB1RnhpOERmc2ZwUUFpQm83bTNJZDZoam5CU2JSNk5LSU9NanJkZXZ4Ky8xeEQ4S2dTMUdOcVhtc0E9PSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOiJzYWxpbUBleGFtcGxlLm9tIiwiZW1wbG95ZXIiOnsiY3JfbnVtYmVyIjoiMTUwMDA0NiIsIm5hbWUiOiLZiNix2LTYqSDYs9mF2KfYptmEINin2YTYrdiv2YrYq9ipINmE2YTZg9mH2LHYqNin2KEifSwiZXZpZGVuY2UiOlsiY29udHJhY3QiXSwiZ292ZXJub3JhdGUiOiJhZC1kYWtoaWxpeWFoIiwiaGVhcmluZ19sYW5ndWFnZSI6ImFyIiwibW9iaWxlIjoiOTEyMzQ1NjciLCJwZXJpb2QiOnsiZnJvbSI6IjIwMjYtMDEtMDEiLCJ0byI6bnVsbH0sIndpbGF5YXQiOiJzYW1haWwifSwiYXBwbGljYW50Ijp7ImNpdmlsX251bWJlciI6Ijk5MDE0NTIxIn0sImNhdGFsb2d1ZSI6IjIwMjYtMTEtMDEiLCJjb25maXJtZWRfYXQiOiIyMDI2LTA2LTAxVDA2OjMwOjAwWiIsImtpb3NrIjoiTUNULTAwMDEiLCJsYW5ndWFnZSI6ImFyIiwic2VydmljZSI6ImNvbXBsYWludCIsInR4X2lkIjoiMDFhMjIxMTMtOTQ3ZC03MmZkLWJhOTItN2M4OWQwNjhmZWE4IiwidiI6MX0.YgTUNfbFee-6jvXxOsJm7sEBh2wqjI06UzwTVsNEeObrI7bO-iZQWOiovshTAZqXw4M4BOiMoxnaAdYkrVB3iQ');
INSERT INTO public.transactions VALUES ('01a22113-947e-742d-8a7a-30a8dc7d9774', 'MCT-0001', 1, 3, '403276080f67b66fa76e77589e8c88122217374266293100bd05e65e6600f36e', '1a149f330ec4a9670ea06c565acaed4585ff190091dcd05acc98c796bd1af556', 'c399477e0c1006c13a1d54d87f77b6fc177e450f577d0ee4469cfd3bc576dd8b', 1, '2026-06-01 06:30:00+00', 'rejected', NULL, 'null', '{"type": "tag:manfadh.example,2026:problem:answers-invalid", "title": "An answer breaks a rule of the service", "status": 422, "detail": "mobile: bad-mobile", "code": "answers-invalid", "errors": [{"field": "mobile", "code": "bad-mobile"}]}', NULL, 'ulqBFABxn-XB5H08BoYXNERh--0FCV5dhEUP3stqRk7W6rSVLycyIghcfoimsJB68omlKYosnHDmfqfV_DjTaD6qAsZRq8qZ5w0nd2mj1luRQqYLtIOAXCIJT1PbwKEAi2Y-4PA_4RIiTW0px9FMbr-G5JifD8uO5ELyp-uNCjsqQyhPuBJP6THYyIEfdx6x0B4Yr6wzsKmXoU5-0Zp17enGZc4OldDjTrcbroO7R8ABK5OZ40xYvm27XDEyZKWopL16ydjfYLfrZfnf2LnZ6FeMEhAAgGKZPjgLe1zzPAxcYsdRR1cAQdmY7jd__hXWYEWUWsaoqeiU5U835AHI1l9jJOgZ26oOxcliPzV3PWasn3XOcTaK3Awf9lNpPe_P-kSg0xYV0R1cwORMAEdXkzRjGPyAova3yhKCNDGoKec6s_XYUVHn6gYmD4wpXpwaw7FEunOyCAZEyLItT9bFB3OPkCh-yJt92Z-KeXYg_yZ-r5bk2m5NJIRnXbLfrGmLDXsEP6rk7SXgJRNGA3btIV6w42IPE9EASLlNxhr3d6g0haPvVedmzoassbsXF2uUY2b1IeIEhEdNnkF_-BE9oepX5x-4GJx0ftKfY32Yig4w2m7aAxAqc3U-kIHRsQxjhk0ez1O-CaVjmEgh8vitf0pIAZ2P7d_k16aZuSlBNQcPLl3a61r9XLwIbfdoDTiWj3DwC-1Sg30FL2G5HtbLZC-zEU-1SD_NJcdGP2CZoHjEV0m4tttWtaoFTGSTr5rA_qvIIYXp2pGfc_Z8y6aRr3ZN7-du5ktsKockZPg26_U_AOMWRbI7HMKPg4qhOdamCmnUMXaMUo7PMGF1Y3mxMN0nCy2PW3KP4tSanV6GnLGpOKdVBPLSUUHTszYxAfBc1ErzAxZHgM8-KXDfIDbvKLddQvrqBcdjIWM8GhIzMwWEtWoHtxuPt80orTyRdDMhRZ7LHQGQ--PHsNk3UQJgGgyzt_fajECv9urfzyzmvYRLRitw6VfODdJnSAOG9fkq1bn7nsgIx2JROr1AC6Eaec0BXmdugpGT7r0YmRaA4pfJl0EggYZFkVpfU1oG-yQbKK9NOuqBIfLG7Cx9LKMoNcpCGQm2v8buV5AwVDBrYcVbJw4MzmZbqOAEf_dezq8IH1V5pOPyF31Dj8iD8-rhjZ4aFey-W_wmOgYZpDCvjMUIxXXN3jI7_ixIRpNCAzaJV6VQnxmuL7k2NvDYcphYO8TobcrGLXntf21ZbzR_MK7KOTCRZT6kKVH8BQ-iQ0KnN7B9XO1p57FmANX_OFoKYFcZtGteoUB0vydR2uxrCKSlQV1hOTQvcCD5CPuf9C73PFz3lHVfuu-Ey1O55Ev75-KHSU_t_oJoYDKfPEDP_pKkpdrRyQULbliaeJuwUBEXx5b5PS1aH4-7GSPP4AmuYaa1bERb0hobZWgQtxOlYOxQQK_KLFItd0zfwZ51_b4METczC6ARQ4RKmELV6xs4c7gqKUf6WN-u4f3LC-N9uyImU54BZaKp_huBWv28wGOrDfvd9450w1G5HyK26nXwv8IT1raHqyIBAtpWOdY-Y5wSBpMN56dA2pDE5mdi6cGOlmf8Xh9nvy3dbiEJkWEXbPEgJumw2_wkx2_7C-OJpVmRlW1qcHRAydgk76oNhkhedOa7tMnNsChO49VxuaOxOvlVu2VeGQhdwdTO04w2Y-4v4T1D7umU5_F_b1WIcAMlKSAY-oZb5dhOYAMBJQI_x3c0X39nmVaG_IKdEYX2PEJaZVr71zE-Cx9j59TjXVH3YgLECOSEM0EMKJ710V2OnWXWk__9SQ-PA0H2w8EJL3bX6gBrZW9kAPA1qVA8H8PDlW-jTQ1wRWidWnnGNl54ow8gbH92kaBXr0BjmBuKyYMIdwJwug90YVHttgCqee6iR5qdT018PnmpeNWOyyVrKhDRmQzIj3SieH3b-ryHr3I1zFpvM8Nbi2zcvQeSfZRix8bBbah5tobxogbKZlgyM1849eFrkgIwXYYzw0z44R8WnCOhAgMrUnW0DSGLTrO6Zrd6KYRACzFlUUIAonA5st0DQTxDLQTtQb7xcgz1hRWXKG-0wEEb0eqpxtR_to5Ppk1v4xBmueOgob6DvJgJb7uFL5cGSuUrvOFOMyWcByDuynucfkIwTqUlsBJL5gBhPyqU-QdXL7M4MLQxVBFkS45dTTgeLxJaAxvP5V4');
SELECT pg_catalog.setval('public.complaint_event_id_seq', 2, true);
SELECT pg_catalog.setval('public.notification_id_seq', 3, true);
ALTER TABLE ONLY public.attachment_part
    ADD CONSTRAINT attachment_part_pkey PRIMARY KEY (tx_id, sha256, first);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (tx_id, sha256);
ALTER TABLE ONLY public.card_activation
    ADD CONSTRAINT card_activation_pkey PRIMARY KEY (card);
ALTER TABLE ONLY public.card_approval
    ADD CONSTRAINT card_approval_pkey PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.card_certificate
    ADD CONSTRAINT card_certificate_key_sha256_key UNIQUE (key_sha256);
ALTER TABLE ONLY public.card_certificate
    ADD CONSTRAINT card_certificate_pkey PRIMARY KEY (serial_number);
ALTER TABLE ONLY public.card_code
    ADD CONSTRAINT card_code_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.card
    ADD CONSTRAINT card_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT challenge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.citizen
    ADD CONSTRAINT citizen_pkey PRIMARY KEY (civil_number);
ALTER TABLE ONLY public.complaint_event
    ADD CONSTRAINT complaint_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.complaint
    ADD CONSTRAINT complaint_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.complaint
    ADD CONSTRAINT complaint_tx_id_key UNIQUE (tx_id);
ALTER TABLE ONLY public.conflicting_item
    ADD CONSTRAINT conflicting_item_pkey PRIMARY KEY (record_sha256);
ALTER TABLE ONLY public.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.employment
    ADD CONSTRAINT employment_pkey PRIMARY KEY (civil_number, cr_number, since);
ALTER TABLE ONLY public.establishment
    ADD CONSTRAINT establishment_pkey PRIMARY KEY (cr_number);
ALTER TABLE ONLY public.hearing_slot
    ADD CONSTRAINT hearing_slot_pkey PRIMARY KEY (office, starts_at);
ALTER TABLE ONLY public.kiosk_epoch
    ADD CONSTRAINT kiosk_epoch_pkey PRIMARY KEY (kiosk, epoch);
ALTER TABLE ONLY public.kiosk
    ADD CONSTRAINT kiosk_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notification
    ADD CONSTRAINT notification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.sent_receipt
    ADD CONSTRAINT sent_receipt_pkey PRIMARY KEY (tx_id);
ALTER TABLE ONLY public.transactions
    ADD CONSTRAINT transactions_kiosk_epoch_seq_key UNIQUE (kiosk, epoch, seq);
ALTER TABLE ONLY public.transactions
    ADD CONSTRAINT transactions_pkey PRIMARY KEY (tx_id);
ALTER TABLE ONLY public.used_enrolment_code
    ADD CONSTRAINT used_enrolment_code_pkey PRIMARY KEY (code_sha256);
ALTER TABLE ONLY public.visit_session
    ADD CONSTRAINT visit_session_pkey PRIMARY KEY (token_sha256);
CREATE UNIQUE INDEX card_certificate_in_force ON public.card_certificate USING btree (card, purpose) WHERE (revoked_at IS NULL);
CREATE INDEX ix_card_approval_card ON public.card_approval USING btree (card);
CREATE INDEX ix_card_approval_expires_at ON public.card_approval USING btree (expires_at);
CREATE INDEX ix_card_certificate_card ON public.card_certificate USING btree (card);
CREATE INDEX ix_card_certificate_revoked_at ON public.card_certificate USING btree (revoked_at);
CREATE INDEX ix_card_civil_number ON public.card USING btree (civil_number);
CREATE INDEX ix_card_code_card ON public.card_code USING btree (card);
CREATE INDEX ix_card_code_created_at ON public.card_code USING btree (created_at);
CREATE INDEX ix_challenge_expires_at ON public.challenge USING btree (expires_at);
CREATE INDEX ix_complaint_civil_number ON public.complaint USING btree (civil_number);
CREATE INDEX ix_complaint_event_number ON public.complaint_event USING btree (number);
CREATE INDEX ix_kiosk_epoch_device_key_sha256 ON public.kiosk_epoch USING btree (device_key_sha256);
CREATE INDEX ix_sent_receipt_number ON public.sent_receipt USING btree (number);
CREATE INDEX ix_visit_session_expires_at ON public.visit_session USING btree (expires_at);
CREATE INDEX transactions_by_time ON public.transactions USING btree (received_at);
ALTER TABLE ONLY public.attachment_part
    ADD CONSTRAINT attachment_part_tx_id_sha256_fkey FOREIGN KEY (tx_id, sha256) REFERENCES public.attachment(tx_id, sha256);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_tx_id_fkey FOREIGN KEY (tx_id) REFERENCES public.transactions(tx_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.card_activation
    ADD CONSTRAINT card_activation_card_fkey FOREIGN KEY (card) REFERENCES public.card(serial);
ALTER TABLE ONLY public.card_approval
    ADD CONSTRAINT card_approval_card_fkey FOREIGN KEY (card) REFERENCES public.card(serial);
ALTER TABLE ONLY public.card_certificate
    ADD CONSTRAINT card_certificate_card_fkey FOREIGN KEY (card) REFERENCES public.card(serial);
ALTER TABLE ONLY public.card_code
    ADD CONSTRAINT card_code_card_fkey FOREIGN KEY (card) REFERENCES public.card(serial);
ALTER TABLE ONLY public.card_code
    ADD CONSTRAINT card_code_notification_fkey FOREIGN KEY (notification) REFERENCES public.notification(id);
ALTER TABLE ONLY public.complaint_event
    ADD CONSTRAINT complaint_event_number_fkey FOREIGN KEY (number) REFERENCES public.complaint(number) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.complaint
    ADD CONSTRAINT complaint_tx_id_fkey FOREIGN KEY (tx_id) REFERENCES public.transactions(tx_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.employment
    ADD CONSTRAINT employment_civil_number_fkey FOREIGN KEY (civil_number) REFERENCES public.citizen(civil_number);
ALTER TABLE ONLY public.employment
    ADD CONSTRAINT employment_cr_number_fkey FOREIGN KEY (cr_number) REFERENCES public.establishment(cr_number);
ALTER TABLE ONLY public.kiosk_epoch
    ADD CONSTRAINT kiosk_epoch_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES public.kiosk(id);
ALTER TABLE ONLY public.sent_receipt
    ADD CONSTRAINT sent_receipt_tx_id_fkey FOREIGN KEY (tx_id) REFERENCES public.transactions(tx_id);
ALTER TABLE ONLY public.transactions
    ADD CONSTRAINT transactions_kiosk_epoch_fkey FOREIGN KEY (kiosk, epoch) REFERENCES public.kiosk_epoch(kiosk, epoch);
ALTER TABLE ONLY public.used_enrolment_code
    ADD CONSTRAINT used_enrolment_code_kiosk_fkey FOREIGN KEY (kiosk) REFERENCES public.kiosk(id);
