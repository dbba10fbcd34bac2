"""The national ID card: from the reader to a verified identity and a signature.

Each layer knows only the one below it::

    activation           a new card made usable, with the central API as CardAuthority
    national_id, jws, cms
                         who the cardholder is, certificates, PIN, signatures - all verified
    profiles/            one card application each: piv (keys, PIN), icao (identity files)
    channel              T=0, 61xx, 6Cxx, chaining, status words as typed errors
    apdu                 CardConnection: the seam to anything that is a card
    pinpad               a PIN entered at the reader's own keys
    pcsc, simulator/     real readers (pyscard, pcscd) and a simulated card

Beside them: ``readers`` and ``events`` (what is plugged in, what happens there), ``worker`` (the
one thread that owns a card), ``trust`` and ``revocation`` (whom the terminal believes), ``errors``.

A visit, in short::

    readers = PcscReaders()                        # from cardreader.pcsc
    readers.start(on_event)                        # CardInserted(reader, atr, insertion), ...
    worker = CardWorker(lambda: readers.connect(reader))
    card = worker.submit(lambda c: open_card(c, trust, clock)).result()
    identity = worker.submit(lambda _: card.identity()).result()
    worker.close()                                 # resets the card: the PIN is forgotten

``cardreader.pcsc`` is not imported here, so that a terminal without PC/SC still starts.
"""

from cardreader.activation import Activation, ActivationStep, CardState, activate, card_state
from cardreader.apdu import CardConnection, CommandApdu, Protocol7816, ResponseApdu
from cardreader.authority import (
    ActivationError,
    ActivationRecord,
    ActivationRefused,
    AuthorityUnavailable,
    CardAuthority,
    CardSecret,
    CertificateConflict,
    MakersSecretKept,
    ManagementAlgorithm,
    ManagerAnswer,
    PukChange,
    RefusalReason,
)
from cardreader.certification_path.revocation import RevocationListInvalid
from cardreader.errors import (
    CardBusy,
    CardError,
    CardMute,
    CardNotGenuine,
    CardNotSupported,
    CardProtocolError,
    CardReleased,
    CardRemoved,
    CardServiceUnavailable,
    CardTimeout,
    CommandRefused,
    FingerBlocked,
    FingerError,
    FingerNotAvailable,
    FingerNotMatched,
    ObjectNotFound,
    PinBlocked,
    PinEntryCancelled,
    PinError,
    PinWrong,
    PukBlocked,
    PukError,
    PukWrong,
    ReaderUnavailable,
    SecurityStatusNotSatisfied,
    Untrusted,
)
from cardreader.events import (
    CardInserted,
    CardMuteInserted,
    CardTaken,
    ReaderAttached,
    ReaderDetached,
    ReaderEvent,
    ServiceLost,
    ServiceRestored,
)
from cardreader.identity import CardIdentity, HolderKind
from cardreader.jws import sign_compact
from cardreader.mrz import Sex
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pin import PIN_LENGTH, MalformedPin, PinWeakness, pin_weakness
from cardreader.pki import KeyPurpose, PinInfo, Signature, SignatureAlgorithm
from cardreader.profiles import FingerInfo, MalformedFinger
from cardreader.readers import CardReaders, ReaderStatus, Slot
from cardreader.trust import TrustStore, TrustStoreInvalid
from cardreader.worker import CardWorker

__all__ = [
    "PIN_LENGTH",
    "Activation",
    "ActivationError",
    "ActivationRecord",
    "ActivationRefused",
    "ActivationStep",
    "AuthorityUnavailable",
    "CardAuthority",
    "CardBusy",
    "CardConnection",
    "CardError",
    "CardIdentity",
    "CardInserted",
    "CardMute",
    "CardMuteInserted",
    "CardNotGenuine",
    "CardNotSupported",
    "CardProtocolError",
    "CardReaders",
    "CardReleased",
    "CardRemoved",
    "CardSecret",
    "CardServiceUnavailable",
    "CardState",
    "CardTaken",
    "CardTimeout",
    "CardWorker",
    "CertificateConflict",
    "CommandApdu",
    "CommandRefused",
    "FingerBlocked",
    "FingerError",
    "FingerInfo",
    "FingerNotAvailable",
    "FingerNotMatched",
    "HolderKind",
    "KeyPurpose",
    "MakersSecretKept",
    "MalformedFinger",
    "MalformedPin",
    "ManagementAlgorithm",
    "ManagerAnswer",
    "NationalIdCard",
    "ObjectNotFound",
    "PinBlocked",
    "PinEntryCancelled",
    "PinError",
    "PinInfo",
    "PinWeakness",
    "PinWrong",
    "Protocol7816",
    "PukBlocked",
    "PukChange",
    "PukError",
    "PukWrong",
    "ReaderAttached",
    "ReaderDetached",
    "ReaderEvent",
    "ReaderStatus",
    "ReaderUnavailable",
    "RefusalReason",
    "ResponseApdu",
    "RevocationListInvalid",
    "SecurityStatusNotSatisfied",
    "ServiceLost",
    "ServiceRestored",
    "Sex",
    "Signature",
    "SignatureAlgorithm",
    "Slot",
    "TrustStore",
    "TrustStoreInvalid",
    "Untrusted",
    "activate",
    "card_state",
    "open_card",
    "pin_weakness",
    "sign_compact",
]
