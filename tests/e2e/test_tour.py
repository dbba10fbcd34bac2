"""The tour as a stranger runs it: every journey passes, and its receipts prove themselves."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.tour import JOURNEYS
from tests.e2e.commands import kiosk, running

pytestmark = pytest.mark.timeout(300)  # for a machine that has other things to do
PATIENCE = 250.0

TOLD = (
    "complaint-online",
    "complaint-offline-then-sync",
    "complaint-with-evidence",
    "wrong-pin-then-right",
    "card-removed",
    "printer-out-of-paper",
    "forged-card",
)
"""The journeys that must always be there; the tour may have more."""

PORTRAIT = "1080x1920"
LANDSCAPE = "1920x1080"
REQUIRED = {
    "name": str,
    "language": str,
    "size": str,
    "result": str,
    "seconds": float,
    "steps": list,
    "screenshots": list,
    "receipts": list,
}


@dataclass(frozen=True)
class Tour:
    """What a tour left behind."""

    out: Path
    state: Path
    code: int
    said: str

    @property
    def journeys(self) -> dict[str, dict[str, Any]]:
        """The report by name of the journey."""
        report = json.loads((self.out / "report.json").read_text("utf-8"))
        return {journey["name"]: journey for journey in report["journeys"]}


@pytest.fixture(scope="module")
def tours(tmp_path_factory) -> dict[str, Tour]:
    """Every journey in Arabic and upright, in two halves; one in English and wide. All at once."""
    half = [("--journey", name) for name in JOURNEYS]
    arabic = ("--language", "ar", "--size", PORTRAIT)
    wanted = {
        "ar": (*arabic, *itertools.chain(*half[0::2])),
        "ar-too": (*arabic, *itertools.chain(*half[1::2])),
        "en": ("--language", "en", "--size", LANDSCAPE, "--journey", "complaint-online"),
    }
    folders = {name: tmp_path_factory.mktemp(f"tour-{name}") for name in wanted}
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(
                running(
                    *("tour", "--out", folder / "out", "--state-directory", folder / "state"),
                    *wanted[name],
                )
            )
            for name, folder in folders.items()
        }
        return {
            name: Tour(
                folders[name] / "out",
                folders[name] / "state",
                said=process.communicate(timeout=PATIENCE)[0],
                code=process.returncode,
            )
            for name, process in processes.items()
        }


def test_every_journey_passes_in_arabic_upright(tours):
    passed = []
    for tour in (tours["ar"], tours["ar-too"]):
        assert tour.code == 0, tour.said
        for name, journey in tour.journeys.items():
            assert journey["result"] == "passed", journey
            assert (journey["language"], journey["size"]) == ("ar", PORTRAIT)
            passed.append(name)
    assert sorted(passed) == sorted(JOURNEYS)
    assert set(TOLD) <= set(JOURNEYS)


def test_the_complaint_passes_in_english_and_wide(tours):
    tour = tours["en"]
    assert tour.code == 0, tour.said
    [journey] = tour.journeys.values()
    assert (journey["name"], journey["result"]) == ("complaint-online", "passed")
    assert (journey["language"], journey["size"]) == ("en", LANDSCAPE)


def test_the_report_says_what_was_done_and_seen(tours):
    for tour in tours.values():
        for journey in tour.journeys.values():
            for key, kind in REQUIRED.items():
                assert isinstance(journey[key], kind), (journey["name"], key)
            assert set(journey) - {"reason"} == {*REQUIRED, "tx_id"}
            assert journey["steps"] and journey["seconds"] > 0
            width, height = (int(side) for side in journey["size"].split("x"))
            assert len(set(journey["screenshots"])) == len(journey["steps"])
            for picture in journey["screenshots"]:
                with Image.open(tour.out / picture) as image:
                    assert image.size == (width, height)
                # A page of one colour is a picture of two or three kilobytes.
                assert (tour.out / picture).stat().st_size > 12_000, picture
            for receipt in journey["receipts"]:
                assert (tour.out / receipt).stat().st_size > 0


@pytest.mark.parametrize(
    ("name", "files", "papers"),
    [
        ("complaint-online", True, [".png", ".bin"]),
        ("complaint-offline-then-sync", True, [".png", ".bin"]),
        ("complaint-with-evidence", True, [".png", ".bin"]),
        ("printer-out-of-paper", True, []),
        ("wrong-pin-then-right", False, []),
        ("card-removed", False, []),
        ("forged-card", False, []),
    ],
)
def test_a_journey_names_the_transaction_it_made_and_the_paper_it_left(tours, name, files, papers):
    _, journey = find(tours, name)
    assert bool(journey["tx_id"]) is files
    assert [Path(path).suffix for path in journey["receipts"]] == papers


@pytest.mark.parametrize(
    ("which", "name", "state"),
    [
        ("ar", "complaint-online", "confirmed"),
        ("ar", "complaint-offline-then-sync", "queued"),
        ("en", "complaint-online", "confirmed"),
    ],
)
def test_the_receipt_on_paper_verifies_and_one_changed_character_does_not(
    tours, which, name, state
):
    tour, journey = find(tours, name, which)
    text = read_qr(tour.out / journey["receipts"][0])
    where = ("--state-directory", tour.state)

    good = kiosk("receipt", "verify", text, "--json", *where)
    assert good.code == 0, good.errors
    answer = json.loads(good.output)
    assert answer["valid"] is True
    assert (answer["tx_id"], answer["state"]) == (journey["tx_id"], state)
    assert answer["simulated"] is True
    assert kiosk("receipt", "verify", "-", *where, stdin=text + "\n").code == 0

    # Any one character, changed to another that may stand there.
    for position in range(len(text) - 4, len(text) // 2, -29):
        other = "7" if text[position] != "7" else "8"
        changed = f"{text[:position]}{other}{text[position + 1 :]}"
        bad = kiosk("receipt", "verify", changed, "--json", *where)
        assert bad.code == 1, (position, bad)
        assert json.loads(bad.output)["valid"] is False


def test_a_receipt_of_an_unknown_terminal_is_not_valid(tours, tmp_path):
    tour, journey = find(tours, "complaint-online")
    text = read_qr(tour.out / journey["receipts"][0])
    stranger = kiosk("receipt", "verify", text, "--state-directory", tmp_path)
    assert stranger.code == 1
    assert "Traceback" not in stranger.errors


def test_the_log_of_a_tour_names_nobody(tours):
    for tour in tours.values():
        log = (tour.out / "kiosk.log").read_text("utf-8")
        assert all(isinstance(json.loads(line), dict) for line in log.splitlines())
        for secret in ("99014521", "990358174", "246813", "591374", "سالم", "Salim", "أجري"):
            assert secret not in log


def find(tours: dict[str, Tour], name: str, language: str = "ar") -> tuple[Tour, dict[str, Any]]:
    """The journey of this name, and the tour that it is part of."""
    return next(
        (tour, tour.journeys[name])
        for which, tour in tours.items()
        if which.startswith(language) and name in tour.journeys
    )


def read_qr(picture: Path) -> str:
    """What zbarimg, software of somebody else, reads on the paper."""
    if shutil.which("zbarimg") is None:
        pytest.skip("RECEIPT NOT READ BY OTHER SOFTWARE: zbarimg is missing (apt: zbar-tools)")
    done = subprocess.run(
        ["zbarimg", "--raw", "--quiet", str(picture)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
