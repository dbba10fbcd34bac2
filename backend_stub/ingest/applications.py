"""From an item of a batch to a believed application: every proof, no database.

The terminal's proof comes first (who sent this record), then the citizen's (who signed this
application). Each check that fails has its own problem code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from backend_stub.cases.definitions import Definitions, Named
from backend_stub.ground.central import Central
from backend_stub.ground.trust import Purpose
from backend_stub.ground.types import CivilNumber, KioskId, ServerModel, Sha256Hex, TxId
from backend_stub.people.card_signatures import SignatureRefused, holder, read_signed
from kiosk.services import ServiceKind
from kiosk.services.catalogue import validate
from kiosk.services.definition import Role
from kiosk.services.facts import Fact
from kiosk.services.fields import Situation
from kiosk.services.oman_time import MUSCAT
from kiosk.services.places import Places
from offline_queue.chain import (
    ChainBroken,
    b64url_decode,
    check_terms,
    envelope_hash,
    verify_notice,
    verify_record,
)
from offline_queue.sealing import SealBroken, associated_data, open_sealed
from offline_queue.wire import (
    ATTACHMENT_MAX_BYTES,
    ATTACHMENTS_MAX,
    ENVELOPE_MAX_BYTES,
    BatchItem,
    BatchRequest,
    ItemKind,
    Mistake,
)

SCHEMA_VERSION: Final = 2
"""Newest envelope schema that this central API reads."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]

# RFC 3339 in UTC; the first digit keeps the year where every time zone can follow.
_RFC3339_UTC: Final = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")

log = structlog.get_logger()


def _utc_text(value: object) -> object:
    if not isinstance(value, str) or not _RFC3339_UTC.fullmatch(value):
        raise ValueError("not a time in UTC")
    return value


class Applicant(ServerModel):
    """Who files the application."""

    civil_number: CivilNumber


class StaleRevocations(ServerModel):
    """The terminal's mark: it could check the card against an old revocation list only."""

    as_of: Annotated[AwareDatetime, BeforeValidator(_utc_text)] | None
    """When that list was made; ``None``: it had none of this issuer."""


class SignedAttachment(ServerModel):
    """A paper that the citizen signs for: the picture itself, before it was sealed."""

    sha256: Sha256Hex
    size: Annotated[int, Field(ge=1, le=ATTACHMENT_MAX_BYTES)]
    type: Literal["image/jpeg", "image/png"]


class ReliedOn(ServerModel):
    """What the registries had said at the terminal, as far as it decided something there."""

    id: Identifier
    as_of: Annotated[AwareDatetime, BeforeValidator(_utc_text)]
    values: Annotated[dict[str, Any], Field(max_length=200)]


class Quoted(ServerModel):
    """The price that was shown before the signature."""

    sha256: Sha256Hex
    total_baisa: Annotated[int, Field(ge=0, le=2**53 - 1)]


class ApplicationPayload(ServerModel):
    """What the citizen signs: the payload of the JWS, as RFC 8785 canonical JSON.

    Version 1 names the service's definition by its version alone and waits in outboxes still;
    version 2 names its bytes, and what it relied on.
    """

    v: Literal[1, 2]
    tx_id: TxId
    kiosk: KioskId
    service: Identifier
    catalogue: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]
    """Version of the service's definition at the terminal."""
    language: Literal["ar", "en"]
    applicant: Applicant
    answers: Annotated[dict[str, Any], Field(max_length=200)]
    confirmed_at: Annotated[AwareDatetime, BeforeValidator(_utc_text)]
    stale_revocations: StaleRevocations | None = None
    attachments: Annotated[list[SignedAttachment], Field(max_length=ATTACHMENTS_MAX)] = Field(
        default=[]
    )
    """In the order in which the item names what is uploaded."""
    definition_sha256: Sha256Hex | None = None
    facts: Annotated[list[ReliedOn], Field(max_length=50)] = Field(default=[])
    quote: Quoted | None = None
    signers: Annotated[list[Role], Field(max_length=4)] = Field(default=[])
    """Who signed, in order."""

    @model_validator(mode="after")
    def _has_what_its_version_has(self) -> ApplicationPayload:
        newer = {"definition_sha256", "facts", "quote", "signers"}
        if self.v == 1 and self.model_fields_set & newer:
            raise ValueError("version 1 has no such member")
        if self.v != 1 and self.definition_sha256 is None:
            raise ValueError("the definition is not named")
        return self


@dataclass(frozen=True, slots=True)
class Application:
    """An application that was signed by the person it names, with answers that fit the service."""

    payload: ApplicationPayload = field(repr=False)
    document: str = field(repr=False)
    """The compact JWS as it was signed."""
    definition: Named


class ItemRefused(Exception):
    """An item that is not taken; ``code`` is one of :mod:`backend_stub.ground.problems`."""

    def __init__(self, code: str, detail: str = "", errors: Sequence[Mistake] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors


class RecordRefused(ItemRefused):
    """The terminal's proof fails: the item cannot be attributed and leaves no trace."""


class ApplicationRefused(ItemRefused):
    """The terminal's proof holds, the application breaks a rule: final, and kept as such."""


class NotDecidable(ItemRefused):
    """This central API lacks something to decide; the terminal keeps the item and comes again."""


def check_record(
    batch: BatchRequest, item: BatchItem, device_keys: Mapping[int, ec.EllipticCurvePublicKey]
) -> bytes:
    """The envelope, once the record is shown to be the terminal's; empty for a void item.

    ``device_keys`` are those of the terminal's epochs, the batch's among them. Raises
    :class:`RecordRefused`.
    """
    record = item.record
    key = device_keys.get(record.epoch)
    own = record.epoch == batch.epoch
    if record.kiosk != batch.kiosk or key is None or (item.kind is ItemKind.SEALED and not own):
        raise RecordRefused("record-mismatch")
    _check_signature(item, key, device_keys[batch.epoch])
    try:
        check_terms(item)
    except ChainBroken as error:
        raise RecordRefused("terms-mismatch") from error
    if item.kind is not ItemKind.SEALED:
        try:
            verify_notice(device_keys[batch.epoch], item, batch.epoch)
        except ChainBroken as error:
            raise RecordRefused("notice-invalid") from error
    if item.kind is ItemKind.VOID:
        return b""
    try:
        envelope = b64url_decode(item.envelope)
    except ValueError as error:
        raise RecordRefused("envelope-mismatch", "not base64url") from error
    if len(envelope) > ENVELOPE_MAX_BYTES or envelope_hash(envelope) != item.record.sha256:
        raise RecordRefused("envelope-mismatch")
    return envelope


def _check_signature(
    item: BatchItem, key: ec.EllipticCurvePublicKey, current: ec.EllipticCurvePublicKey
) -> None:
    """The key of the record's epoch signed it; a stranded one may the current key have signed anew.

    It vouches for that record anyway. After a restored backup this API may know another key under
    the number of that epoch, or the terminal no longer have the one that signed.
    """
    allowed = [key, current] if item.kind is ItemKind.STRANDED else [key]
    for each in allowed:
        try:
            verify_record(each, item.record, item.signature)
        except ChainBroken:
            continue
        return
    raise RecordRefused("bad-signature")


def open_application(
    central: Central, item: BatchItem, envelope: bytes, received_at: datetime
) -> Application:
    """Open the envelope and check everything in it.

    Raises :class:`ApplicationRefused` or :class:`NotDecidable`.
    """
    compact = _open(central, item, envelope)
    try:
        document = read_signed(compact)
        payload = ApplicationPayload.model_validate(document.payload)
        # A certificate that is valid now was valid when it signed. One that expired since counts
        # as of the signing, never later than the arrival: the terminal's clock may be wrong.
        times = [received_at, min(payload.confirmed_at, received_at)]
        signer = holder(document, central.trust, Purpose.APPLICATION, times)
    except SignatureRefused as error:
        raise ApplicationRefused(error.code, error.detail) from error
    except ValidationError as error:
        pointer = "/" + "/".join(str(part) for part in error.errors()[0]["loc"])
        # Not chained: the validator quotes what it was given.
        raise ApplicationRefused("application-malformed", pointer) from None
    if (payload.tx_id, payload.kiosk) != (item.record.tx_id, item.record.kiosk):
        raise ApplicationRefused("application-mismatch")
    if payload.applicant.civil_number != signer:
        raise ApplicationRefused("applicant-mismatch")
    definition = _judge(central, payload)
    mark = payload.stale_revocations
    if mark is not None:
        # This API has just checked the card itself; the mark says that the terminal could not.
        log.warning(
            "central.stale_revocations",
            kiosk=payload.kiosk,
            tx_id=payload.tx_id,
            as_of="none" if mark.as_of is None else mark.as_of.isoformat(),
        )
    return Application(payload, compact.decode("ascii"), definition)


def _open(central: Central, item: BatchItem, envelope: bytes) -> bytes:
    if item.schema_version > SCHEMA_VERSION:
        raise NotDecidable("schema-unknown")
    private_key = central.keys.sealing_private_key(item.key_id)
    if private_key is None:
        raise NotDecidable("sealing-key-unknown")
    record = item.record
    place = associated_data(
        record.kiosk, record.epoch, record.seq, record.tx_id, item.schema_version
    )
    try:
        return open_sealed(private_key, envelope, place)
    except SealBroken as error:
        raise ApplicationRefused("envelope-unreadable") from error


def _judge(central: Central, payload: ApplicationPayload) -> Named:
    """The definition that the application names, once the answers are what it allows."""
    named = _named(central, payload)
    service = named.definition
    if service.kind is not ServiceKind.APPLICATION or service.case is None:
        raise ApplicationRefused("service-takes-no-applications")
    situation = situation_of(payload, central.catalogue.places)
    problems = validate(service, payload.answers, situation)
    if problems:
        raise ApplicationRefused(
            "answers-invalid",
            f"{problems[0].field}: {problems[0].code}",
            errors=[Mistake(field=found.field, code=found.code) for found in problems],
        )
    return named


def situation_of(payload: ApplicationPayload, places: Places) -> Situation:
    """What the citizen saw at the terminal: its day, and the facts that the application carries.

    Of a list only the chosen ids are carried; whether they can be had is the case's question.
    """
    facts = {
        each.id: Fact(id=each.id, as_of=each.as_of, values=each.values) for each in payload.facts
    }
    today = payload.confirmed_at.astimezone(MUSCAT).date()
    return Situation(today, places, payload.answers, facts, carried=True)


def _named(central: Central, payload: ApplicationPayload) -> Named:
    definitions = central.cases.definitions
    named = _look_up(definitions, payload)
    if named is None:
        # Another process may have published it.
        with central.database.read() as session:
            definitions.refresh(session)
        named = _look_up(definitions, payload)
    if named is None:
        raise NotDecidable("service-unknown")
    if (named.definition.id, named.definition.version) != (payload.service, payload.catalogue):
        raise ApplicationRefused("application-mismatch")
    return named


def _look_up(definitions: Definitions, payload: ApplicationPayload) -> Named | None:
    if payload.definition_sha256 is not None:
        return definitions.named(payload.definition_sha256)
    return definitions.version(payload.service, payload.catalogue)
