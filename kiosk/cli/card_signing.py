"""``kiosk card sign``: a file, signed with the cardholder's signature key."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cardreader.channel import wipe
from cardreader.cms import sign_cms
from cardreader.errors import CardNotGenuine, CardProtocolError, ObjectNotFound, PinError
from cardreader.jws import sign_compact
from cardreader.national_id import NationalIdCard
from cardreader.pki import KeyPurpose
from kiosk.cli.card_options import (
    NotActivated,
    PinStdin,
    Place,
    Reader,
    Trust,
    refuse_because,
    require_activated,
)
from kiosk.cli.options import ConfigFile, Json
from kiosk.cli.outcome import answer, read_pin


class Format(StrEnum):
    """What ``sign`` writes."""

    RAW = "raw"
    JWS = "jws"
    CMS = "cms"


def sign(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What to sign.")],
    out: Annotated[Path, typer.Option(help="Where the signature goes.")],
    form: Annotated[Format, typer.Option("--format")] = Format.JWS,
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Sign a file with the card's signature key.

    raw: the bare signature (ECDSA as r || s). jws: compact, the file inside. cms: SignedData in
    DER, the file inside; `openssl cms -verify -inform DER` reads it.
    """
    message = file.read_bytes()
    _require_writable(out)
    pin = read_pin(pin_stdin)

    def act(card: NationalIdCard) -> tuple[str, bytes]:
        require_activated(card)
        if form is Format.RAW:
            signature = card.sign(KeyPurpose.SIGNATURE, message, pin)
            return signature.algorithm.value, signature.value
        if form is Format.CMS:
            now = datetime.now(UTC)
            return "cms", sign_cms(card, KeyPurpose.SIGNATURE, message, pin, now)
        jws = sign_compact(card, KeyPurpose.SIGNATURE, message, pin, "JOSE")
        return "jws", jws.encode("ascii")

    try:
        algorithm, signature = Place(reader, trust, config).with_card(act)
    except ObjectNotFound:
        refuse_because(NotActivated(), "signed", as_json=as_json)
    except (NotActivated, PinError, CardNotGenuine, CardProtocolError, ValueError) as error:
        refuse_because(error, "signed", as_json=as_json)
    finally:
        wipe(pin)
    out.write_bytes(signature)
    value = {"signed": True, "algorithm": algorithm, "bytes": len(signature)}
    answer(value, as_json=as_json, text=f"{out}: {algorithm}, {len(signature)} bytes.")


def _require_writable(out: Path) -> None:
    """Found out before anybody enters a PIN."""
    folder = out.parent
    if (
        out.is_dir()
        or not folder.is_dir()
        or not os.access(out if out.exists() else folder, os.W_OK)
    ):
        raise typer.BadParameter(f"{out} cannot be written", param_hint="--out")
