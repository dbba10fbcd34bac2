"""Whose certificates count: one set of rules for terminal and central API (RFC 5280, section 6).

What a terminal takes and confirms, the central API must not refuse later, so both ask here. The
package knows neither of them; it depends on ``cryptography`` and ``asn1crypto`` alone.

``cryptography.x509.verification`` is not used: as of version 50 it refuses every critical
certificatePolicies, policyConstraints and inhibitAnyPolicy, directory-name constraints, all
Brainpool curves and all salt lengths but one, and compares names by bytes. National PKIs use all of
these. Signatures, keys and certificates are its work nevertheless, names are asn1crypto's.

========================== ==============================================================
``path``                   building and walking a path (6.1), for a purpose and a time
``policies``               the policies that remain valid along it (6.1.3 d to f; RFC 9618)
``names``                  comparing names (7.1), name constraints (4.2.1.10)
``contents``               what of a certificate decides anything, read piece by piece
``signatures``             keys, explicit curve parameters, signature algorithms
========================== ==============================================================
"""

from cardreader.certification_path.contents import Contents, Malformed, contents_of
from cardreader.certification_path.names import same_name
from cardreader.certification_path.path import (
    PathFault,
    PathInvalid,
    Purpose,
    is_issued_by,
    validate,
)
from cardreader.certification_path.signatures import KeyUnusable, public_key_of

__all__ = [
    "Contents",
    "KeyUnusable",
    "Malformed",
    "PathFault",
    "PathInvalid",
    "Purpose",
    "contents_of",
    "is_issued_by",
    "public_key_of",
    "same_name",
    "validate",
]
