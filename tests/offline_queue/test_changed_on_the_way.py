"""A proxy on the way changes what passes: nothing confirmed is set aside for it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
import requests

from offline_queue.records import State
from offline_queue.signed_requests import DIGEST_HEADER, INPUT_HEADER, SIGNATURE_HEADER
from tests.offline_queue.test_against_central import Field, on_site

__all__ = ["on_site"]


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "headers-taken-off"])
@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:-20],
        gzip.decompress,
        lambda body: body[:100] + bytes([body[100] ^ 0xFF]) + body[101:],
        lambda body: gzip.compress(gzip.decompress(body)[:-2]),
        lambda body: gzip.compress(b"<html>" + gzip.decompress(body)),
        lambda body: gzip.compress(b'{"items": []}'),
        lambda _body: b"",
    ],
    ids=["cut", "unpacked", "bit", "cut-json", "html", "other", "empty"],
)
def test_a_body_that_a_proxy_spoils_sets_nothing_aside(
    on_site: Field,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[bytes], bytes],
    signed: bool,
) -> None:
    untouched = requests.adapters.HTTPAdapter.send

    def spoil(self: Any, request: Any, **how: Any) -> requests.Response:
        if request.method == "POST":
            request.body = change(request.body)
            request.headers["Content-Length"] = str(len(request.body))
            for name in (DIGEST_HEADER, INPUT_HEADER, SIGNATURE_HEADER):
                if not signed:
                    del request.headers[name]
        return untouched(self, request, **how)

    with on_site.open() as outbox:
        kept = [on_site.complaint() for _ in range(3)]
        for each in kept:
            outbox.enqueue(each)
        syncer = on_site.syncer(outbox)
        with monkeypatch.context() as spoiling:
            spoiling.setattr(requests.adapters.HTTPAdapter, "send", spoil)
            for _ in range(4):
                on_site.clock.advance(syncer.step() or 0)
        assert outbox.status().counts[State.READY] == len(kept)
        assert on_site.effects() == []
        assert on_site.drain(outbox).pause_reason is None
        assert all(outbox.result(each.tx_id).state is State.ACCEPTED for each in kept)
    assert on_site.effects() == sorted(each.tx_id for each in kept)
