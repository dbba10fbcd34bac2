"""Who may write to the card, and what its maker has left on it: the card manager's part.

General PIV cards come with a PUK and a management key that stand in their manuals (12345678 and
0102030405060708 three times). Whoever finds such a card sets a new PIN and signs as its holder, so
both are replaced before the cardholder's PIN is set. Source: NIST SP 800-73-5 part 2, 3.2.2 and
3.2.4; SET MANAGEMENT KEY is the makers' own (docs.yubico.com, "Set management key").
"""

from __future__ import annotations

import structlog

from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    CardAuthority,
    CardSecret,
    MakersSecretKept,
    ManagementAlgorithm,
    RefusalReason,
)
from cardreader.errors import CommandRefused, PukError, PukWrong
from cardreader.issuing_application import IssuingApplication

MAKERS_PUK = b"12345678"
"""The PUK with which makers of general PIV cards deliver them."""

_log = structlog.get_logger()


def authenticate_manager(
    issuing: IssuingApplication,
    authority: CardAuthority,
    serial: str,
    record: ActivationRecord,
) -> bool:
    """Relay the mutual authentication until both sides are satisfied; whether with the new key.

    Where an earlier attempt was given a new key, nobody knows which of the two the card has. Raises
    :class:`~cardreader.authority.ActivationRefused` and what the connection raises.
    """
    given = CardSecret.MANAGEMENT_KEY in record.handed_out
    for renewed in (True, False) if given else (False,):
        if _authenticated(issuing, authority, serial, record.management_algorithm, renewed):
            return renewed
    raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)


def _authenticated(
    issuing: IssuingApplication,
    authority: CardAuthority,
    serial: str,
    algorithm: ManagementAlgorithm,
    renewed: bool,
) -> bool:
    """Whether the card took the authority's answer; raises where the authority refuses the card."""
    for ask in (False, True):
        witness = issuing.request_witness(algorithm)
        if len(witness) != algorithm.block:
            return False
        answer = authority.answer_witness(serial, witness, renewed=renewed)
        try:
            response = issuing.answer_witness(algorithm, answer.witness, answer.challenge, ask=ask)
        except CommandRefused as refused:
            _log.info("card.manager_refused", sw=f"{refused.sw:04X}")
            continue
        authority.check_response(serial, response)
        return True
    return False


def replace_makers_secrets(
    issuing: IssuingApplication,
    authority: CardAuthority,
    serial: str,
    record: ActivationRecord,
    *,
    key_renewed: bool,
) -> None:
    """Give the card a PUK and a management key of its own, where it has its maker's.

    ``key_renewed``: it has answered with its new management key already. Raises
    :class:`~cardreader.authority.MakersSecretKept` where one of them stays, having set no PIN.
    """
    if CardSecret.PUK in record.replaces:
        _replace_puk(issuing, authority, serial, CardSecret.PUK in record.handed_out)
    elif issuing.has_makers_puk():
        raise MakersSecretKept(CardSecret.PUK, "the card has its maker's PUK")
    # Last: the card counts no wrong management keys, but it counts wrong PUKs.
    if CardSecret.MANAGEMENT_KEY not in record.replaces or key_renewed:
        return
    key = authority.new_management_key(serial)
    try:
        issuing.set_management_key(record.management_algorithm, key)
    except CommandRefused as refused:
        raise MakersSecretKept(
            CardSecret.MANAGEMENT_KEY,
            f"the card has its maker's management key and does not replace it ({refused})",
        ) from None
    if not _authenticated(issuing, authority, serial, record.management_algorithm, True):
        raise ActivationRefused(RefusalReason.CARD_NOT_AUTHENTIC)


def _replace_puk(
    issuing: IssuingApplication, authority: CardAuthority, serial: str, handed_out: bool
) -> None:
    """Present the PUK that the card most likely has, and then the other one.

    A right one gives the PUK all its tries again, so an interrupted activation costs none.
    """
    change = authority.new_puk(serial)
    likely: tuple[bytes, ...] = (change.new, change.present) if handed_out else (change.present,)
    if change.present == MAKERS_PUK and not handed_out and issuing.has_makers_puk() is False:
        likely = ()  # The card says so itself; trying would cost one of its tries.
    for present in likely:
        try:
            issuing.change_puk(bytearray(present), bytearray(change.new))
        except PukWrong as wrong:
            if wrong.tries_left is not None and wrong.tries_left <= 1:
                break
        except (PukError, CommandRefused) as error:
            raise MakersSecretKept(
                CardSecret.PUK, f"the card's PUK cannot be replaced ({error})"
            ) from None
        else:
            authority.puk_replaced(serial)
            return
    raise MakersSecretKept(CardSecret.PUK, "the card's PUK is not the one it was registered with")
