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
CREATE TABLE attachment_seal (
	tx_id VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	key_id VARCHAR(16) NOT NULL, 
	finding VARCHAR(16), 
	PRIMARY KEY (tx_id, sha256), 
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
	papers JSON, 
	state VARCHAR(20) NOT NULL, 
	registered_at DATETIME NOT NULL, 
	office VARCHAR(48) NOT NULL, 
	hearing_at DATETIME, 
	PRIMARY KEY (number), 
	UNIQUE (tx_id), 
	FOREIGN KEY(tx_id) REFERENCES transactions (tx_id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "complaint" VALUES('C-2026-000001','01a22113-a3ac-7220-966e-f7e8e5793d52','99014521','ar','2026-11-01','{"amount_baisa":450500,"complaint_types":["wages"],"description":"لم أستلم أجري منذ ثلاثة أشهر.","email":null,"employer":{"cr_number":"1500046","name":"ورشة سمائل الحديثة للكهرباء"},"evidence":["contract"],"governorate":"ad-dakhiliyah","hearing_language":"ar","mobile":"91234567","period":{"from":"2026-01-01","to":null},"wilayat":"samail"}','[]','registered','2026-06-01 06:30:00.000000','ad-dakhiliyah','2026-06-08 06:30:00.000000');
INSERT INTO "complaint" VALUES('C-2026-000002','01a22113-a3ae-7104-ad33-247e0d4f3dd5','99014521','ar','2026-11-01','{"amount_baisa":450500,"complaint_types":["wages"],"description":"لم أستلم أجري منذ ثلاثة أشهر.","email":"salim@example.om","employer":{"cr_number":"1500046","name":"ورشة سمائل الحديثة للكهرباء"},"evidence":["contract"],"governorate":"ad-dakhiliyah","hearing_language":"ar","mobile":"91234567","period":{"from":"2026-01-01","to":null},"wilayat":"samail"}','[]','registered','2026-06-01 06:30:00.000000','ad-dakhiliyah','2026-06-08 06:30:00.000000');
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
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEm3umm9myLVK/ZXogjb5COxxgYAJi
hoAATlJxu9mcjfFywAxas7b9PTyTyDYfX9tLzx+VZ+nUHYhmpIUdFSuyRg==
-----END PUBLIC KEY-----
','c9c2d017f19cd1a7da831eb5aa1746c2dc33f2b425a006374a541d652fb9874e','2026-06-01 06:30:00.000000',NULL,NULL,0,3,'43bf2c3d66debfbd2e2a4bf14195bc5ff8997e93ca009a66aae09d94e080f113');
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
INSERT INTO "schema_version" VALUES(3);
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
INSERT INTO "transactions" VALUES('01a22113-a3ac-7220-966e-f7e8e5793d52','MCT-0001',1,1,'0000000000000000000000000000000000000000000000000000000000000000','cfd34ead00684bbd5367e1577e443aee6fac8faf2bdc71cb49291f67923cfb21','598dd3f73a07013608c34c028bef2a03dd4fe05dba4d219b6f2455a8c66ef805',1,'2026-06-01 06:30:00.000000','accepted','complaint','{"state":"registered","number":"C-2026-000001","hearing":{"starts_at":"2026-06-08T06:30:00Z","place_ar":"مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2","place_en":"Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}','null',NULL,'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZXpDQ0FTQ2dBd0lCQWdJVWN1WHNNY1ViZE1UdWNwYVJKZnBsSjBvUVBPVXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV3aFEwamYyTUlLNTk0ZitWWFVVWXdsMXZPdXNVSkxzQllhMzd4T0VPTTR2MWNRaHhqT3ZaVjgzNkNYd0hsTlJNNVRWUnV3dzhUSWZKVDA0N3NQRUNMS01nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBTXBqVVc0SmNKM0JqelVjMU9WcnRyZ0wySkNGRDRZRDVIUDFtQlZsK2Y5bEFpRUFtaE83T1B6V0laZUg3cFVIRThYQ3R3T05kOEZabTBEbG9SKzNhSHlmeUdjPSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOm51bGwsImVtcGxveWVyIjp7ImNyX251bWJlciI6IjE1MDAwNDYiLCJuYW1lIjoi2YjYsdi02Kkg2LPZhdin2KbZhCDYp9mE2K3Yr9mK2KvYqSDZhNmE2YPZh9ix2KjYp9ihIn0sImV2aWRlbmNlIjpbImNvbnRyYWN0Il0sImdvdmVybm9yYXRlIjoiYWQtZGFraGlsaXlhaCIsImhlYXJpbmdfbGFuZ3VhZ2UiOiJhciIsIm1vYmlsZSI6IjkxMjM0NTY3IiwicGVyaW9kIjp7ImZyb20iOiIyMDI2LTAxLTAxIiwidG8iOm51bGx9LCJ3aWxheWF0Ijoic2FtYWlsIn0sImFwcGxpY2FudCI6eyJjaXZpbF9udW1iZXIiOiI5OTAxNDUyMSJ9LCJjYXRhbG9ndWUiOiIyMDI2LTExLTAxIiwiY29uZmlybWVkX2F0IjoiMjAyNi0wNi0wMVQwNjozMDowMFoiLCJraW9zayI6Ik1DVC0wMDAxIiwibGFuZ3VhZ2UiOiJhciIsInNlcnZpY2UiOiJjb21wbGFpbnQiLCJ0eF9pZCI6IjAxYTIyMTEzLWEzYWMtNzIyMC05NjZlLWY3ZThlNTc5M2Q1MiIsInYiOjF9.ZKtLniOieeNWmF5ZNBMasnr-QKShIedfOWcAuzsmcgjTc7ldVXugqgFB0uuyqxKiM_OILBj9M75Mqi64GyGTMA');
INSERT INTO "transactions" VALUES('01a22113-a3ae-7104-ad33-247e0d4f3dd5','MCT-0001',1,2,'cfd34ead00684bbd5367e1577e443aee6fac8faf2bdc71cb49291f67923cfb21','8031c3e213a0bbcc9f8ce081da3a99d052d69b60b18a3019c17f5939395f14e6','0d85f2623252fa0b20f0a3899ea6a571df9385ca4c16292fc9a35c790acf53cf',1,'2026-06-01 06:30:00.000000','accepted','complaint','{"state":"registered","number":"C-2026-000002","hearing":{"starts_at":"2026-06-08T06:30:00Z","place_ar":"مكتب العمل بالداخلية، نزوى، شارع الاختبار 5، القاعة 2","place_en":"Labour Office, Ad Dakhiliyah, Nizwa, Test Street 5, Hall 2"}}','null',NULL,'eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCZXpDQ0FTQ2dBd0lCQWdJVWN1WHNNY1ViZE1UdWNwYVJKZnBsSjBvUVBPVXdDZ1lJS29aSXpqMEVBd0l3SWpFZ01CNEdBMVVFQXd3WFNYTnpkV2x1WnlCRFFTQnZaaUIwYUdVZ2RHVnpkSE13SGhjTk1qUXdNVEF4TURBd01EQXdXaGNOTXpVd01UQXhNREF3TURBd1dqQTJNUXN3Q1FZRFZRUUdFd0pQVFRFVU1CSUdBMVVFQXd3TFEyRnlaQ0JJYjJ4a1pYSXhFVEFQQmdOVkJBVVRDRGs1TURFME5USXhNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV3aFEwamYyTUlLNTk0ZitWWFVVWXdsMXZPdXNVSkxzQllhMzd4T0VPTTR2MWNRaHhqT3ZaVjgzNkNYd0hsTlJNNVRWUnV3dzhUSWZKVDA0N3NQRUNMS01nTUI0d0RBWURWUjBUQVFIL0JBSXdBREFPQmdOVkhROEJBZjhFQkFNQ0JrQXdDZ1lJS29aSXpqMEVBd0lEU1FBd1JnSWhBTXBqVVc0SmNKM0JqelVjMU9WcnRyZ0wySkNGRDRZRDVIUDFtQlZsK2Y5bEFpRUFtaE83T1B6V0laZUg3cFVIRThYQ3R3T05kOEZabTBEbG9SKzNhSHlmeUdjPSJdfQ.eyJhbnN3ZXJzIjp7ImFtb3VudF9iYWlzYSI6NDUwNTAwLCJjb21wbGFpbnRfdHlwZXMiOlsid2FnZXMiXSwiZGVzY3JpcHRpb24iOiLZhNmFINij2LPYqtmE2YUg2KPYrNix2Yog2YXZhtiwINir2YTYp9ir2Kkg2KPYtNmH2LEuIiwiZW1haWwiOiJzYWxpbUBleGFtcGxlLm9tIiwiZW1wbG95ZXIiOnsiY3JfbnVtYmVyIjoiMTUwMDA0NiIsIm5hbWUiOiLZiNix2LTYqSDYs9mF2KfYptmEINin2YTYrdiv2YrYq9ipINmE2YTZg9mH2LHYqNin2KEifSwiZXZpZGVuY2UiOlsiY29udHJhY3QiXSwiZ292ZXJub3JhdGUiOiJhZC1kYWtoaWxpeWFoIiwiaGVhcmluZ19sYW5ndWFnZSI6ImFyIiwibW9iaWxlIjoiOTEyMzQ1NjciLCJwZXJpb2QiOnsiZnJvbSI6IjIwMjYtMDEtMDEiLCJ0byI6bnVsbH0sIndpbGF5YXQiOiJzYW1haWwifSwiYXBwbGljYW50Ijp7ImNpdmlsX251bWJlciI6Ijk5MDE0NTIxIn0sImNhdGFsb2d1ZSI6IjIwMjYtMTEtMDEiLCJjb25maXJtZWRfYXQiOiIyMDI2LTA2LTAxVDA2OjMwOjAwWiIsImtpb3NrIjoiTUNULTAwMDEiLCJsYW5ndWFnZSI6ImFyIiwic2VydmljZSI6ImNvbXBsYWludCIsInR4X2lkIjoiMDFhMjIxMTMtYTNhZS03MTA0LWFkMzMtMjQ3ZTBkNGYzZGQ1IiwidiI6MX0.2cqqbcDGiKDKKTBwA1QghxCo5mYvzXjzYAfY7p4yTZE8rImwouGKZSysJrilx7mkeGYxtpATyik8TKIcH5nQBg');
INSERT INTO "transactions" VALUES('01a22113-a3ae-7104-ad33-247f3ca0df29','MCT-0001',1,3,'8031c3e213a0bbcc9f8ce081da3a99d052d69b60b18a3019c17f5939395f14e6','43bf2c3d66debfbd2e2a4bf14195bc5ff8997e93ca009a66aae09d94e080f113','2ec1e11c1979290df37cd8661124f3bbd0d56e9fc1e2e61685f4c194b01eaa99',1,'2026-06-01 06:30:00.000000','rejected',NULL,'null','{"type":"tag:manfadh.example,2026:problem:answers-invalid","title":"An answer breaks a rule of the service","status":422,"detail":"mobile: bad-mobile","code":"answers-invalid","errors":[{"field":"mobile","code":"bad-mobile"}]}',NULL,'jZedwrPJtO2KcIXbMqDgDxsWQnx21jfwQyHgkrDLEko1DSoA_S5gJ2o6IL3T5TpOIKk3oc2bVZS7w6i8tlNzlqUzpXKqgQjzD7_mq_bK0RkGTWkzVzdfeYDn3IFk0Cyb-DgYhCv8pCESjLQY942HfTscG-aWwUawHWxWBYGrT6f_a5MBFxtSz5BphCN4zwRsc76dD59bl8rKcBsU16qVM7ioqOr7KLz6sDKhUwjzV4ki8-i4G9AShiXA9ncUa_mDy---W--7agsBdzeWsxU5ynoFJG_274JRK6ecslmvlkqmASWMJ1XEvVDy6wwfz8_qBwUho7C_JERN4L_i90osPrXr9-lPoYl8EXMdzDdQCjK4PCaUD0OI72HLKp9nYSbgRpzs_sXsjmwkEAQY81rtVutLlm--O8K-qqEFvrlRdJdB0gbfOPLfG_c4Lg7GP5iZsOPf-h9Gdx4gTmttp9GP9e_Z2hNP8GyQu7M-e1MR9N5t-0QqIcenu-qfo4E6Z49fpwQmfTEXlvfW8M6DqIG-n_e7l1RGY0umZKCNLWTFyzwtikwelygTtFPIOhS4VZYi7dkLbu64XJOqJy32mo_b1wJVmuWgx-TFQFQTgmcwzhB4-VHAU76LkOUX5mM125oDQyivAvr9ryI2dcKvhRDYppAmt3buauSMnoGV7DF4Ax39H3P1JdHfSGaYZ3ErHyWkx7w-3ZxhdVeWo0sxkesoAsE2IKt0kTAnfs-8y526hQLM3e9g1P-TdIq3etzkZBR1QtAqNWXqN2DRm-ZSyf-kI4D7I9LwgG4gimmMSd2wa0F4Yyf4easg1r2jj6554vTemFECbtUFCVUfgG5LNA7eMrO5WogKSAkQEstLGIJyg0lsq7Ai2fPKkIgloLO-af0K1J0F1dMNCaUSkPPxe3IGblHgjVC5n8NgdmWpId2KeJe-qVm5NRAgx_eKlhL9VVB2bbSnXQdLnqZFqCy94DDqELIlGDRE-dP5MIxq074JADZCe7WMp12MMqaSSZDk6Cz_q5cSFrukcISZjwxHqJfQcp9W06DTl7NrGKnIrAF-WrsX8jotHB28SUnzFXWXp_9JfU6eH6aJ0RTq0jJhFtjzQtDlW1fV1wCkbRM8XTKitH1RHpEsXNI8fLMi-4A65XdqVo4xR5paFolpXYla4w0_ks0OcI3FA8Pcu7mNj5-tIUMYHRZwA4m6T4_KJN6oy0KAG304a1eI5EI6f2OEYwzMw8VCb3_i7tRqzLn7aBW1VdboBGc1OKd5Fbp9FlULJtZhpujE42_5ZgmKUsUXcNqdps1pApLIERCvaO5ktir9OO5gTaGR9fnyScYjbn9EXXk4sz7AT5hQb5ZN7MOP4OmH-ogrY19hhb0jH1KYPxWvgU0dhUccyvf4dMlvT4wRnI2tV1sQuOVZrl9gyhkc7WaXrzDHsvmaAfNmk75jBOfLSspg0zMYUAFKn_EcYPnNhYBAfT1ThQ2F7dQNz5VH4o0fPhfje2C780LsMVb-a7UOjiN-E0Tq5taYgtkNRw-V1-ngvvNkEjIEAlX27IqUvPnLtrRx1HzeDamJurfD8bgqwZsszN6MDV7TlSAql-mBnh3WHOYxPDpknX6i_jTJ6mEZxt3S0tGy3PqF0kXFmenN8haLrRu5gtT_7NCD9bnWn-0Yg_-pT1u-vBNu2qL2D0AM7bpI580R6rUHHIt-D8tzn_i1561qTNNgwfAlQPEhXKgPdZuoufJW5k_1tjANt1AA5vMpFsr8tb78O0VYA7u4gaiSFAo63OzXxI0Aa6tLS-YuXGXwoJSXrUVsbhcrHGo8BXbrp7JMQVRJGcnq-FW3Y6iaNUfxhYcbSHdrlp1BmNDpPCakpgKJDBPzotMrf36YkxFznrm5wwhT77byhtiuSYroqcRTTknEp5iQEUkSgQ5f6wGuEOmyJID6pHiXQLBZtJ3z4Lt4QGJFox-1h--A3FlIctvsL9olC514Clkq1fTI_IpSDZhRBRYqouk75281rCk19KgN54NIcUpDUTbfbanNsiRtw5PsZCwuIcnSlK9R4MONSnfKMBMgI1Ve-f-YBFXf1CASRl4OOlkoT5BOhpIAZwXxnl6Mj6stxxDdLO1H9hzDOsJJ6uObTkbD9jD_NvfdokNUlsLdBhKe2Tr9BDX47QhHDfstA9YEUtQyRkyOj6d-Ng9c_00NySlIefGVbFBURpOWdLzwr11LTOw');
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
CREATE INDEX ix_card_code_card ON card_code (card);
CREATE INDEX ix_card_code_created_at ON card_code (created_at);
CREATE INDEX ix_card_approval_card ON card_approval (card);
CREATE INDEX ix_card_approval_expires_at ON card_approval (expires_at);
CREATE INDEX ix_card_certificate_revoked_at ON card_certificate (revoked_at);
CREATE INDEX ix_card_certificate_card ON card_certificate (card);
CREATE UNIQUE INDEX card_certificate_in_force ON card_certificate (card, purpose) WHERE revoked_at IS NULL;
CREATE INDEX transactions_by_time ON transactions (received_at);
CREATE INDEX ix_complaint_civil_number ON complaint (civil_number);
CREATE INDEX ix_sent_receipt_number ON sent_receipt (number);
CREATE INDEX ix_complaint_event_number ON complaint_event (number);
COMMIT;
