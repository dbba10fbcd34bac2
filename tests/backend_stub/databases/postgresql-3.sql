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
CREATE TABLE public.attachment_seal (
    tx_id character varying(36) NOT NULL,
    sha256 character varying(64) NOT NULL,
    number integer NOT NULL,
    key_id character varying(16) NOT NULL,
    finding character varying(16)
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
    papers json,
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
INSERT INTO public.complaint VALUES ('C-2026-000001', '01a22113-a745-70bd-bba1-81bf9cda1a56', '99014521', 'ar', '2026-11-01', '{"amount_baisa":450500,"complaint_types":["wages"],"description":"لم أستلم أجري منذ ثلاثة أشهر.","email":null,"employer":{"cr_number":"1500046","name":"ورشة سمائل الحديثة للكهرباء"},"evidence":["contract"],"governorate":"ad-dakhiliyah","hearing_language":"ar","mobile":"91234567","period":{"from":"2026-01-01","to":null},"wilayat":"samail"}', '[]', 'registered', '2026-06-01 06:30:00+00', 'ad-dakhiliyah', '2026-06-08 06:30:00+00');
INSERT INTO public.complaint VALUES ('C-2026-000002', '01a22113-a746-7025-83d8-1593397f1389', '99014521', 'ar', '2026-11-01', '{"amount_baisa":450500,"complaint_types":["wages"],"description":"لم أستلم أجري منذ ثلاثة أشهر.","email":"salim@example.om","employer":{"cr_number":"1500046","name":"ورشة سمائل الحديثة للكهرباء"},"evidence":["contract"],"governorate":"ad-dakhiliyah","hearing_language":"ar","mobile":"91234567","period":{"from":"2026-01-01","to":null},"wilayat":"samail"}', '[]', 'registered', '2026-06-01 06:30:00+00', 'ad-dakhiliyah', '2026-06-08 06:30:00+00');
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
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECHLUjGwKRxcqp/X/w61bpefpby2e
nnpTyTRQQWJMGoEQl75zh0FII6nokc6QDdOSLf2A0Ykas9/+BRdHBcx0Hw==
', '54e968c681a5e75b7dee3b8bfb2edda4e98122cc5bae2095d734a9d6e403a2c4', '2026-06-01 06:30:00+00', NULL, NULL, 0, 3, 'bc88641cd44d4e251cf5cb699fe24286b5d5e73a1f5474e2d9197e2be1a9db5a');
INSERT INTO public.notification VALUES (1, '2026-06-01 06:30:00+00', 'sms', '+96891234567', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000001. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000001 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000001');
INSERT INTO public.notification VALUES (2, '2026-06-01 06:30:00+00', 'sms', '+96891234567', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000002');
INSERT INTO public.notification VALUES (3, '2026-06-01 06:30:00+00', 'email', 'salim@example.om', 'ar', 'وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005', 'Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005', 'C-2026-000002');
INSERT INTO public.schema_version VALUES (3);
INSERT INTO public.transactions VALUES ('01a22113-a745-70bd-bba1-81bf9cda1a56', 'MCT-0001', 1, 1, '0000000000000000000000000000000000000000000000000000000000000000', 'c042a81a07bae784d2070891fe54d6da818454e7e26b1f0ef3e02b8653fd7b25', 'c20d45832c627245fa57c787f82d43817638ea67c07027f9521f326053c97bf6', 1, '2026-06-01 06:30:00+00', 'accepted', 'complaint', '{"state":"registered","number":"C-2026-000001","hearing":{"starts_at":"2026-06-08T06:30:00Z","place_ar":"مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2","place_en":"Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}', 'null', NULL, 'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZXpDQ0FTQ2dBd0lCQWdJVWN1WHNNY1ViZE1UdWNwYVJKZnBsSjBvUVBPVXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV3aFEwamYyTUlLNTk0ZitWWFVVWXdsMXZPdXNVSkxzQllhMzd4T0VPTTR2MWNRaHhqT3ZaVjgzNkNYd0hsTlJNNVRWUnV3dzhUSWZKVDA0N3NQRUNMS01nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBTXBqVVc0SmNKM0JqelVjMU9WcnRyZ0wySkNGRDRZRDVIUDFtQlZsK2Y5bEFpRUFtaE83T1B6V0laZUg3cFVIRThYQ3R3T05kOEZabTBEbG9SKzNhSHlmeUdjPSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOm51bGwsImVtcGxveWVyIjp7ImNyX251bWJlciI6IjE1MDAwNDYiLCJuYW1lIjoi2YjYsdi02Kkg2LPZhdin2KbZhCDYp9mE2K3Yr9mK2KvYqSDZhNmE2YPZh9ix2KjYp9ihIn0sImV2aWRlbmNlIjpbImNvbnRyYWN0Il0sImdvdmVybm9yYXRlIjoiYWQtZGFraGlsaXlhaCIsImhlYXJpbmdfbGFuZ3VhZ2UiOiJhciIsIm1vYmlsZSI6IjkxMjM0NTY3IiwicGVyaW9kIjp7ImZyb20iOiIyMDI2LTAxLTAxIiwidG8iOm51bGx9LCJ3aWxheWF0Ijoic2FtYWlsIn0sImFwcGxpY2FudCI6eyJjaXZpbF9udW1iZXIiOiI5OTAxNDUyMSJ9LCJjYXRhbG9ndWUiOiIyMDI2LTExLTAxIiwiY29uZmlybWVkX2F0IjoiMjAyNi0wNi0wMVQwNjozMDowMFoiLCJraW9zayI6Ik1DVC0wMDAxIiwibGFuZ3VhZ2UiOiJhciIsInNlcnZpY2UiOiJjb21wbGFpbnQiLCJ0eF9pZCI6IjAxYTIyMTEzLWE3NDUtNzBiZC1iYmExLTgxYmY5Y2RhMWE1NiIsInYiOjF9.51KKKHb45Xvm5HqOvb-dnZ40HisjaJxo5AQRyxDWYnc9GYgpOIteVAI2rg-62uK7L7kWrKXM6CNcJQVNo-h7Pw');
INSERT INTO public.transactions VALUES ('01a22113-a746-7025-83d8-1593397f1389', 'MCT-0001', 1, 2, 'c042a81a07bae784d2070891fe54d6da818454e7e26b1f0ef3e02b8653fd7b25', '74041151abb4b98af2a0c5271c9e7253a7e25f5f2fb47b26b82b75cf99bbe341', '8b6fd5a3499b65e487d9fe1487606b1f39ecc55f83bb9311a12cdce211ca71c1', 1, '2026-06-01 06:30:00+00', 'accepted', 'complaint', '{"state":"registered","number":"C-2026-000002","hearing":{"starts_at":"2026-06-08T06:30:00Z","place_ar":"مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2","place_en":"Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}', 'null', NULL, 'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZXpDQ0FTQ2dBd0lCQWdJVWN1WHNNY1ViZE1UdWNwYVJKZnBsSjBvUVBPVXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV3aFEwamYyTUlLNTk0ZitWWFVVWXdsMXZPdXNVSkxzQllhMzd4T0VPTTR2MWNRaHhqT3ZaVjgzNkNYd0hsTlJNNVRWUnV3dzhUSWZKVDA0N3NQRUNMS01nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBTXBqVVc0SmNKM0JqelVjMU9WcnRyZ0wySkNGRDRZRDVIUDFtQlZsK2Y5bEFpRUFtaE83T1B6V0laZUg3cFVIRThYQ3R3T05kOEZabTBEbG9SKzNhSHlmeUdjPSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOiJzYWxpbUBleGFtcGxlLm9tIiwiZW1wbG95ZXIiOnsiY3JfbnVtYmVyIjoiMTUwMDA0NiIsIm5hbWUiOiLZiNix2LTYqSDYs9mF2KfYptmEINin2YTYrdiv2YrYq9ipINmE2YTZg9mH2LHYqNin2KEifSwiZXZpZGVuY2UiOlsiY29udHJhY3QiXSwiZ292ZXJub3JhdGUiOiJhZC1kYWtoaWxpeWFoIiwiaGVhcmluZ19sYW5ndWFnZSI6ImFyIiwibW9iaWxlIjoiOTEyMzQ1NjciLCJwZXJpb2QiOnsiZnJvbSI6IjIwMjYtMDEtMDEiLCJ0byI6bnVsbH0sIndpbGF5YXQiOiJzYW1haWwifSwiYXBwbGljYW50Ijp7ImNpdmlsX251bWJlciI6Ijk5MDE0NTIxIn0sImNhdGFsb2d1ZSI6IjIwMjYtMTEtMDEiLCJjb25maXJtZWRfYXQiOiIyMDI2LTA2LTAxVDA2OjMwOjAwWiIsImtpb3NrIjoiTUNULTAwMDEiLCJsYW5ndWFnZSI6ImFyIiwic2VydmljZSI6ImNvbXBsYWludCIsInR4X2lkIjoiMDFhMjIxMTMtYTc0Ni03MDI1LTgzZDgtMTU5MzM5N2YxMzg5IiwidiI6MX0.dYrOuou1uD4E6EFn4JY0snDhD05lsKGrjaC9LkFRp3bb6SWK5vVNf-RscVImxk6r_Kv8U5RoRTnZrSH2d7waUQ');
INSERT INTO public.transactions VALUES ('01a22113-a746-7025-83d8-159468b37dd3', 'MCT-0001', 1, 3, '74041151abb4b98af2a0c5271c9e7253a7e25f5f2fb47b26b82b75cf99bbe341', 'bc88641cd44d4e251cf5cb699fe24286b5d5e73a1f5474e2d9197e2be1a9db5a', '33bf08b36d6f83454461b8ef249fc56e3ae149fce7c7a8397546d92d003b0474', 1, '2026-06-01 06:30:00+00', 'rejected', NULL, 'null', '{"type":"tag:manfadh.example,2026:problem:answers-invalid","title":"An answer breaks a rule of the service","status":422,"detail":"mobile: bad-mobile","code":"answers-invalid","errors":[{"field":"mobile","code":"bad-mobile"}]}', NULL, 'RVcW3XrG5ZFfsKuYGydhP-Tm1L5Npiqnxr67NUUcD2LiLaEXMb-cbPOF1DilublZ49Vy1_YO5Mc5kqwhkbrr2lqWrpkuUfeJbzwC6b3TdwMFIwSVMFdSer_D_ql-h0rD-SpJMnJ20mwY1Na0F-2BYa9GB5LGBCKjI77NQgn-_HReRELtUmWxiywUsh74Nl3KDEAeEoVVHxWZQYffs4leq2EDZIfWXuRiUG63TOsHQcG2zb1_ZX_jvIIIMC5md9pFENA3E2kDmAJ0BV0kuD9BXvyVJO0I1v9VRQD4VpJDd4Y5gtscznTKCQ-FiiajY5AbcqS54Su_dyCJxByr1IoYAcd8dv2SMxRk8yB9qUnEuhdnYsHx-vL3CAR-zOkw4SNmavGbYFUMEGYXiJA9AqP-hQAluPL0WA6a40NvSTUTehPYNuk53yD3lkSraFnnkgFbLw4hguz_i0TQhV2GNWP7ne6fx35I0TzrAbyzdXjLYWnSKw_1tCPTOz8zlFiMaburukZ4S6AohR8sXPU0LdXbkRjoNSlYnVSHDz8muea1H5k-1Ethu1I0mH9gtaamrGkccD3i8iUYdv6rukn0-ihupdA86TYY8qtUMskINPxeou1rDw1qIa2LA1D409_qGvNafaUAGTIuJHDkwxr9GypmJf2jc_zGwEqf-oOWjP0-OPwHTgeOZl9WtNfTEAk16fA2IVK0Sg4EAd--367_C6RddCVGA50GKR81rrJuM4mIhitnBXq4smkySPQHacatdcqkAscSJQ7Sd__f3y45RG2uUpYJp_W8S32NZsvtZCsgS898bSxVfZuwJzFloLS3oC4_1Msg0GKJZbKKveHm8DtFqGH4TxuW_lEJeyo3jYoLwIvH9NEsabFpKtgsqWVfnwPOJ9eKJVuxC9pKhNilBtuxu5y5jdwZTkAnMV8NY2K4OlI9jC4hZQ1X2SMtX9VWsO03pGOC-s0LwvBgL6iKOqWm6okFa0gaADlWa3_iWdPA4VOIQC6F37dQGqW_G2eGoVa9w0HN8xC3VBTfkkkYKNeP03kXQEenvHVnv7dLx7G1AILuicFRMvs7aHF5HlFCpLhS0yinq8OXTgVXayB66JUedNqMoX0U_COqgqdpeQgWcM1Hduk0kpXEOCq-BY9Pq0e3qn8sYyReaMi5fqN1W5mAwW3NkJkIi1oLPkjCVyhIvzn9ZkJmOUcmHPoZvERpJ7T-yJkAzGqcPj4HO5fx3Cu7HCuF42vxek5sn5gAjdoBYEiF9Cd0duhqbBGNzeEeBBbRrzVCVCW2n6g1TJOE1JEnQKJW_IpZXL0C2O_o85a7ljarUn_pzHP_TEKk_eWzrZJxgj60Sg80KNGhx3zQVN7PJ1WHZ869Im-OtX9WCbRDcTH-q0mDpSvtqX3OldS19rQCe7n8kgWC1F8nCgp3V4e75WE5JYj7QIs_6YIBECvlg65oioQ1Ie56N9zUTdVCTG9CdG_N4HIBxOiYwWBqikHRfKsgm8durIyGYkHewHeDaQ9prdwvbLRZsdIPHzfArjn-BKBM_gh4RXGnuPiX2Td4gGvjyCx8-eEBVXjmHGa92Mq8rnvl3L2GLteo_9sRUlXJo-0cNgga_00WeSKYt9qU6hKlZ5arXjGbHBwcM6_2AliyP7j4qkjOkHPt1qq_DASATRgmS-UkhUvmiZ0LWtQVVFRIr4fmrUALtGcCpZXj3wDg3Sh1edKPh3KQFZsOyQUs-a6REzYgSLaL9KIZjxw4JEFy1AcLxdHNHV22rJVVIOivRoqHjJFrbczV9jY2JYxhmEgjIy9feT9bIrGAIsgdlgs0H0oK7RlnfIntcWYg8biMoWzQNg4Q5j9Au-2HeZ-n02D-ETEEz52A3K8GB9lXRcMiRvavFQTvT9PGt_F42Jo9qP_3dgcPIK637g8YbCxFMNxz-SBpYXK-ruu00nBoaBTot6bBGIqPm6I22iYSvIWNMkSA1T20aBE7p18MNREWr9h_UKeFo9mVs8R9W-e6_6H9nVD76FC_8eeuSt7X-OA1h9NSv3fxqNzmTCj07n2JwQcuPZ57U-KGsGGrT1xlbNGZQxS8YBjsbA5p-ZcRkRdFD9Ks633XY2RYOpAhnhiQKJCdwaXzX5ZS0l3MGdi4ynk83etvTXg1mG-QyGF1WqMGE20TZ4q7JqaBJo60F5mAqn_ROhZF0TVyQ3Mafhs4NS0rYIjjB83pVh3dgKk');
SELECT pg_catalog.setval('public.complaint_event_id_seq', 2, true);
SELECT pg_catalog.setval('public.notification_id_seq', 3, true);
ALTER TABLE ONLY public.attachment_part
    ADD CONSTRAINT attachment_part_pkey PRIMARY KEY (tx_id, sha256, first);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (tx_id, sha256);
ALTER TABLE ONLY public.attachment_seal
    ADD CONSTRAINT attachment_seal_pkey PRIMARY KEY (tx_id, sha256);
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
ALTER TABLE ONLY public.attachment_seal
    ADD CONSTRAINT attachment_seal_tx_id_sha256_fkey FOREIGN KEY (tx_id, sha256) REFERENCES public.attachment(tx_id, sha256);
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
