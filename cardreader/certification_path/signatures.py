"""Who signed a certificate: keys, also those with explicit curve parameters, and algorithms."""

from __future__ import annotations

from functools import lru_cache

from asn1crypto import keys as asn1_keys, x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

_HASHES = (hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512)
_LEAST_RSA_BITS = 2048
_CURVES: tuple[ec.EllipticCurve, ...] = (
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.SECP521R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
    ec.BrainpoolP512R1(),
)


class KeyUnusable(ValueError):
    """The certificate's public key is of a kind that no rule here allows."""


@lru_cache(maxsize=256)
def public_key_of(certificate: x509.Certificate) -> PublicKey:
    """The public key: RSA of 2048 bits or more, or one of six curves, by name or spelled out.

    Doc 9303-12 wants curve parameters spelled out; ``cryptography`` knows those of the three NIST
    curves. Raises :class:`KeyUnusable`.
    """
    try:
        key: object = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = _with_explicit_parameters(certificate)
    if isinstance(key, ec.EllipticCurvePublicKey) and any(
        isinstance(key.curve, type(curve)) for curve in _CURVES
    ):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    raise KeyUnusable("the key is of a kind that is not used here")


def has_signed(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the issuer's key made the certificate's signature, with a hash of SHA-2.

    Any salt length of RSASSA-PSS counts: the certificate says which (RFC 4055, 3.1).
    """
    try:
        key = public_key_of(issuer)
        digest = certificate.signature_hash_algorithm
        how = certificate.signature_algorithm_parameters
        if not isinstance(digest, _HASHES):
            return False
        signed = certificate.tbs_certificate_bytes
        if isinstance(key, rsa.RSAPublicKey) and isinstance(how, padding.PKCS1v15 | padding.PSS):
            key.verify(certificate.signature, signed, how, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(how, ec.ECDSA):
            key.verify(certificate.signature, signed, how)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def has_signed_list(issuer: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    """The same for a revocation list."""
    try:
        return isinstance(crl.signature_hash_algorithm, _HASHES) and crl.is_signature_valid(
            public_key_of(issuer)
        )
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False


def _with_explicit_parameters(certificate: x509.Certificate) -> object:
    """The key on the known curve whose parameters are spelled out (RFC 3279, 2.3.5)."""
    try:
        parsed = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
        spki = parsed["tbs_certificate"]["subject_public_key_info"]
        parameters = spki["algorithm"]["parameters"]
        if spki["algorithm"]["algorithm"].native != "ec" or parameters.name != "specified":
            raise KeyUnusable("the key is of a kind that is not used here")
        told = _parameters(parameters.chosen)
        point = bytes(spki["public_key"].native)
        for curve in _CURVES:
            if told == _KNOWN.get(curve.name):
                return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except KeyUnusable:
        raise
    except (ValueError, TypeError, KeyError) as error:
        raise KeyUnusable("the key's curve parameters are malformed") from error
    raise KeyUnusable("the key's curve is not one that is used here")


def _parameters(told: asn1_keys.SpecifiedECDomain) -> tuple[int, ...]:
    """p, a, b, the base point's x, n and the cofactor; y is left to the point's own check."""
    curve = told["curve"]
    base = bytes(told["base"].native)
    size = (len(base) - 1) // 2 if base[:1] == b"\x04" else len(base) - 1
    cofactor = told["cofactor"].native
    return (
        told["field_id"]["parameters"].native,
        int.from_bytes(curve["a"].native, "big"),
        int.from_bytes(curve["b"].native, "big"),
        int.from_bytes(base[1 : 1 + size], "big"),
        told["order"].native,
        1 if cofactor is None else cofactor,
    )


def _numbers(*words: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in words)


_KNOWN = {
    "brainpoolP256r1": _numbers(
        "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
        "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
        "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
        "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
        "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
        "1",
    ),
    "brainpoolP384r1": _numbers(
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71"
        "874700133107EC53",
        "7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB"
        "04A8C7DD22CE2826",
        "4A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943"
        "AB78696FA504C11",
        "1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AA"
        "EF87B2E247D4AF1E",
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC310"
        "3B883202E9046565",
        "1",
    ),
    "brainpoolP512r1": _numbers(
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842"
        "AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3",
        "7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA1"
        "0A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CA",
        "3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D"
        "77FC94CADC083E67984050B75EBAE5DD2809BD638016F723",
        "81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D"
        "50D1687B93B97D5F7C6D5047406A5E688B352209BCB9F822",
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA92619"
        "418661197FAC10471DB1D381085DDADDB58796829CA90069",
        "1",
    ),
}
"""p, a, b, x of the base point, n, h (RFC 5639, 3.4, 3.6, 3.7)."""
