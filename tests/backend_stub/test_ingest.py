"""What becomes of the items of a batch: taken once, answered the same for ever, proofs first."""

from __future__ import annotations

from offline_queue.chain import GENESIS, b64url_decode, verify_head
from offline_queue.wire import SignedHead

from .cards import Card
from .conftest import RunningCentral


def test_complaint_is_registered_with_hearing_and_notice(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    [answer] = terminal.send(terminal.complaint(card))
    assert answer["outcome"] == "accepted"
    assert answer["result"]["state"] == "registered"
    assert answer["result"]["number"] == "C-2026-000001"
    hearing = answer["result"]["hearing"]
    # Registered on Monday 1 June 10:30 in Muscat: seven full days later is Monday 8 June 10:30.
    assert hearing["starts_at"] == "2026-06-08T06:30:00Z"
    assert "نزوى" in hearing["place_ar"] and "Nizwa" in hearing["place_en"]
    [notice] = central.notices()
    assert notice["recipient"] == "+96891234567"
    assert "C-2026-000001" in notice["text_ar"] and "C-2026-000001" in notice["text_en"]
    assert "08/06/2026" in notice["text_ar"] and "10:30" in notice["text_en"]
    assert "25000005" in notice["text_ar"]
    assert card.civil_number not in str(notice)
    [received] = central.received()
    assert (received["number"], received["state"]) == ("C-2026-000001", "registered")


def test_head_is_countersigned_over_the_contiguous_prefix(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    key = b64url_decode(terminal.enrolment["head_public_key"])

    def head_of(reply_head: dict[str, object]) -> tuple[int, str]:
        statement = verify_head(key, SignedHead.model_validate(reply_head))
        assert (statement.kiosk, statement.epoch) == (terminal.kiosk, 1)
        return statement.ack_seq, statement.head

    assert head_of(central.get("/v1/kiosks/MCT-0001/head").json()) == (0, GENESIS)
    items, heads = [], []
    for _ in range(4):
        items.append(terminal.complaint(card))
        heads.append(terminal.head)
    assert head_of(terminal.post(items[0]).json()["head"]) == (1, heads[0])
    # 2 is missing: 3 and 4 are taken, but acknowledged only together with 2.
    reply = terminal.post(items[3], items[2]).json()
    assert [answer["outcome"] for answer in reply["answers"]] == ["accepted", "accepted"]
    assert head_of(reply["head"]) == (1, heads[0])
    assert head_of(terminal.post(items[1]).json()["head"]) == (4, heads[3])
    assert head_of(central.get("/v1/kiosks/MCT-0001/head").json()) == (4, heads[3])
