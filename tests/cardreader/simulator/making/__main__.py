"""Makes what is shipped under ``data/``: ``python -m tests.cardreader.simulator.making``.

Keys are made once and kept: a file that is there is never replaced, because every card in
circulation (and every test that knows one) depends on it. Certificates, revocation lists and faces
follow from the keys and the personas and are written anew.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cardreader import simulator
from cardreader.simulator.issuer import (
    AUTHENTICATION,
    MANAGEMENT_MASTER,
    SIGNATURE,
    CardKey,
    issuer,
    key_path,
    revocation_list,
)
from cardreader.simulator.personas import Chip, KeyType, personas
from tests.cardreader.simulator.making.faces import portrait

ISSUERS = ("state", "other")
_CURVES: dict[str, ec.EllipticCurve] = {
    "csca": ec.SECP384R1(),
    "document-signer": ec.SECP256R1(),
    "root-ca": ec.SECP384R1(),
    "issuing-ca": ec.SECP384R1(),
}


def make_keys(folder: Path) -> None:
    """Write every key that is missing from ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ISSUERS:
        for role, curve in _CURVES.items():
            _keep(folder / key_path(f"{name}-{role}"), curve)
    for holder in personas().values():
        if not holder.activated or holder.chip is not Chip.NATIONAL:
            continue
        for slot, kind in (
            (AUTHENTICATION, holder.authentication_key),
            (SIGNATURE, holder.signature_key),
        ):
            _keep(folder / key_path(f"{holder.id}-{slot:02x}"), kind)
    master = folder / MANAGEMENT_MASTER
    if not master.exists():
        document = {"algorithm": "AES-256", "key": secrets.token_hex(32)}
        master.write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")


def make_trust(folder: Path) -> None:
    """Write the trust anchors of the state: what a terminal and the central API believe in.

    ``csca/`` the country signing CA, ``issuers/`` root and issuing CA of the card certificates,
    ``crls/`` the issuing CA's revocation list. The other issuer is nowhere among them.
    """
    state = issuer("state")
    for path, document in (
        ("csca/state-csca.pem", state.csca.certificate),
        ("issuers/state-root-ca.pem", state.root.certificate),
        ("issuers/state-issuing-ca.pem", state.issuing.certificate),
        ("crls/state-issuing-ca.crl.pem", revocation_list("state")),
    ):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document.public_bytes(serialization.Encoding.PEM))


def make_faces(folder: Path) -> None:
    """Draw a portrait for every persona."""
    folder.mkdir(parents=True, exist_ok=True)
    for persona_id in personas():
        (folder / f"{persona_id}.jpg").write_bytes(portrait(persona_id))


def _keep(path: Path, kind: ec.EllipticCurve | KeyType) -> None:
    if path.exists():
        return
    path.write_bytes(
        _new_key(kind).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _new_key(kind: ec.EllipticCurve | KeyType) -> CardKey:
    if kind is KeyType.RSA_2048:
        return rsa.generate_private_key(65537, 2048)
    if isinstance(kind, ec.EllipticCurve):
        return ec.generate_private_key(kind)
    return ec.generate_private_key(ec.SECP256R1() if kind is KeyType.P_256 else ec.SECP384R1())


def main() -> None:
    """Make everything in place, where the simulated card has it."""
    data = Path(simulator.__file__).parent / "data"
    make_keys(data / "keys")
    issuer.cache_clear()
    make_trust(data / "trust")
    make_faces(data / "faces")


if __name__ == "__main__":
    main()
