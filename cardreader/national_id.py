"""The national ID card as the terminal uses it: who, which certificates, PIN, signature.

The application is found by SELECT, never by ATR. Identity comes from the eMRTD files, keys from a
PKI profile, and the two must name the same person. Nothing unverified leaves this file, and a PIN
is never sent to a card that has not proved its identity data.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from cardreader.apdu import CardConnection
from cardreader.certification_path import Purpose
from cardreader.channel import CardChannel, wipe
from cardreader.errors import (
    CardNotGenuine,
    CardNotSupported,
    CommandRefused,
    FingerNotAvailable,
    ObjectNotFound,
    Untrusted,
)
from cardreader.identity import CardIdentity, parse_identity, parse_portrait
from cardreader.passive_authentication import SecurityObject, verify_security_object
from cardreader.pki import (
    KeyPurpose,
    PinInfo,
    PkiApplication,
    Signature,
    algorithm_of,
    checked_signature,
    digest_of,
)
from cardreader.profiles import (
    ElementaryFile,
    FingerInfo,
    IasClassicApplication,
    IcaoApplication,
    MatchOnCardApplication,
    PivIssuing,
)
from cardreader.profiles.reference_data import ReferenceData
from cardreader.trust import Clock, TrustStore

_Application = PkiApplication | IcaoApplication | MatchOnCardApplication

_DATA_GROUPS = {
    ElementaryFile.DG1: 1,
    ElementaryFile.DG2: 2,
    ElementaryFile.DG11: 11,
    ElementaryFile.DG13: 13,
}

_PURPOSES = {
    KeyPurpose.AUTHENTICATION: Purpose.SIGN_IN,
    KeyPurpose.SIGNATURE: Purpose.APPLICATION,
}


def open_card(
    connection: CardConnection,
    trust: TrustStore,
    clock: Clock,
    *,
    identity_required: bool = True,
) -> NationalIdCard:
    """Find out what the card is and read its serial number: about four commands.

    A card of another maker may carry keys and no identity data; it is opened when
    ``identity_required`` is false, for technicians and never for a visit. Raises
    :class:`~cardreader.errors.CardNotSupported` when an application is missing, and what the
    connection raises. Identity and certificates are read when they are first asked for.
    """
    channel = CardChannel(connection)
    pki = _select_pki(channel)
    serial = pki.serial()
    icao = IcaoApplication(channel)
    try:
        # Selected last: identity is what is read first, and needs no second SELECT.
        icao.select()
    except CommandRefused:
        if identity_required:
            raise _no_identity() from None
        return NationalIdCard(channel, pki, None, serial, trust, clock)
    return NationalIdCard(channel, pki, icao, serial, trust, clock)


def _select_pki(channel: CardChannel) -> PivIssuing | IasClassicApplication:
    """The first PKI application that the card has; a new country's card is one more here."""
    piv, ias = PivIssuing(channel), IasClassicApplication(channel)
    # Last what is hardly ever needed: each attempt is a round trip of a contact card.
    for application, select in ((piv, piv.select), (ias, ias.select), (piv, piv.select_whole)):
        try:
            select()
        except CommandRefused:
            continue
        return application
    raise CardNotSupported("the card is not a national ID card")


def _no_identity() -> CardNotSupported:
    return CardNotSupported("the card carries no identity data")


class NationalIdCard:
    """One national ID card during one visit. Made by :func:`open_card`; used by one thread.

    Every method also raises what the connection raises (card taken, time-out and so on).
    """

    def __init__(
        self,
        channel: CardChannel,
        pki: PivIssuing | IasClassicApplication,
        icao: IcaoApplication | None,
        serial: str,
        trust: TrustStore,
        clock: Clock,
    ) -> None:
        self.serial = serial
        self._channel = channel
        self._pki = pki
        self._icao = icao
        self._match_on_card = MatchOnCardApplication(channel)
        self._trust = trust
        self._clock = clock
        # A failed SELECT leaves the selection as it was on some cards and not on others.
        self._current: _Application | None = icao
        self._security_object: SecurityObject | None = None
        self._identity: CardIdentity | None = None
        self._photo: bytes | None = None
        self._certificates: dict[KeyPurpose, x509.Certificate] = {}

    def __repr__(self) -> str:
        return f"NationalIdCard({self.profile})"

    @property
    def profile(self) -> str:
        """The name of the PKI profile: ``piv`` or ``ias-classic``."""
        return self._pki.profile

    @property
    def exchanges(self) -> int:
        """How many commands went over the wire so far."""
        return self._channel.exchanges

    @property
    def has_identity(self) -> bool:
        """Whether the card says whose it is. Without that nothing below is tied to a person."""
        return self._icao is not None

    def identity(self) -> CardIdentity:
        """The cardholder, after passive authentication; read once, in about fifteen commands.

        Raises :class:`~cardreader.errors.CardNotGenuine` when any of it cannot be verified and
        :class:`~cardreader.errors.CardNotSupported` when the card carries no identity data.
        """
        if self._identity is None:
            icao, security_object = self._verified_icao()
            dg1 = self._read_verified(icao, ElementaryFile.DG1, security_object)
            dg11 = self._read_verified(icao, ElementaryFile.DG11, security_object)
            dg13 = None
            if _DATA_GROUPS[ElementaryFile.DG13] in security_object:
                dg13 = self._read_verified(icao, ElementaryFile.DG13, security_object)
            self._identity = parse_identity(dg1, dg11, dg13, self._clock().date())
        return self._identity

    def photo(self) -> bytes:
        """The cardholder's portrait as a JPEG file, verified like :meth:`identity`; read once.

        It is ten times as much as all the rest: seconds on a contact card, so it is read apart.
        Raises what :meth:`identity` raises.
        """
        if self._photo is None:
            icao, security_object = self._verified_icao()
            dg2 = self._read_verified(icao, ElementaryFile.DG2, security_object)
            self._photo = parse_portrait(dg2)
        return self._photo

    def _verified_icao(self) -> tuple[IcaoApplication, SecurityObject]:
        """The identity application, selected, and its verified security object, read once."""
        if self._icao is None:
            raise _no_identity()
        self._use(self._icao)
        if self._security_object is None:
            try:
                ef_sod = self._icao.read(ElementaryFile.SOD)
            except ObjectNotFound:
                raise CardNotGenuine(Untrusted.NO_SECURITY_OBJECT) from None
            now = self._clock()
            self._security_object = verify_security_object(ef_sod, self._trust, now)
        return self._icao, self._security_object

    @staticmethod
    def _read_verified(
        icao: IcaoApplication, file: ElementaryFile, security_object: SecurityObject
    ) -> bytes:
        """A data group that the security object lists, checked before anybody parses it."""
        number = _DATA_GROUPS[file]
        if number not in security_object:
            raise CardNotSupported(f"the card has no data group {number}")
        try:
            content = icao.read(file)
        except ObjectNotFound:
            raise CardNotGenuine(Untrusted.HASH_MISMATCH) from None
        security_object.require(number, content)
        return content

    def certificate(self, purpose: KeyPurpose) -> x509.Certificate:
        """A verified certificate of the person that the identity data names; read once.

        Raises :class:`~cardreader.errors.CardNotGenuine` (issuer, validity, revocation, or the
        subject's serial number is not the civil number) and
        :class:`~cardreader.errors.ObjectNotFound` when the card is not activated.
        """
        if purpose not in self._certificates:
            civil_number = self.identity().civil_number if self.has_identity else None
            self._use(self._pki)
            certificate = self._pki.certificate(purpose)
            self._trust.require_card_issued(certificate, _PURPOSES[purpose], self._clock())
            # Found out now, and not when something is to be signed and sent.
            algorithm_of(certificate)
            if civil_number is not None and _subject_serial_number(certificate) != civil_number:
                raise CardNotGenuine(Untrusted.IDENTITY_MISMATCH)
            self._certificates[purpose] = certificate
        return self._certificates[purpose]

    def revocations_as_of(self, purpose: KeyPurpose) -> datetime | None:
        """How far it is known whether :meth:`certificate` was revoked: the moment at which the list
        was made that it was checked against; ``None`` when there is none for its issuer.

        Raises what :meth:`certificate` raises.
        """
        return self._trust.revocations_as_of(self.certificate(purpose))

    def forget_certificates(self) -> None:
        """Read certificates again when they are next asked for: others may have been written."""
        self._certificates.clear()

    def intermediates(self, certificate: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """What a signature carries beside its certificate, so that others find the root."""
        return self._trust.intermediates(certificate)

    def pki(self) -> PkiApplication:
        """The PKI application itself, selected; for :mod:`cardreader.activation`."""
        self._use(self._pki)
        return self._pki

    def issuing(self) -> PivIssuing | None:
        """The same where keys can be made on the card, ``None`` where they cannot."""
        self._use(self._pki)
        return self._pki if isinstance(self._pki, PivIssuing) else None

    def pin_info(self) -> PinInfo:
        """The PIN's retry counter; ask before asking for a PIN. Costs no try."""
        self._use(self._pki)
        return self._pki.pin_info()

    def verify_pin(self, pin: bytearray) -> None:
        """Present the PIN once; never repeated by machine. ``pin`` is wiped whatever happens.

        Raises :class:`~cardreader.errors.PinWrong`, :class:`~cardreader.errors.PinBlocked` and
        :class:`~cardreader.pin.MalformedPin`.
        """
        try:
            self._ready_for_pin()
            self._pki.verify_pin(pin)
        finally:
            wipe(pin)

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """Replace the PIN, presenting ``old`` once. Both are wiped whatever happens.

        Whether ``new`` is a good one is asked before (:func:`~cardreader.pin.pin_weakness`). Raises
        what :meth:`verify_pin` raises; about ``old``, for a new PIN of six digits is never wrong.
        """
        try:
            self._ready_for_pin()
            self._pki.change_pin(old, new)
        finally:
            wipe(old)
            wipe(new)

    def unblock_pin(self, puk: bytearray, new: bytearray) -> None:
        """Set a new PIN and all its tries, presenting the PUK once. Both are wiped.

        Raises :class:`~cardreader.errors.PukWrong`, :class:`~cardreader.errors.PukBlocked` and
        :class:`~cardreader.pin.MalformedPin`.
        """
        try:
            self._ready_for_pin()
            self._pki.unblock_pin(puk, new)
        finally:
            wipe(puk)
            wipe(new)

    def finger_info(self) -> FingerInfo | None:
        """The retry counter of the cardholder's finger; ``None``: the card compares none.

        Two commands; costs no try.
        """
        try:
            self._use(self._match_on_card)
        except FingerNotAvailable:
            return None
        return self._match_on_card.finger_info()

    def verify_finger(self, template: bytearray) -> None:
        """Let the card compare a finger, once: minutiae of three bytes each (ISO/IEC 19794-2:2005,
        clause 8). ``template`` is wiped whatever happens.

        Raises :class:`~cardreader.errors.FingerNotMatched`,
        :class:`~cardreader.errors.FingerBlocked`, :class:`~cardreader.errors.FingerNotAvailable`
        and :class:`~cardreader.profiles.MalformedFinger`.
        """
        try:
            self._require_genuine()
            self._use(self._match_on_card)
            self._match_on_card.verify_finger(template)
        finally:
            wipe(template)

    def unblock_pin_by_finger(self, new: bytearray) -> None:
        """Set a new PIN and all its tries, after :meth:`verify_finger`: once, and without a PUK.

        ``new`` is wiped whatever happens. Raises
        :class:`~cardreader.errors.SecurityStatusNotSatisfied` when the card knows of no match,
        :class:`~cardreader.errors.FingerNotAvailable` when a finger gives no PIN on this card and
        :class:`~cardreader.pin.MalformedPin`.
        """
        try:
            self._ready_for_pin()
            self._pki.unblock_pin_after_match(new)
        finally:
            wipe(new)

    def pin_reference(self) -> ReferenceData:
        """The PIN as the card's commands name it, on a card that may be given one; for
        :mod:`cardreader.pinpad`. Raises what proves that the card is genuine.
        """
        self._ready_for_pin()
        return self._pki.pin

    def _ready_for_pin(self) -> None:
        self._require_genuine()
        self._use(self._pki)

    def _require_genuine(self) -> None:
        """No secret goes to a card that has not proved its identity data."""
        if self.has_identity:
            self.identity()

    def sign(self, purpose: KeyPurpose, message: bytes, pin: bytearray | None = None) -> Signature:
        """Sign ``message`` and check the signature against the certificate.

        The signature key wants the PIN directly before every signature: without ``pin`` it raises
        :class:`ValueError`. The authentication key needs it only when it was not verified yet
        (:class:`~cardreader.errors.SecurityStatusNotSatisfied`). ``pin`` is wiped whatever happens.
        Also raises what :meth:`certificate` and :meth:`verify_pin` raise.
        """
        try:
            if purpose is KeyPurpose.SIGNATURE and pin is None:
                raise ValueError("the signature key needs the PIN for every signature")
            # Read before the PIN: nothing may come between VERIFY and the signature.
            certificate = self.certificate(purpose)
            algorithm = algorithm_of(certificate)
            self._use(self._pki)
            if pin is not None:
                self._pki.verify_pin(pin)
            answer = self._pki.sign(purpose, algorithm, digest_of(algorithm, message))
        finally:
            if pin is not None:
                wipe(pin)
        return checked_signature(certificate, message, answer)

    def _use(self, application: _Application) -> None:
        """Select only on a change: a SELECT costs a round trip and forgets the verified PIN."""
        if self._current is not application:
            self._current = None
            application.select()
            self._current = application


def _subject_serial_number(certificate: x509.Certificate) -> str | None:
    """The subject's serialNumber when there is exactly one (RFC 5280, appendix A.1)."""
    try:
        values = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    except ValueError:
        raise CardNotGenuine(Untrusted.MALFORMED) from None
    return str(values[0].value) if len(values) == 1 else None
