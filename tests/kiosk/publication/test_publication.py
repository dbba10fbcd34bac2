"""The catalogue is published, received, and brought into force; whatever is wrong, the former
edition goes on serving.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from backend_stub.publication.keys import KeyUnusable, load_key, make_key
from backend_stub.publication.repository import PublicationError, Repository
from kiosk.publication.editions import Editions
from kiosk.publication.fetching import FolderFetcher
from kiosk.publication.receiving import NotReceived, Reason, receive
from kiosk.services import CatalogueError, load_catalogue
from tests.kiosk.publication.centre import centre_in

NEW_TITLE = 'title = { ar = "رقم سري جديد", en = "A new PIN" }'
OLD_TITLE = 'title = { ar = "تغيير الرقم السري", en = "Change your PIN" }'


@pytest.fixture
def centre(tmp_path):
    return centre_in(tmp_path / "centre")


@pytest.fixture
def editions(tmp_path):
    return Editions(tmp_path / "state" / "catalogue")


def take(centre, editions, *, program="9.0", folder=None):
    """What a terminal does with a stick from the centre."""
    source = FolderFetcher(folder or centre.directory)
    return receive(editions, centre.root, source, FolderFetcher.BASE, program)


def refused(centre, editions, **how) -> Reason:
    with pytest.raises(NotReceived) as caught:
        take(centre, editions, **how)
    return caught.value.reason


def title(catalogue) -> str:
    return catalogue.service("change-pin").title.en


def new_version(centre, text: str = NEW_TITLE) -> None:
    centre.edit(OLD_TITLE, text)
    centre.edit('version = "2026-11-01"', 'version = "2027-01-01"')


def test_an_edition_comes_into_force_when_the_terminal_says_so(centre, editions):
    assert centre.publish() == 1
    assert take(centre, editions).is_new
    assert editions.present() == 0, "received is not in force"
    editions.bring_into_force(1)
    new_version(centre)
    assert centre.publish() == 2
    received = take(centre, editions)
    assert received.edition == 2 and received.is_new
    assert title(editions.load()) == "Change your PIN"
    assert title(editions.bring_into_force(2)) == "A new PIN"
    assert title(Editions(editions.metadata.parent).load()) == "A new PIN", "after a restart"
    assert not take(centre, editions).is_new


def test_without_an_edition_the_program_serves_its_own(editions):
    assert editions.load() is load_catalogue()


def test_one_signature_of_two_is_not_enough(centre):
    centre.repository.stage(centre.draft)
    assert not centre.repository.sign(centre.content_keys[0]).complete
    with pytest.raises(PublicationError, match="1 of 2"):
        centre.repository.publish(centre.online)


def test_the_key_of_the_server_signs_no_content(centre):
    centre.repository.stage(centre.draft)
    with pytest.raises(PublicationError, match="does not sign catalogues"):
        centre.repository.sign(centre.online[0])


def test_content_keys_do_not_say_which_is_the_newest(centre):
    centre.repository.stage(centre.draft)
    for key in centre.content_keys:
        centre.repository.sign(key)
    with pytest.raises(PublicationError, match="a key of snapshot is missing"):
        centre.repository.publish(centre.content_keys)


def test_a_broken_definition_is_refused_before_anybody_signs(centre):
    centre.edit("duration_minutes = 1", "duration_minutes = 0")
    with pytest.raises(CatalogueError, match=r"change-pin\.toml:9: duration_minutes"):
        centre.repository.stage(centre.draft)


def test_a_published_version_keeps_its_content(centre):
    centre.publish()
    centre.edit(OLD_TITLE, NEW_TITLE)
    with pytest.raises(PublicationError, match="change-pin 2026-11-01"):
        centre.repository.stage(centre.draft)


def test_a_rollback_is_a_new_edition_with_former_content(centre, editions):
    centre.publish()
    new_version(centre)
    centre.publish()
    take(centre, editions)
    editions.bring_into_force(2)
    centre.repository.stage_former(1)
    assert centre.sign_and_publish() == 3
    take(centre, editions)
    assert title(editions.bring_into_force(3)) == "Change your PIN"


def test_an_old_publication_is_not_taken_after_a_newer_one(centre, editions, tmp_path):
    centre.publish()
    shutil.copytree(centre.directory, tmp_path / "old")
    new_version(centre)
    centre.publish()
    take(centre, editions)
    editions.bring_into_force(2)
    assert refused(centre, editions, folder=tmp_path / "old") is Reason.NOT_TRUSTED
    assert title(editions.load()) == "A new PIN"


@pytest.mark.parametrize("name", ["timestamp.json", "1.snapshot.json", "1.targets.json"])
def test_a_changed_document_is_not_taken(centre, editions, name):
    centre.publish()
    path = centre.directory / "metadata" / name
    document = json.loads(path.read_text())
    document["signed"]["expires"] = "2099-01-01T00:00:00Z"
    path.write_text(json.dumps(document))
    assert refused(centre, editions) is Reason.NOT_TRUSTED
    assert editions.load() is load_catalogue()


def test_a_changed_file_is_not_taken(centre, editions):
    centre.publish()
    [path] = (centre.directory / "targets" / "services").glob("*.complaint.toml")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b" ")
    assert refused(centre, editions) is Reason.NOT_TRUSTED
    assert editions.present() == 0 and not editions.has(1)


def test_a_file_that_is_missing_on_the_stick_leaves_everything_as_it_is(centre, editions):
    centre.publish()
    [path] = (centre.directory / "targets" / "services").glob("*.complaint.toml")
    path.unlink()
    assert refused(centre, editions) is Reason.UNREACHABLE
    assert not editions.has(1)


def test_an_edition_that_was_held_back_is_seen(tmp_path, editions):
    """Freeze: what says "this is the newest" was signed too long ago."""
    centre = centre_in(tmp_path / "centre", datetime.now(UTC) - timedelta(days=40))
    centre.publish()
    assert refused(centre, editions) is Reason.EXPIRED
    Repository(centre.directory, datetime.now(UTC)).refresh(centre.online)
    assert take(centre, editions).is_new


def test_another_state_s_publication_is_not_taken(centre, editions, tmp_path):
    other = centre_in(tmp_path / "other")
    other.publish()
    centre.publish()
    assert refused(centre, editions, folder=other.directory) is Reason.NOT_TRUSTED


def test_a_terminal_that_is_too_old_waits_for_its_update(centre, editions):
    centre.repository.stage(centre.draft, needs_terminal="2.1")
    centre.sign_and_publish()
    assert refused(centre, editions, program="2.0.9") is Reason.NEWER_TERMINAL
    assert take(centre, editions, program="2.1").is_new


def test_a_damaged_edition_gives_way_to_the_one_before(centre, editions):
    centre.publish()
    take(centre, editions)
    editions.bring_into_force(1)
    new_version(centre)
    centre.publish()
    take(centre, editions)
    editions.bring_into_force(2)
    (editions.metadata.parent / "2" / "services" / "change-pin.toml").write_text("id = ")
    assert title(Editions(editions.metadata.parent).load()) == "Change your PIN"


def test_key_files_are_private_and_passphrases_long(tmp_path):
    path = tmp_path / "a.pem"
    with pytest.raises(KeyUnusable, match="12 characters"):
        make_key(path, b"short")
    signer = make_key(path, b"a passphrase of its own")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    loaded = load_key(path, b"a passphrase of its own")
    assert loaded.public_key.keyid == signer.public_key.keyid
    with pytest.raises(KeyUnusable, match="another passphrase"):
        load_key(path, b"not this passphrase")
    with pytest.raises(KeyUnusable, match="cannot be written"):
        make_key(path, None)
