"""A terminal takes a newer catalogue over HTTP, and only while nobody stands in front of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from structlog.testing import capture_logs

from kiosk.publication.editions import Editions
from kiosk.services import load_catalogue
from kiosk.workers.catalogue_updates import CatalogueUpdates, Source
from tests.kiosk.publication.centre import centre_in
from tests.kiosk.publication.test_publication import new_version, title


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder below ``/v1/catalogue/`` without a word."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/v1/catalogue"))

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def centre(tmp_path):
    centre = centre_in(tmp_path / "centre")
    centre.publish()
    return centre


@pytest.fixture
def url(centre) -> Iterator[str]:
    serve = partial(Quiet, directory=str(centre.directory))
    server = ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(centre, url) -> Source:
    return Source(centre.directory / "metadata" / "1.root.json", url)


@pytest.fixture
def editions(tmp_path) -> Editions:
    return Editions(tmp_path / "state" / "catalogue")


def updates_of(source: Source, editions: Editions, catalogue, told: list) -> CatalogueUpdates:
    ready = partial(told.append, 1)
    return CatalogueUpdates(source, editions, catalogue, program="1.0", ready=ready)


def test_a_newer_edition_waits_for_the_end_of_the_visit(centre, source, editions):
    catalogue, told = load_catalogue().copy(), []
    updates = updates_of(source, editions, catalogue, told)
    new_version(centre)
    centre.publish()
    assert updates._turn() == 3600
    assert told and title(catalogue) == "Change your PIN", "somebody may be there"
    updates.take_effect()
    assert title(catalogue) == "A new PIN"
    assert title(load_catalogue()) == "Change your PIN", "the program's own is nobody's to change"
    told.clear()
    updates._turn()
    assert not told, "it is in force already"


def test_what_is_in_force_is_found_again_after_a_restart(centre, source, editions):
    updates = updates_of(source, editions, load_catalogue().copy(), [])
    new_version(centre)
    centre.publish()
    updates._turn()
    updates.take_effect()
    assert title(Editions(editions.metadata.parent).load()) == "A new PIN"


def test_a_central_api_that_is_silent_is_asked_again_later(source, editions):
    catalogue, told = load_catalogue().copy(), []
    silent = Source(source.root, "http://127.0.0.1:9")
    with capture_logs() as logs:
        assert updates_of(silent, editions, catalogue, told)._turn() == 900
    assert [each["reason"] for each in logs] == ["unreachable"]
    assert not told and title(catalogue) == "Change your PIN"


def test_a_damaged_disk_leaves_the_former_in_force(centre, source, editions):
    catalogue = load_catalogue().copy()
    updates = updates_of(source, editions, catalogue, [])
    new_version(centre)
    centre.publish()
    updates._turn()
    edition = editions.metadata.parent / "2" / "services" / "change-pin.toml"
    edition.write_text("id = ", "utf-8")
    with capture_logs() as logs:
        updates.take_effect()
    assert [each["event"] for each in logs] == ["catalogue.not_in_force"]
    assert title(catalogue) == "Change your PIN"
    told: list = []
    updates._ready = lambda: told.append(1)
    updates._turn()
    assert not told, "what could not be read is not tried for ever"


def test_without_a_root_nothing_is_asked(source, editions):
    alone = Source(None, source.url)
    updates = updates_of(alone, editions, load_catalogue().copy(), [])
    updates.start()
    assert not updates.thread.is_alive()
