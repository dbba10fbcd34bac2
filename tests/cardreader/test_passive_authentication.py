"""Passive authentication: one good security object and everything that can be wrong with one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.errors import CardNotGenuine, Untrusted
from cardreader.passive_authentication import verify_security_object
from cardreader.trust import TrustStore, TrustStoreInvalid
from tests.cardreader.issuing import (
    NOW,
    Authority,
    data_groups,
    new_key,
    security_object,
    trust,
)

GROUPS = data_groups()


@pytest.fixture(scope="module")
def csca() -> Authority:
    return Authority()


def reason(ef_sod: bytes, store: TrustStore) -> Untrusted:
    with pytest.raises(CardNotGenuine) as refused:
        verify_security_object(ef_sod, store, NOW)
    return refused.value.reason


@pytest.mark.parametrize("kind", ["ecdsa-sha256", "ecdsa-sha384", "pkcs1", "pss"])
def test_a_good_security_object_is_believed(csca: Authority, kind: str) -> None:
    signer: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
        new_key() if kind.startswith("ecdsa") else rsa.generate_private_key(65537, 2048)
    )
    sod = security_object(
        GROUPS,
        signer,
        csca.issue(signer),
        digest="sha384" if kind.endswith("sha384") else "sha256",
        pss=kind == "pss",
    )
    verified = verify_security_object(sod, trust(csca), NOW)
    assert set(verified.hashes) == set(GROUPS)
    for number, content in GROUPS.items():
        verified.require(number, content)


def test_the_older_version_of_the_structure_is_believed_too(csca: Authority) -> None:
    key = new_key()
    version_3, version_1 = b"\x02\x01\x03", b"\x02\x01\x01"
    sod = security_object(GROUPS, key, csca.issue(key)).replace(version_3, version_1, 1)
    assert set(verify_security_object(sod, trust(csca), NOW).hashes) == set(GROUPS)


def test_an_authority_that_renewed_its_certificate_for_the_same_key(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key))
    old = Authority(key=csca.key, not_after=NOW - timedelta(days=1))
    store = TrustStore((old.certificate, csca.certificate), ())
    assert verify_security_object(sod, store, NOW)
    assert reason(sod, TrustStore((old.certificate,), ())) is Untrusted.SIGNER_EXPIRED


def test_a_changed_data_group_is_refused(csca: Authority) -> None:
    key = new_key()
    verified = verify_security_object(
        security_object(GROUPS, key, csca.issue(key)), trust(csca), NOW
    )
    changed = GROUPS[11][:-1] + b"9"
    for number, content in ((11, changed), (1, GROUPS[2]), (14, b"")):
        with pytest.raises(CardNotGenuine) as refused:
            verified.require(number, content)
        assert refused.value.reason is Untrusted.HASH_MISMATCH


def test_a_signature_by_another_key_is_refused(csca: Authority) -> None:
    sod = security_object(GROUPS, new_key(), csca.issue(new_key()))
    assert reason(sod, trust(csca)) is Untrusted.BAD_SIGNATURE


def test_a_digest_that_does_not_fit_the_content_is_refused(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key), digest_override=bytes(32))
    assert reason(sod, trust(csca)) is Untrusted.HASH_MISMATCH


def test_sha1_is_refused(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key), digest="sha1")
    assert reason(sod, trust(csca)) is Untrusted.BAD_SIGNATURE


def test_other_signed_content_is_refused(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key), content_type="1.2.840.113549.1.7.1")
    assert reason(sod, trust(csca)) is Untrusted.MALFORMED


def test_an_unknown_issuer_is_refused_even_under_the_same_name(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key))
    assert reason(sod, trust(Authority())) is Untrusted.UNKNOWN_ISSUER
    assert reason(sod, trust(Authority("Another"))) is Untrusted.UNKNOWN_ISSUER


def test_an_issuer_that_is_no_authority_is_refused() -> None:
    no_authority, key = Authority(ca=False), new_key()
    sod = security_object(GROUPS, key, no_authority.issue(key))
    assert reason(sod, trust(no_authority)) is Untrusted.UNKNOWN_ISSUER


def test_an_expired_signer_or_authority_is_refused(csca: Authority) -> None:
    key, yesterday = new_key(), NOW - timedelta(days=1)
    sod = security_object(GROUPS, key, csca.issue(key, not_after=yesterday))
    assert reason(sod, trust(csca)) is Untrusted.SIGNER_EXPIRED
    old = Authority(not_after=yesterday)
    sod = security_object(GROUPS, key, old.issue(key))
    assert reason(sod, trust(old)) is Untrusted.SIGNER_EXPIRED


def test_a_certificate_for_other_purposes_is_refused(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key, digital_signature=False))
    assert reason(sod, trust(csca)) is Untrusted.OTHER_PURPOSE


def test_a_revoked_signer_is_refused_by_the_right_list_only(csca: Authority) -> None:
    key = new_key()
    certificate = csca.issue(key)
    sod = security_object(GROUPS, key, certificate)
    assert reason(sod, trust(csca, None, csca.crl(certificate))) is Untrusted.SIGNER_REVOKED
    # A list that somebody else signed under the authority's name revokes nothing.
    verify_security_object(sod, trust(csca, None, Authority().crl(certificate)), NOW)


def test_no_truncation_and_no_flipped_byte_is_believed(csca: Authority) -> None:
    key = new_key()
    sod = security_object(GROUPS, key, csca.issue(key))
    store = trust(csca)
    for cut in range(0, len(sod), 37):
        assert reason(sod[:cut], store) is Untrusted.MALFORMED
    original = verify_security_object(sod, store, NOW)
    for position in range(len(sod)):
        broken = bytearray(sod)
        broken[position] ^= 0x01
        try:
            survived = verify_security_object(bytes(broken), store, NOW)
        except CardNotGenuine:
            continue
        # Some bytes (the CMS version, say) are covered by no signature: they may not matter either.
        assert survived == original


def test_trust_store_from_files(csca: Authority, tmp_path: Path) -> None:
    issuer = Authority("Test issuer")
    for folder, authority in (("csca", csca), ("issuers", issuer)):
        (tmp_path / folder).mkdir()
        pem = authority.certificate.public_bytes(Encoding.PEM)
        (tmp_path / folder / "anchor.pem").write_bytes(pem)
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "csca.pem").write_bytes(csca.crl().public_bytes(Encoding.PEM))
    store = TrustStore.load(tmp_path)
    assert store.csca == (csca.certificate,)
    assert store.card_issuers == (issuer.certificate,)
    assert len(store.crls) == 1
    (tmp_path / "issuers" / "anchor.pem").write_text("nonsense")
    with pytest.raises(TrustStoreInvalid, match=r"anchor\.pem"):
        TrustStore.load(tmp_path)
    (tmp_path / "issuers" / "anchor.pem").unlink()
    with pytest.raises(TrustStoreInvalid, match="issuers"):
        TrustStore.load(tmp_path)
