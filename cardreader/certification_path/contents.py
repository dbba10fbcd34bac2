"""What of a certificate decides anything. The rest of it may be as odd as it likes.

Each extension is decoded by itself and only if a rule needs it: a text in the wrong encoding in an
extension that decides nothing must not keep its holder from being known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from asn1crypto import core, x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

BASIC_CONSTRAINTS = "2.5.29.19"
KEY_USAGE = "2.5.29.15"
NAME_CONSTRAINTS = "2.5.29.30"
POLICIES = "2.5.29.32"
POLICY_MAPPINGS = "2.5.29.33"
POLICY_CONSTRAINTS = "2.5.29.36"
INHIBIT_ANY_POLICY = "2.5.29.54"
ALTERNATIVE_NAMES = "2.5.29.17"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_REVOCATION_POINTS = "2.5.29.31"

_UNDERSTOOD = frozenset(
    {
        BASIC_CONSTRAINTS,
        KEY_USAGE,
        NAME_CONSTRAINTS,
        POLICIES,
        POLICY_MAPPINGS,
        POLICY_CONSTRAINTS,
        INHIBIT_ANY_POLICY,
        ALTERNATIVE_NAMES,
        _EXTENDED_KEY_USAGE,
        _REVOCATION_POINTS,
    }
)
"""Extensions that may be critical (RFC 5280, 4.2): those with a rule here, and two that restrict
uses which do not occur. Any other critical one makes the certificate unusable."""


class Malformed(ValueError):
    """A part of the certificate that decides something cannot be read."""


class _PolicyInformation(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """A policy; its qualifiers are texts for people and decide nothing (4.2.1.4)."""

    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("identifier", core.ObjectIdentifier),
        ("qualifiers", core.Any, {"optional": True}),
    ]


class _Policies(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = _PolicyInformation


@dataclass(frozen=True, slots=True)
class Contents:
    """One certificate's deciding parts. Made by :func:`contents_of`."""

    version: int
    """3 for a certificate with extensions."""
    subject: asn1.Name
    issuer: asn1.Name
    unknown_critical: frozenset[str]
    """Critical extensions that no rule here understands, by object identifier."""
    is_authority: bool | None
    """cA of basicConstraints; ``None``: there is none."""
    path_length: int | None
    key_usage: frozenset[str] | None
    """asn1crypto's names: ``digital_signature``, ``non_repudiation``, ``key_cert_sign``, …"""
    policies: frozenset[str] | None
    policy_mappings: tuple[tuple[str, str], ...]
    require_explicit_policy: int | None
    inhibit_policy_mapping: int | None
    inhibit_any_policy: int | None
    name_constraints: Any
    """asn1crypto's ``NameConstraints``, or ``None``."""
    alternative_names: bytes | None
    """DER, read only where a name constraint asks for it."""

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name (6.1)."""
        return self.subject.dump() == self.issuer.dump() or bool(self.subject == self.issuer)


@lru_cache(maxsize=256)
def contents_of(certificate: x509.Certificate) -> Contents:
    """Read what decides. Raises :class:`Malformed`."""
    try:
        return _read(asn1.Certificate.load(certificate.public_bytes(Encoding.DER)))
    except Malformed:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise Malformed("the certificate's structure") from error


def _read(certificate: asn1.Certificate) -> Contents:
    tbs = certificate["tbs_certificate"]
    values: dict[str, bytes] = {}
    unknown: set[str] = set()
    for extension in tbs["extensions"]:
        identifier = extension["extn_id"].dotted
        if identifier in values:
            raise Malformed("an extension is there twice")
        values[identifier] = extension["extn_value"].contents
        if extension["critical"].native and identifier not in _UNDERSTOOD:
            unknown.add(identifier)
    basic = _decoded(values, BASIC_CONSTRAINTS, asn1.BasicConstraints)
    usage = _decoded(values, KEY_USAGE, asn1.KeyUsage)
    policies = _decoded(values, POLICIES, _Policies)
    mappings = _decoded(values, POLICY_MAPPINGS, asn1.PolicyMappings)
    constraints = _decoded(values, POLICY_CONSTRAINTS, asn1.PolicyConstraints)
    inhibit_any = _decoded(values, INHIBIT_ANY_POLICY, core.Integer)
    named = None if policies is None else [one["identifier"].dotted for one in policies]
    if named is not None and (not named or len(set(named)) != len(named)):
        raise Malformed("certificatePolicies")
    return Contents(
        version=3 if tbs["version"].native == "v3" else 1,
        subject=tbs["subject"],
        issuer=tbs["issuer"],
        unknown_critical=frozenset(unknown),
        is_authority=None if basic is None else bool(basic["ca"].native),
        path_length=None if basic is None else basic["path_len_constraint"].native,
        key_usage=None if usage is None else frozenset(usage.native),
        policies=None if named is None else frozenset(named),
        policy_mappings=()
        if mappings is None
        else tuple(
            (one["issuer_domain_policy"].dotted, one["subject_domain_policy"].dotted)
            for one in mappings
        ),
        require_explicit_policy=_skip_certificates(constraints, "require_explicit_policy"),
        inhibit_policy_mapping=_skip_certificates(constraints, "inhibit_policy_mapping"),
        inhibit_any_policy=None if inhibit_any is None else _not_negative(inhibit_any.native),
        name_constraints=_decoded(values, NAME_CONSTRAINTS, asn1.NameConstraints),
        alternative_names=values.get(ALTERNATIVE_NAMES),
    )


def _decoded(values: dict[str, bytes], identifier: str, kind: Any) -> Any:
    encoded = values.get(identifier)
    if encoded is None:
        return None
    try:
        parsed = kind.load(encoded, strict=True)
        # asn1crypto reads when it is asked; asking for everything finds what is malformed.
        if identifier != POLICIES:
            _ = parsed.native
        return parsed
    except (ValueError, TypeError, KeyError) as error:
        raise Malformed(f"extension {identifier}") from error


def _skip_certificates(constraints: Any, name: str) -> int | None:
    return None if constraints is None else _not_negative(constraints[name].native)


def _not_negative(number: int | None) -> int | None:
    if number is not None and number < 0:
        raise Malformed("a number of certificates is negative")
    return number
