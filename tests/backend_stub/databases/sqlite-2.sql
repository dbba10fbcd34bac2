BEGIN TRANSACTION;
CREATE TABLE attachment (
	tx_id VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size INTEGER NOT NULL, 
	received INTEGER NOT NULL, 
	completed_at DATETIME, 
	PRIMARY KEY (tx_id, sha256), 
	FOREIGN KEY(tx_id) REFERENCES transactions (tx_id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE attachment_part (
	tx_id VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	first INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (tx_id, sha256, first), 
	FOREIGN KEY(tx_id, sha256) REFERENCES attachment (tx_id, sha256)
);
CREATE TABLE card (
	serial VARCHAR(40) NOT NULL, 
	civil_number VARCHAR(9) NOT NULL, 
	holder_name VARCHAR(64) NOT NULL, 
	expires_on DATE, 
	state VARCHAR(12) NOT NULL, 
	approved_by_office BOOLEAN NOT NULL, 
	management_algorithm INTEGER NOT NULL, 
	management_key BLOB, 
	management_key_id VARCHAR(16), 
	registered_at DATETIME NOT NULL, 
	activated_at DATETIME, 
	revoked_at DATETIME, 
	PRIMARY KEY (serial)
);
INSERT INTO "card" VALUES('52A1ECB00FA450FE816B41869C393E35','99014521','Salim Hamad Said Al Harthi','2034-01-14','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('B49D5BB663EA5A7FA1AF73FA11DC0F50','99027836','Maryam Khalfan Nasser Al Balushi','2034-11-30','registered',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('5BDD24394F4A5EEE93D02C9C4CE86962','99152846','Badriya Saif Hamood Al Jabri','2034-06-09','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('FFC1B21617E954E98339307D797AC1E3','990358174','Mohammad Rafiqul Islam','2034-05-09','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('D2D035B5861157149B006F26BF5F98EC','99041963','Aisha Abdullah Salim Al Kindi','2034-02-19','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('3D55CD6EA51558FDB238FD044D6E3ED3','99056207','Yousuf Rashid Ali Al Maamari','2034-03-04','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('980EE176543C5C78A1F0E40C654828C1','99063418','Fatma Said Juma Al Siyabi','2034-03-10','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('47A000BB7C8655028FF03DC5F770AC8F','9907245','Khamis Mubarak Saif Al Hinai','2026-01-01','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('1201FBF2CF7D521A9874B8837967FAF0','99084752','Zahra Ahmed Mohammed Al Lawati','2034-01-21','revoked',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,'2026-06-01 06:30:00.000000');
INSERT INTO "card" VALUES('96ECC06993FB54DC9E4BC688DD800F7F','99095083','Nasser Ali Sulaiman Al Rawahi','2034-01-17','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('4AEDF6BE41AD5E6F8E23639840E32EC8','99103627','Hanan Hilal Khamis Al Shukaili','2034-04-01','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('AD4E4D87D4A2541492BB7371EA619474','99112974','Badr Said Hamood Al Ghafri','2034-02-06','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
INSERT INTO "card" VALUES('0598BC6D20975E61910D6CE4C8826637','99130748','Saif Humaid Obaid Al Badi','2034-01-28','activated',0,12,NULL,NULL,'2026-06-01 06:30:00.000000',NULL,NULL);
CREATE TABLE card_activation (
	card VARCHAR(40) NOT NULL, 
	proof_challenge BLOB NOT NULL, 
	manager_challenge BLOB, 
	approval VARCHAR(64) NOT NULL, 
	authentic_until DATETIME, 
	PRIMARY KEY (card), 
	FOREIGN KEY(card) REFERENCES card (serial)
);
CREATE TABLE card_approval (
	token_sha256 VARCHAR(64) NOT NULL, 
	card VARCHAR(40) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_sha256), 
	FOREIGN KEY(card) REFERENCES card (serial)
);
CREATE TABLE card_certificate (
	serial_number VARCHAR(40) NOT NULL, 
	card VARCHAR(40) NOT NULL, 
	purpose VARCHAR(16) NOT NULL, 
	key_sha256 VARCHAR(64) NOT NULL, 
	certificate BLOB NOT NULL, 
	issued_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (serial_number), 
	FOREIGN KEY(card) REFERENCES card (serial), 
	UNIQUE (key_sha256)
);
CREATE TABLE card_code (
	id VARCHAR(22) NOT NULL, 
	card VARCHAR(40) NOT NULL, 
	code_mac BLOB NOT NULL, 
	notification INTEGER NOT NULL, 
	tries_left INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(card) REFERENCES card (serial), 
	FOREIGN KEY(notification) REFERENCES notification (id)
);
CREATE TABLE challenge (
	id VARCHAR(64) NOT NULL, 
	nonce VARCHAR(64) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	PRIMARY KEY (id)
);
CREATE TABLE citizen (
	civil_number VARCHAR(9) NOT NULL, 
	mobile VARCHAR(8), 
	card_valid_until DATE, 
	PRIMARY KEY (civil_number)
);
INSERT INTO "citizen" VALUES('99014521','91001003','2034-01-14');
INSERT INTO "citizen" VALUES('99027836','92001110','2034-11-30');
INSERT INTO "citizen" VALUES('99152846','92003407','2034-06-09');
INSERT INTO "citizen" VALUES('990358174','93001217','2034-05-09');
INSERT INTO "citizen" VALUES('99041963','94001324','2034-02-19');
INSERT INTO "citizen" VALUES('99056207','95001431','2034-03-04');
INSERT INTO "citizen" VALUES('99063418','96001538','2034-03-10');
INSERT INTO "citizen" VALUES('9907245','97001645','2026-01-01');
INSERT INTO "citizen" VALUES('99084752','98001752','2034-01-21');
INSERT INTO "citizen" VALUES('99095083','99001859','2034-01-17');
INSERT INTO "citizen" VALUES('99103627','91001966','2034-04-01');
INSERT INTO "citizen" VALUES('99112974','92002073','2034-02-06');
INSERT INTO "citizen" VALUES('99128309','93002180','2034-02-13');
INSERT INTO "citizen" VALUES('99130748',NULL,'2034-01-28');
INSERT INTO "citizen" VALUES('99149256','95002394','2034-03-20');
CREATE TABLE complaint (
	number VARCHAR(16) NOT NULL, 
	tx_id VARCHAR(36) NOT NULL, 
	civil_number VARCHAR(9) NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	catalogue_version VARCHAR(64) NOT NULL, 
	answers JSON NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	registered_at DATETIME NOT NULL, 
	office VARCHAR(48) NOT NULL, 
	hearing_at DATETIME, 
	PRIMARY KEY (number), 
	UNIQUE (tx_id), 
	FOREIGN KEY(tx_id) REFERENCES transactions (tx_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "complaint" VALUES('C-2026-000001','01a22113-90a2-7494-9e99-0493f5c953cb','99014521','ar','2026-11-01','{"amount_baisa": 450500, "complaint_types": ["wages"], "description": "\u0644\u0645 \u0623\u0633\u062a\u0644\u0645 \u0623\u062c\u0631\u064a \u0645\u0646\u0630 \u062b\u0644\u0627\u062b\u0629 \u0623\u0634\u0647\u0631.", "email": null, "employer": {"cr_number": "1500046", "name": "\u0648\u0631\u0634\u0629 \u0633\u0645\u0627\u0626\u0644 \u0627\u0644\u062d\u062f\u064a\u062b\u0629 \u0644\u0644\u0643\u0647\u0631\u0628\u0627\u0621"}, "evidence": ["contract"], "governorate": "ad-dakhiliyah", "hearing_language": "ar", "mobile": "91234567", "period": {"from": "2026-01-01", "to": null}, "wilayat": "samail"}','registered','2026-06-01 06:30:00.000000','ad-dakhiliyah','2026-06-08 06:30:00.000000');
INSERT INTO "complaint" VALUES('C-2026-000002','01a22113-90a4-71a2-9fec-64a0d2ca4867','99014521','ar','2026-11-01','{"amount_baisa": 450500, "complaint_types": ["wages"], "description": "\u0644\u0645 \u0623\u0633\u062a\u0644\u0645 \u0623\u062c\u0631\u064a \u0645\u0646\u0630 \u062b\u0644\u0627\u062b\u0629 \u0623\u0634\u0647\u0631.", "email": "salim@example.om", "employer": {"cr_number": "1500046", "name": "\u0648\u0631\u0634\u0629 \u0633\u0645\u0627\u0626\u0644 \u0627\u0644\u062d\u062f\u064a\u062b\u0629 \u0644\u0644\u0643\u0647\u0631\u0628\u0627\u0621"}, "evidence": ["contract"], "governorate": "ad-dakhiliyah", "hearing_language": "ar", "mobile": "91234567", "period": {"from": "2026-01-01", "to": null}, "wilayat": "samail"}','registered','2026-06-01 06:30:00.000000','ad-dakhiliyah','2026-06-08 06:30:00.000000');
CREATE TABLE complaint_event (
	id INTEGER NOT NULL, 
	number VARCHAR(16) NOT NULL, 
	at DATETIME NOT NULL, 
	from_state VARCHAR(20), 
	to_state VARCHAR(20) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(number) REFERENCES complaint (number) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "complaint_event" VALUES(1,'C-2026-000001','2026-06-01 06:30:00.000000',NULL,'registered');
INSERT INTO "complaint_event" VALUES(2,'C-2026-000002','2026-06-01 06:30:00.000000',NULL,'registered');
CREATE TABLE conflicting_item (
	record_sha256 VARCHAR(64) NOT NULL, 
	kiosk VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	tx_id VARCHAR(36) NOT NULL, 
	code VARCHAR(32) NOT NULL, 
	received_at DATETIME NOT NULL, 
	item JSON NOT NULL, 
	PRIMARY KEY (record_sha256)
);
CREATE TABLE counter (
	name VARCHAR(48) NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "counter" VALUES('complaint-2026',2);
CREATE TABLE employment (
	civil_number VARCHAR(9) NOT NULL, 
	cr_number VARCHAR(7) NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	PRIMARY KEY (civil_number, cr_number, since), 
	FOREIGN KEY(civil_number) REFERENCES citizen (civil_number), 
	FOREIGN KEY(cr_number) REFERENCES establishment (cr_number)
);
INSERT INTO "employment" VALUES('99014521','1500046','2022-09-01',NULL);
INSERT INTO "employment" VALUES('99014521','1100077','2017-02-01','2022-08-31');
INSERT INTO "employment" VALUES('990358174','1100013','2024-05-20',NULL);
INSERT INTO "employment" VALUES('99056207','1100027','2023-01-08',NULL);
INSERT INTO "employment" VALUES('99063418','1600039','2021-06-13',NULL);
INSERT INTO "employment" VALUES('99084752','1100059','2019-10-06',NULL);
INSERT INTO "employment" VALUES('99095083','1600011','2020-03-01',NULL);
INSERT INTO "employment" VALUES('99103627','1200017','2025-01-05',NULL);
INSERT INTO "employment" VALUES('99112974','1700026','2018-11-11',NULL);
INSERT INTO "employment" VALUES('99149256','1800020','2023-08-27',NULL);
CREATE TABLE establishment (
	cr_number VARCHAR(7) NOT NULL, 
	name_ar VARCHAR(200) NOT NULL, 
	name_en VARCHAR(200) NOT NULL, 
	wilayat VARCHAR(48) NOT NULL, 
	active BOOLEAN NOT NULL, 
	folded TEXT NOT NULL, 
	PRIMARY KEY (cr_number)
);
INSERT INTO "establishment" VALUES('1100013','شركة الأفق الأزرق للمقاولات ش.م.م','Blue Horizon Contracting LLC','bawshar',1,'شركه الافق الازرق للمقاولات ش م م | blue horizon contracting llc');
INSERT INTO "establishment" VALUES('1100027','مؤسسة أمواج السيب للتجارة','Amwaj Al Seeb Trading Est.','seeb',1,'موسسه امواج السيب للتجاره | amwaj al seeb trading est');
INSERT INTO "establishment" VALUES('1100031','شركة روابي مطرح للضيافة ش.م.م','Rawabi Muttrah Hospitality LLC','muttrah',1,'شركه روابي مطرح للضيافه ش م م | rawabi muttrah hospitality llc');
INSERT INTO "establishment" VALUES('1100045','مخابز إشراقة الصباح','Ishraqat Al Sabah Bakeries','al-amerat',1,'مخابز اشراقه الصباح | ishraqat al sabah bakeries');
INSERT INTO "establishment" VALUES('1100059','صيدليات الدواء الشافي ش.م.م','Al Dawa Al Shafi Pharmacies LLC','muscat',1,'صيدليات الدوا الشافي ش م م | al dawa al shafi pharmacies llc');
INSERT INTO "establishment" VALUES('1100063','شركة سواحل قريات للأسماك','Qurayyat Coasts Fisheries Co.','qurayyat',1,'شركه سواحل قريات للاسماك | qurayyat coasts fisheries co');
INSERT INTO "establishment" VALUES('1200017','شركة خريف ظفار للسياحة ش.م.م','Dhofar Khareef Tourism LLC','salalah',1,'شركه خريف ظفار للسياحه ش م م | dhofar khareef tourism llc');
INSERT INTO "establishment" VALUES('1200021','مؤسسة لبان الجبل للصناعات','Luban Al Jabal Industries Est.','taqah',1,'موسسه لبان الجبل للصناعات | luban al jabal industries est');
INSERT INTO "establishment" VALUES('1200035','مزارع نجد ثمريت','Najd Thumrait Farms','thumrait',1,'مزارع نجد ثمريت | najd thumrait farms');
INSERT INTO "establishment" VALUES('1300019','شركة خور النجد للنقل البحري','Khor Al Najd Marine Transport Co.','khasab',1,'شركه خور النجد للنقل البحري | khor al najd marine transport co');
INSERT INTO "establishment" VALUES('1400018','مؤسسة واحة البريمي للحراسة والنظافة','Buraimi Oasis Security and Cleaning Est.','al-buraimi',1,'موسسه واحه البريمي للحراسه والنظافه | buraimi oasis security and cleaning est');
INSERT INTO "establishment" VALUES('1500014','شركة قلعة نزوى للبناء والتعمير ش.م.م','Nizwa Fort Building and Construction LLC','nizwa',1,'شركه قلعه نزوي للبنا والتعمير ش م م | nizwa fort building and construction llc');
INSERT INTO "establishment" VALUES('1500028','مصنع فخار بهلاء','Bahla Pottery Works','bahla',1,'مصنع فخار بهلا | bahla pottery works');
INSERT INTO "establishment" VALUES('1500032','فندق ورد الجبل الأخضر','Jabal Akhdar Rose Hotel','al-jabal-al-akhdar',1,'فندق ورد الجبل الاخضر | jabal akhdar rose hotel');
INSERT INTO "establishment" VALUES('1500046','ورشة سمائل الحديثة للكهرباء','Samail Modern Electrical Workshop','samail',1,'ورشه سمايل الحديثه للكهربا | samail modern electrical workshop');
INSERT INTO "establishment" VALUES('1600011','شركة ميناء صحار للخدمات اللوجستية ش.م.م','Sohar Harbour Logistics LLC','sohar',1,'شركه مينا صحار للخدمات اللوجستيه ش م م | sohar harbour logistics llc');
INSERT INTO "establishment" VALUES('1600025','مزارع السويق المتحدة','United Suwaiq Farms','as-suwaiq',1,'مزارع السويق المتحده | united suwaiq farms');
INSERT INTO "establishment" VALUES('1600039','مؤسسة نسيم صحم للتكييف','Naseem Saham Air Conditioning Est.','saham',1,'موسسه نسيم صحم للتكييف | naseem saham air conditioning est');
INSERT INTO "establishment" VALUES('1700012','شركة عيون الرستاق للمياه','Rustaq Springs Water Co.','ar-rustaq',1,'شركه عيون الرستاق للمياه | rustaq springs water co');
INSERT INTO "establishment" VALUES('1700026','مؤسسة بركاء للأثاث والديكور','Barka Furniture and Decor Est.','barka',1,'موسسه بركا للاثاث والديكور | barka furniture and decor est');
INSERT INTO "establishment" VALUES('1800016','أحواض صور لبناء السفن','Sur Dhow Yards','sur',1,'احواض صور لبنا السفن | sur dhow yards');
INSERT INTO "establishment" VALUES('1800020','شركة رمال بدية للرحلات ش.م.م','Bidiyah Sands Tours LLC','bidiyah',1,'شركه رمال بديه للرحلات ش م م | bidiyah sands tours llc');
INSERT INTO "establishment" VALUES('1900015','مؤسسة عبري للمحاجر والكسارات','Ibri Quarries and Crushers Est.','ibri',1,'موسسه عبري للمحاجر والكسارات | ibri quarries and crushers est');
INSERT INTO "establishment" VALUES('1900029','شركة الدقم للإنشاءات الصناعية ش.م.م','Duqm Industrial Structures LLC','ad-duqm',1,'شركه الدقم للانشاات الصناعيه ش م م | duqm industrial structures llc');
INSERT INTO "establishment" VALUES('1100077','شركة البناء المتقدم للمقاولات ش.م.م','Advanced Building Contracting LLC','seeb',0,'شركه البنا المتقدم للمقاولات ش م م | advanced building contracting llc');
CREATE TABLE hearing_slot (
	office VARCHAR(48) NOT NULL, 
	starts_at DATETIME NOT NULL, 
	taken INTEGER NOT NULL, 
	PRIMARY KEY (office, starts_at)
);
INSERT INTO "hearing_slot" VALUES('ad-dakhiliyah','2026-06-08 06:30:00.000000',2);
CREATE TABLE kiosk (
	id VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	last_contact_at DATETIME NOT NULL, 
	health JSON, 
	health_at DATETIME, 
	PRIMARY KEY (id)
);
INSERT INTO "kiosk" VALUES('MCT-0001',1,'2026-06-01 06:30:00.000000',NULL,NULL);
CREATE TABLE kiosk_epoch (
	kiosk VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	device_key TEXT NOT NULL, 
	device_key_sha256 VARCHAR(64) NOT NULL, 
	enrolled_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	frozen_at DATETIME, 
	backed_up_seq BIGINT NOT NULL, 
	ack_seq BIGINT NOT NULL, 
	head VARCHAR(64) NOT NULL, 
	PRIMARY KEY (kiosk, epoch), 
	FOREIGN KEY(kiosk) REFERENCES kiosk (id)
);
INSERT INTO "kiosk_epoch" VALUES('MCT-0001',1,'-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhNi4jLjO6XqVxz3YYADCg3CT8Pk0
OOy9ys4PBDqPmm0IHLLaHDoOtrQdCndqbid203NlL4UE58iKsCM5ZMmoWA==
-----END PUBLIC KEY-----
','0617d959725b5dd64d125585ae3dbbae2e49f6206e3b3048bcae173be9d32d53','2026-06-01 06:30:00.000000',NULL,NULL,0,3,'8951e857873d40598271d613ef79ab1e67021f24166b91308e565a05f5352918');
CREATE TABLE notification (
	id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	channel VARCHAR(8) NOT NULL, 
	recipient VARCHAR(254) NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	text_ar TEXT NOT NULL, 
	text_en TEXT NOT NULL, 
	about VARCHAR(16) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "notification" VALUES(1,'2026-06-01 06:30:00.000000','sms','+96891234567','ar','وزارة العمل: سُجّلت شكواك برقم C-2026-000001. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005','Ministry of Labour: your complaint C-2026-000001 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005','C-2026-000001');
INSERT INTO "notification" VALUES(2,'2026-06-01 06:30:00.000000','sms','+96891234567','ar','وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005','Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005','C-2026-000002');
INSERT INTO "notification" VALUES(3,'2026-06-01 06:30:00.000000','email','salim@example.om','ar','وزارة العمل: سُجّلت شكواك برقم C-2026-000002. موعد الجلسة المقترح: الاثنين 08/06/2026 الساعة 10:30، مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2. للاستفسار: 25000005','Ministry of Labour: your complaint C-2026-000002 is registered. Proposed hearing: Monday 08/06/2026 at 10:30, Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2. Questions: 25000005','C-2026-000002');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(2);
CREATE TABLE sent_receipt (
	tx_id VARCHAR(36) NOT NULL, 
	number VARCHAR(16) NOT NULL, 
	sent_at DATETIME NOT NULL, 
	pdf BLOB, 
	PRIMARY KEY (tx_id), 
	FOREIGN KEY(tx_id) REFERENCES transactions (tx_id)
);
CREATE TABLE transactions (
	tx_id VARCHAR(36) NOT NULL, 
	kiosk VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	prev VARCHAR(64) NOT NULL, 
	record_sha256 VARCHAR(64) NOT NULL, 
	case_ref VARCHAR(64) NOT NULL, 
	case_seq BIGINT NOT NULL, 
	received_at DATETIME NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	service VARCHAR(48), 
	result JSON, 
	problem JSON, 
	void_reason VARCHAR(12), 
	document TEXT NOT NULL, 
	PRIMARY KEY (tx_id), 
	UNIQUE (kiosk, epoch, seq), 
	FOREIGN KEY(kiosk, epoch) REFERENCES kiosk_epoch (kiosk, epoch)
);
INSERT INTO "transactions" VALUES('01a22113-90a2-7494-9e99-0493f5c953cb','MCT-0001',1,1,'0000000000000000000000000000000000000000000000000000000000000000','772a78b02e75c65cab1b2895fb7ba5ae2f9dd5b990c9e65cc51cc8457a739bb0','d957db689ff127b5a50c0e24d25ce99bfe98fc46b13c8595a217e5fdd202062a',1,'2026-06-01 06:30:00.000000','accepted','complaint','{"state": "registered", "number": "C-2026-000001", "hearing": {"starts_at": "2026-06-08T06:30:00Z", "place_ar": "\u0645\u0643\u062a\u0628 \u0627\u0644\u0639\u0645\u0644 \u0628\u0627\u0644\u062f\u0627\u062e\u0644\u064a\u0629\u060c \u0646\u0632\u0648\u0649\u060c \u0634\u0627\u0631\u0639 \u0627\u0644\u0627\u062e\u062a\u0628\u0627\u0631 5\u060c \u0627\u0644\u0642\u0627\u0639\u0629 2", "place_en": "Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}','null',NULL,'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZWpDQ0FTQ2dBd0lCQWdJVUR5TEg0K1RkbW1DU09oMVFzbFAzNDZoVGtBTXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVsbktXaHFWSHBXVDlTaEYzc3BxdUlSYk9HTS9mT2xTRlByTGxNZ0lrQXF0N1M3UHB4Yi9CaTJzRTJRQkJ5cU0yR1NpQUxBV1grM05TUS8waXJTTXM3Nk1nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWhBTFU3N2NJZ0l6SDB5UUJqcVBEL3hMa2EwMTBTa01LclB1RnhpOERmc2ZwUUFpQm83bTNJZDZoam5CU2JSNk5LSU9NanJkZXZ4Ky8xeEQ4S2dTMUdOcVhtc0E9PSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOm51bGwsImVtcGxveWVyIjp7ImNyX251bWJlciI6IjE1MDAwNDYiLCJuYW1lIjoi2YjYsdi02Kkg2LPZhdin2KbZhCDYp9mE2K3Yr9mK2KvYqSDZhNmE2YPZh9ix2KjYp9ihIn0sImV2aWRlbmNlIjpbImNvbnRyYWN0Il0sImdvdmVybm9yYXRlIjoiYWQtZGFraGlsaXlhaCIsImhlYXJpbmdfbGFuZ3VhZ2UiOiJhciIsIm1vYmlsZSI6IjkxMjM0NTY3IiwicGVyaW9kIjp7ImZyb20iOiIyMDI2LTAxLTAxIiwidG8iOm51bGx9LCJ3aWxheWF0Ijoic2FtYWlsIn0sImFwcGxpY2FudCI6eyJjaXZpbF9udW1iZXIiOiI5OTAxNDUyMSJ9LCJjYXRhbG9ndWUiOiIyMDI2LTExLTAxIiwiY29uZmlybWVkX2F0IjoiMjAyNi0wNi0wMVQwNjozMDowMFoiLCJraW9zayI6Ik1DVC0wMDAxIiwibGFuZ3VhZ2UiOiJhciIsInNlcnZpY2UiOiJjb21wbGFpbnQiLCJ0eF9pZCI6IjAxYTIyMTEzLTkwYTItNzQ5NC05ZTk5LTA0OTNmNWM5NTNjYiIsInYiOjF9.KyduKp0vVW8RQirI0gXCtbR0HirfNiZObsE6SWoQ4mOJNFmzcrgtHb5JEh-1qjW1UAEn8vXHBjwzkZ_flgSviQ');
INSERT INTO "transactions" VALUES('01a22113-90a4-71a2-9fec-64a0d2ca4867','MCT-0001',1,2,'772a78b02e75c65cab1b2895fb7ba5ae2f9dd5b990c9e65cc51cc8457a739bb0','fd7fdd6a69892683393350eb3197f46f9daedaa92d6e81e98ff0b30053690d66','9982f7eb280cdef4b061d6b6352bc55934cd2e1bfc87fd57f3c3950d4fa622fa',1,'2026-06-01 06:30:00.000000','accepted','complaint','{"state": "registered", "number": "C-2026-000002", "hearing": {"starts_at": "2026-06-08T06:30:00Z", "place_ar": "\u0645\u0643\u062a\u0628 \u0627\u0644\u0639\u0645\u0644 \u0628\u0627\u0644\u062f\u0627\u062e\u0644\u064a\u0629\u060c \u0646\u0632\u0648\u0649\u060c \u0634\u0627\u0631\u0639 \u0627\u0644\u0627\u062e\u062a\u0628\u0627\u0631 5\u060c \u0627\u0644\u0642\u0627\u0639\u0629 2", "place_en": "Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}','null',NULL,'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZWpDQ0FTQ2dBd0lCQWdJVUR5TEg0K1RkbW1DU09oMVFzbFAzNDZoVGtBTXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUVsbktXaHFWSHBXVDlTaEYzc3BxdUlSYk9HTS9mT2xTRlByTGxNZ0lrQXF0N1M3UHB4Yi9CaTJzRTJRQkJ5cU0yR1NpQUxBV1grM05TUS8waXJTTXM3Nk1nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWhBTFU3N2NJZ0l6SDB5UUJqcVBEL3hMa2EwMTBTa01LclB1RnhpOERmc2ZwUUFpQm83bTNJZDZoam5CU2JSNk5LSU9NanJkZXZ4Ky8xeEQ4S2dTMUdOcVhtc0E9PSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOiJzYWxpbUBleGFtcGxlLm9tIiwiZW1wbG95ZXIiOnsiY3JfbnVtYmVyIjoiMTUwMDA0NiIsIm5hbWUiOiLZiNix2LTYqSDYs9mF2KfYptmEINin2YTYrdiv2YrYq9ipINmE2YTZg9mH2LHYqNin2KEifSwiZXZpZGVuY2UiOlsiY29udHJhY3QiXSwiZ292ZXJub3JhdGUiOiJhZC1kYWtoaWxpeWFoIiwiaGVhcmluZ19sYW5ndWFnZSI6ImFyIiwibW9iaWxlIjoiOTEyMzQ1NjciLCJwZXJpb2QiOnsiZnJvbSI6IjIwMjYtMDEtMDEiLCJ0byI6bnVsbH0sIndpbGF5YXQiOiJzYW1haWwifSwiYXBwbGljYW50Ijp7ImNpdmlsX251bWJlciI6Ijk5MDE0NTIxIn0sImNhdGFsb2d1ZSI6IjIwMjYtMTEtMDEiLCJjb25maXJtZWRfYXQiOiIyMDI2LTA2LTAxVDA2OjMwOjAwWiIsImtpb3NrIjoiTUNULTAwMDEiLCJsYW5ndWFnZSI6ImFyIiwic2VydmljZSI6ImNvbXBsYWludCIsInR4X2lkIjoiMDFhMjIxMTMtOTBhNC03MWEyLTlmZWMtNjRhMGQyY2E0ODY3IiwidiI6MX0.3g42pn6EqZpNIrASlxaLrCKmRh7FSauViPHj6BTu4UekVF4sREvjB3rlRU1GLTdJTgsZLg_a6Xp0OfriFaaQMQ');
INSERT INTO "transactions" VALUES('01a22113-90a5-7163-874e-7cbe089d0f3a','MCT-0001',1,3,'fd7fdd6a69892683393350eb3197f46f9daedaa92d6e81e98ff0b30053690d66','8951e857873d40598271d613ef79ab1e67021f24166b91308e565a05f5352918','71c65c58d3ff4e47f6fba3de5bb445338bfa0dfcde2f2110b220e3c345bb8bb0',1,'2026-06-01 06:30:00.000000','rejected',NULL,'null','{"type": "tag:manfadh.example,2026:problem:answers-invalid", "title": "An answer breaks a rule of the service", "status": 422, "detail": "mobile: bad-mobile", "code": "answers-invalid", "errors": [{"field": "mobile", "code": "bad-mobile"}]}',NULL,'bpylBX5cZE6YgUa-ZEYk2SG_6I9r514tB0DuxHbPJ2MQksa1speS3iokI5LE6R5uJeqzo2bIdx9OgJrqp2qbd9eq0Xgl1Oekz-oGZdY4Swc8R0V7hsrU_Lw8R0NBuQFROj8-JgSI8hI1rbVi_UsPVTDyw1wBXNjQ-le0OSfL0y6ly3Dzc9eMLPI66B6XrvGeuhoOrrJO-xb5qI7D1ci23glwoM4zO6WVEuOD2cgF_y3XB_cFW53uSs-_k8Z0-lhqQrXkkSapXQWuuaNFZQCi7M3Ht8I_OzgNUkTDFJwliywTcKlqihyRxQjstVsnuvdWtQLvWnb3Xejd42mRGdYW1YRP0PbOBIoHPJvQyxeMNU111XRAPszy4idwBKRm_mfnPpAqe00fRoaH5PxnrQgLgIKajEY4UEXZffwLAW_13i9XCeQN-hOGC4QoYGmSWHOZ_4dm2B2bMgn6tl_5Up93hcaBt6dBzkDYIK9Xh3A2rG71ZWkSH2iVplSFVyaXd1rjI3UMaU45mLv1wHrk9ylIiPVA8ZRHZh3cbWxL6M8fI-AGQsSuNjfP1PkcSrDviMu1L6fG739ITDFt4GetaRj7_j53Q_J1RQV4mtdS-6HQ3MZ5Fa-_ZZjfTfrkpSr6i4j7ID8FT2kbxPd0V9XEQwqxKEgcifRgzTwfwijTHGLy5G4Bpoys97Coyy-j-HEHUj1hDFYLk7DRPOBLj2MFoq3A89I5i6RCVwpZOKBV2FHeUQWrF61qpkgtLMpQsPPvuxIB3RaPt18Kvf-06enp4eSiyrw-GSDO72MF54WInw2sqdSGVPq5Pr73jKcoQM2DR5DdkrDS6S90hPaEnvPXvSDFRcZ214eRPF5XIOTei_BT9-TAFSAjZHIikWi9hIUNMtXz4s7zhzzjvoQB3_XeotXapapsd3Vu0M9Bv2lnNe7g-EbHJQsijoqdUflUI-Hqo3sKkKe3BwEkzjVcJcDHFJYH0H0MxeRHSfHBmRbVnVuuiXuK7hiHuAwn8oTN_pweAHD-dwjUWu0owqHLl2_FlVMbYPsnjjBgZaZiOAGaB1UCGhGvXsN8DvHFb6TnlswFg2fr0BL774X60AqqxdFgQ_uDVF9END717JdKb2AtYAcV1df2DC55IcxTBFOnXT16A8Lo2jRq7U6_G6OPDu8EF8zkxcMVMtl6Gt4InESsJNwxGXG_IAD-hRKQGeYsy0IDSKHQIi-w_J5kPHNC2hedRVxVjk4G72ry7VyIyCNgXFVWFg_Rbbq4UvcxKg_gceLybyFtZRA2udB-bzDjYa-RW7B9ST8XUM0KwRBOhA3U6UTrrOUo0c4iuJ6EIG-fIpAYKQX_dQNSFgXoxYskMn_4mFuExQ0tSZPl7tvYt6kuiSgD2skzn7xBrc_1lnF6lRziPB2LYcLsFkREDYFfIYa9w2_9kw6YfdN8AIE0rzJTLVoU1exTGKDHs-Q3pm7QON1t560pInarLOf3A6ON6Ryl2PQpQB97hJAHUN5meRywGFLqGU_2pOkRCCmdJsHIfwNG6O5st2hEvZIVs2MR3TevvamSFmg4reNype7VkdtbD6yWYSqoY5aznAUAnHEYUtbsV6wSwpZSfCmsFZJB6ZAo6Ljjji2542KLsL4EZ7SUr0JnX-VylCnbYyB4Bcr9trPhxDJK2cnSQRVzGe44jApfeV0MqEzMW1D8DDxqPHHyJAQB8QAQQk5tFGUjtONu9IGIpwTaO69hchJc2nY9aE91koVmUkw6Y3UVk62ikol0VwTeOUmaAWSB5Yc2lDspGDbNpLsKdxc_i42K3r3a_XAGF7CN1huezZ4-d8vFgGwohbmyWyGxb9Z0l4rkZoOGla3xNvE48__i8XTDznY_8SeMS-MTQf-wjl0M3wvvLCFnDZtPnJfykjdO46nVuwtdhA5q7DY_fLnVnojSfW_PvHw5qTG1e-Z-lGqTTvtzv-Zlvc_iqPoVBrNNba7F6_hBOg1yGJd3aKRz-73M2kV4D90DXkFiXTIhIlzMkslmMxECztp4jw40LL0TNk0ii4W_gK0WEwTmsvL2w3dG1DSKk-WLZR8yxpRBbatzB2m8W-a6PVGvfjuP3NJaAvJU2RfqZQJAykBmCizqcWOHyWWmkUYa_huMIPblCfeZ2kqrcvG_7X5z5QhBmZGWCXZT1l-z041LUtyHbzwWpsnk1TBuO2PB1v6uuXSGDT5qCVWMcSlZPzc');
CREATE TABLE used_enrolment_code (
	code_sha256 VARCHAR(64) NOT NULL, 
	kiosk VARCHAR(32) NOT NULL, 
	epoch INTEGER NOT NULL, 
	used_at DATETIME NOT NULL, 
	PRIMARY KEY (code_sha256), 
	FOREIGN KEY(kiosk) REFERENCES kiosk (id)
);
CREATE TABLE visit_session (
	token_sha256 VARCHAR(64) NOT NULL, 
	civil_number VARCHAR(9) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_sha256)
);
CREATE INDEX ix_challenge_expires_at ON challenge (expires_at);
CREATE INDEX ix_visit_session_expires_at ON visit_session (expires_at);
CREATE INDEX ix_card_civil_number ON card (civil_number);
CREATE INDEX ix_kiosk_epoch_device_key_sha256 ON kiosk_epoch (device_key_sha256);
CREATE INDEX ix_card_code_created_at ON card_code (created_at);
CREATE INDEX ix_card_code_card ON card_code (card);
CREATE INDEX ix_card_approval_expires_at ON card_approval (expires_at);
CREATE INDEX ix_card_approval_card ON card_approval (card);
CREATE INDEX ix_card_certificate_card ON card_certificate (card);
CREATE UNIQUE INDEX card_certificate_in_force ON card_certificate (card, purpose) WHERE revoked_at IS NULL;
CREATE INDEX ix_card_certificate_revoked_at ON card_certificate (revoked_at);
CREATE INDEX transactions_by_time ON transactions (received_at);
CREATE INDEX ix_complaint_civil_number ON complaint (civil_number);
CREATE INDEX ix_sent_receipt_number ON sent_receipt (number);
CREATE INDEX ix_complaint_event_number ON complaint_event (number);
COMMIT;
