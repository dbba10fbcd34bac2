"""Revocation lists that are renewed: whose is believed, which one counts, how old it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.certification_path import Purpose
from cardreader.certification_path.revocation import RevocationListInvalid
from cardreader.errors import CardNotGenuine, Untrusted
from cardreader.simulator import TRUST, persona
from cardreader.simulator.issuer import BEGIN
from cardreader.trust import TrustStore

from .issuing import NOW, Authority, new_key, trust
from .opening import open_persona

ISSUER = Authority("Test issuer")
CARD = ISSUER.issue(new_key())
LISTED = 60
"""Days before NOW at which :meth:`Authority.crl` makes its lists, unless it is told."""


@pytest.fixture
def store() -> TrustStore:
    return trust(Authority(), ISSUER)


def der(crl: x509.CertificateRevocationList) -> bytes:
    return crl.public_bytes(Encoding.DER)


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
def test_a_list_of_an_anchor_counts_from_when_it_came(store, encoding):
    store.require_card_issued(CARD, Purpose.SIGN_IN, NOW)
    assert store.revocations_as_of(CARD) is None
    later = store.with_revocation_list(ISSUER.crl(CARD).public_bytes(encoding))
    with pytest.raises(CardNotGenuine) as refused:
        later.require_card_issued(CARD, Purpose.SIGN_IN, NOW)
    assert refused.value.reason is Untrusted.SIGNER_REVOKED
    assert later.revocations_as_of(CARD) == NOW - timedelta(days=LISTED)
    assert later.revocations_as_of() == NOW - timedelta(days=LISTED)


def test_a_list_that_no_anchor_signed_is_refused(store):
    same_name = Authority("Test issuer")
    for encoded in (
        der(same_name.crl()),
        der(Authority("Another").crl()),
        b"",
        b"0\x03\x02\x01\x01",
    ):
        with pytest.raises(RevocationListInvalid):
            store.with_revocation_list(encoded)


def test_an_earlier_list_played_again_undoes_no_revocation(store):
    early = ISSUER.crl()
    late = ISSUER.crl(CARD, made=NOW - timedelta(days=1))
    held = store.with_revocation_list(der(late)).with_revocation_list(der(early))
    assert held.revocations_as_of(CARD) == NOW - timedelta(days=1)
    with pytest.raises(CardNotGenuine):
        held.require_card_issued(CARD, Purpose.SIGN_IN, NOW)


def test_a_new_list_takes_the_place_of_the_old_and_leaves_those_of_others(store):
    csca = Authority()
    held = trust(csca, ISSUER, csca.crl(), ISSUER.crl(CARD))
    renewed = held.with_revocation_list(der(ISSUER.crl(made=NOW)))
    assert len(renewed.crls) == 2
    # It was taken off the list: a certificate on hold may come back (RFC 5280, 5.3.1).
    renewed.require_card_issued(CARD, Purpose.SIGN_IN, NOW)
    assert renewed.revocations_as_of() == NOW


def test_a_list_of_another_authority_says_nothing_about_a_card(store):
    csca = Authority()
    held = trust(csca, ISSUER, csca.crl())
    assert held.revocations_as_of(CARD) is None
    assert held.revocations_as_of() is None


def test_a_card_tells_how_far_its_certificate_was_checked():
    card = open_persona("citizen-active")
    assert card.revocations_as_of("signature") == BEGIN
    assert persona("citizen-active").issuer == "state"
    assert TrustStore.load(TRUST).revocations_as_of() == BEGIN
