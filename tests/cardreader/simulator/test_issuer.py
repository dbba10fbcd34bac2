"""The issuing state: two chains, what they sign, and that it is the same everywhere."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from cardreader.simulator import TRUST, persona, personas
from cardreader.simulator.ber import parse
from cardreader.simulator.card import Chip
from cardreader.simulator.identity import DG1, DG2, DG11, DG13, EF_SOD, identity_files
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    SIGNATURE,
    card_certificate,
    certificate_serial,
    issuer,
    load_key,
    revocation_list,
)
from tests.cardreader.simulator.making.__main__ import make_keys, make_trust

TODAY = datetime(2026, 11, 1, tzinfo=UTC)
ACTIVATED = [h for h in personas().values() if h.activated and h.chip is Chip.NATIONAL]


def data_group_hashes(lds_security_object: bytes) -> dict[int, bytes]:
    """Number to hash, read as plain DER: SEQUENCE {version, algorithm, SEQUENCE OF {n, hash}}."""
    _, _, (_, listed) = parse(parse(lds_security_object)[0][1])
    pairs = [parse(entry) for _, entry in parse(listed)]
    return {int.from_bytes(number, "big"): digest for (_, number), (_, digest) in pairs}


def security_object(files: dict[int, bytes]) -> cms.SignedData:
    ((tag, content),) = parse(files[EF_SOD])
    assert tag == 0x77
    return cms.ContentInfo.load(content, strict=True)["content"]


def signer_of(signed: cms.SignedData) -> x509.Certificate:
    """Verify the CMS signature by hand (RFC 5652, 5.4) and return who made it."""
    certificate = x509.load_der_x509_certificate(signed["certificates"][0].chosen.dump())
    (info,) = signed["signer_infos"]
    attributes = {a["type"].native: a["values"].native[0] for a in info["signed_attrs"]}
    content = signed["encap_content_info"]["content"].native
    assert attributes["message_digest"] == hashlib.sha256(content).digest()
    assert attributes["content_type"] == signed["encap_content_info"]["content_type"].native
    to_be_signed = info["signed_attrs"].untag().dump(force=True)
    certificate.public_key().verify(
        info["signature"].native, to_be_signed, ec.ECDSA(hashes.SHA256())
    )
    return certificate


@pytest.mark.parametrize("holder", ACTIVATED, ids=lambda holder: holder.id)
def test_the_security_object_is_signed_by_the_country(holder):
    signed = security_object(identity_files(holder))
    assert signed["encap_content_info"]["content_type"].dotted == "2.23.136.1.1.1"
    document_signer = signer_of(signed)
    document_signer.verify_directly_issued_by(issuer(holder.issuer).csca.certificate)
    assert document_signer.not_valid_before_utc <= TODAY <= document_signer.not_valid_after_utc


@pytest.mark.parametrize("holder", ACTIVATED, ids=lambda holder: holder.id)
def test_the_data_groups_match_their_hashes_unless_forged(holder):
    files = identity_files(holder)
    listed = data_group_hashes(security_object(files)["encap_content_info"]["content"].native)
    found = {
        number: hashlib.sha256(files[file]).digest()
        for number, file in {1: DG1, 2: DG2, 11: DG11, 13: DG13}.items()
    }
    assert set(listed) == set(found)
    assert (listed == found) is not holder.forged


def test_the_forged_card_carries_another_face_and_name():
    files = identity_files(persona("forged"))
    assert persona("forged").face not in files[DG2]
    assert persona("forged").name_ar.encode() not in files[DG11]
    assert persona("forged").civil_number.encode() in files[DG11]


def test_openssl_believes_the_security_object(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("NOT TESTED AGAINST OTHER SOFTWARE: openssl is not installed")
    ((_, content),) = parse(identity_files(persona("citizen-active"))[EF_SOD])
    (tmp_path / "sod.der").write_bytes(content)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "sod.der")]
    anchors = ["-CAfile", str(TRUST / "csca/state-csca.pem"), "-purpose", "any"]
    output = ["-out", str(tmp_path / "content.der")]
    subprocess.run([*command, *anchors, *output], check=True, capture_output=True, timeout=30)
    assert set(data_group_hashes((tmp_path / "content.der").read_bytes())) == {1, 2, 11, 13}


def test_the_unknown_issuer_is_not_the_states():
    certificate = signer_of(security_object(identity_files(persona("unknown-issuer"))))
    with pytest.raises(ValueError, match=r"[Ii]ssuer"):
        certificate.verify_directly_issued_by(issuer("state").csca.certificate)


def chain_verifier(usage: str):
    def key_usage(_policy, _certificate, value) -> None:
        if not getattr(value, usage):
            raise ValueError(f"not for {usage}")

    roots = x509.load_pem_x509_certificates((TRUST / "issuers/state-root-ca.pem").read_bytes())
    leaf = ExtensionPolicy.permit_all().require_present(
        x509.KeyUsage, Criticality.CRITICAL, key_usage
    )
    return (
        PolicyBuilder()
        .store(Store(roots))
        .time(TODAY)
        .extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=leaf)
        .build_client_verifier()
    )


@pytest.mark.parametrize("slot", [AUTHENTICATION, SIGNATURE])
@pytest.mark.parametrize("holder", ACTIVATED, ids=lambda holder: holder.id)
def test_certificates_chain_to_the_root(holder, slot):
    key = load_key(f"{holder.id}-{slot:02x}").public_key()
    certificate = card_certificate(holder, slot, key)
    intermediates = x509.load_pem_x509_certificates(
        (TRUST / "issuers/state-issuing-ca.pem").read_bytes()
    )
    usage = "digital_signature" if slot == AUTHENTICATION else "content_commitment"
    verifier = chain_verifier(usage)
    if holder.id in ("expired", "unknown-issuer"):
        with pytest.raises(VerificationError):
            verifier.verify(certificate, intermediates)
    else:
        assert len(verifier.verify(certificate, intermediates).chain) == 3


def test_what_the_certificates_say():
    holder = persona("citizen-active")
    authentication, signature = (
        card_certificate(holder, slot, load_key(f"citizen-active-{slot:02x}").public_key())
        for slot in (AUTHENTICATION, SIGNATURE)
    )
    for certificate in (authentication, signature):
        subject = {attribute.oid: attribute.value for attribute in certificate.subject}
        assert subject == {
            NameOID.COUNTRY_NAME: "OM",
            NameOID.COMMON_NAME: "Salim Hamad Said Al Harthi",
            NameOID.SERIAL_NUMBER: "99014521",
        }
        assert certificate.not_valid_before_utc.date() == holder.issued
        assert certificate.not_valid_after_utc.date() == holder.expires
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.UniformResourceIdentifier) == [holder.guid.urn]
    usage = authentication.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, False)
    purposes = authentication.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    usage = signature.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.value.digital_signature, usage.value.content_commitment) == (False, True)
    assert authentication.serial_number != signature.serial_number


def test_certificate_serials_are_distinct():
    serials = {certificate_serial(h, s) for h in ACTIVATED for s in (AUTHENTICATION, SIGNATURE)}
    assert len(serials) == 2 * len(ACTIVATED)


def test_only_the_revoked_card_is_on_the_list():
    path = TRUST / "crls/state-issuing-ca.crl.pem"
    listed = x509.load_pem_x509_crl(path.read_bytes())
    assert listed.is_signature_valid(issuer("state").issuing.certificate.public_key())
    assert {entry.serial_number for entry in listed} == {
        certificate_serial(persona("revoked"), slot) for slot in (AUTHENTICATION, SIGNATURE)
    }
    assert list(revocation_list("other")) == []


def test_what_is_shipped_is_what_the_keys_and_personas_give(tmp_path):
    make_trust(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.pem")}
    shipped = {path.relative_to(TRUST): path.read_bytes() for path in TRUST.rglob("*.pem")}
    assert made == shipped
    assert len(made) == 4


def test_computing_a_card_anew_gives_the_same_bytes():
    holder = persona("operator")
    before = identity_files(holder)
    issuer.cache_clear()
    identity_files.cache_clear()
    assert identity_files(holder) == before


def test_making_keys_completes_and_never_replaces(tmp_path):
    make_keys(tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in (TRUST.parent / "keys").iterdir())
    kept, lost = tmp_path / names[1], tmp_path / names[2]
    before = kept.read_bytes()
    lost.unlink()
    make_keys(tmp_path)
    assert kept.read_bytes() == before
    assert lost.exists()


def test_private_keys_stay_out_of_representations():
    assert "key" not in repr(issuer("state").csca).replace("certificate", "")
