"""PIV cards of other makers, each with the habits that its maker has published.

None of these cards was at hand. What they do beside and against the standard was read in their
published sources and manuals, named at each of them. :mod:`cardreader.simulator.makers_card` does
it once more, so that the driver meets it in tests. The habits are switches of :class:`Habits`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from types import MappingProxyType

from cardreader.simulator.ber import tlv
from cardreader.simulator.piv_keys import P_256, P_384, RSA_2048
from cardreader.simulator.piv_objects import AID
from cardreader.simulator.state import TRIPLE_DES
from cardreader.simulator.status import Status

AES_192 = 0x0A
"""Algorithm identifier of the management key (SP 800-78-5, table 7)."""

_JCARDSIM_ATR = bytes.fromhex("3B80800101")
"""From the configuration that PivApplet's own tests use: no historical bytes, T=0 and T=1."""


class Metadata(enum.Enum):
    """What GET METADATA (INS F7, not part of the standard) brings."""

    NONE = "none"
    """6D00."""
    NOTHING = "nothing"
    """9000, for most keys without data."""
    YUBICO = "yubico"
    """Origin 01 generated, 02 imported; 6A88 where there is no key."""
    ZERO_BASED = "zero-based"
    """Origin 00 generated, 01 imported; told for the management key and for no key, too."""


class Absent(enum.Enum):
    """How GET DATA says that there is no such object."""

    NOT_FOUND = "6A82"
    NO_DATA = "9000"
    EMPTY = "53 00"


@dataclass(frozen=True, slots=True)
class Habits:
    """What a card does where the standard leaves a choice, and where it does not."""

    atr: bytes
    aid: bytes = AID
    """As the application is registered: SELECT finds it by this or by a beginning of it."""
    whole_aid_only: bool = False
    """SELECT by a right-truncated identifier finds nothing."""
    select_goes_to_selected: bool = False
    """SELECT of what is not there is a command for the selected application: 6D00."""
    reselect_forgets: bool = False
    """SELECT of what is selected already ends the security state."""
    extended: bool = False
    """Whether extended lengths are taken; else 6700."""
    largest_reply: int = 256
    """Most bytes that come at once; with 255 the card says 61FF when more than that are left."""
    long_lengths: bool = False
    """Lengths of public keys are written in three bytes, needed or not."""
    chuid: bytes | None = None
    """The cardholder unique identifier at delivery; ``None``: no such object."""
    ccc: bytes | None = None
    absent: Absent = Absent.NOT_FOUND
    serial: bytes | None = None
    """The answer to INS F8; ``None``: 6D00."""
    version: bytes | None = None
    """The answer to INS FD; ``None``: 6D00."""
    metadata: Metadata = Metadata.NONE
    management_algorithm: int = TRIPLE_DES
    wrong_manager: int = Status.SECURITY_NOT_SATISFIED
    """Status word for a wrong witness, and for a form of the command that is not taken."""
    asks_for_response: bool | None = None
    """Whether the second command of the mutual authentication must have an empty 82; ``None``: as
    one likes."""
    sets_management_key: bool = True
    """SET MANAGEMENT KEY (INS FF) is there; else the key is what the card's issuer has given it."""
    pin_tries: int = 3
    when_blocked: int = Status.BLOCKED
    """Status word for a blocked PIN."""
    last_wrong_is_blocked: bool = False
    """Whether the PIN that used up the last try is answered as a blocked one, not with 63C0."""
    wrong_old_pin: int | None = None
    """Status word of CHANGE REFERENCE DATA after a wrong PIN, which leaves a PIN that was verified
    before verified; ``None``: 63Cx, and it is not."""
    empty_verify: int | None = None
    """Status word for a VERIFY without data; ``None``: as in the standard."""
    makes: tuple[int, ...] = (RSA_2048, P_256, P_384)
    """Kinds of key, by algorithm identifier, that can be made on the card."""
    wrong_kind: int = Status.WRONG_DATA
    cannot_sign_with: dict[int, int] = field(default_factory=dict)
    """Kinds of key that are made and refuse to sign, with the status word."""
    signs_right_after_verify_only: bool = False
    """9C is locked again by any command between VERIFY and the signature."""


def _zero_fascn_chuid(guid: str) -> bytes:
    """A CHUID of no agency: FASC-N of zeroes, GUID, expiry, no signature."""
    return (
        tlv(0x30, bytes(25))
        + tlv(0x34, bytes.fromhex(guid))
        + tlv(0x35, b"20500101")
        + tlv(0x3E)
        + tlv(0xFE)
    )


_PIVAPPLET = Habits(
    atr=_JCARDSIM_ATR,
    select_goes_to_selected=True,
    reselect_forgets=True,
    largest_reply=255,
    chuid=_zero_fascn_chuid("8A3F7D50C2E94B1A9D6E01F2A4B8C7D3"),
    ccc=tlv(0xF0, bytes.fromhex("A000000116FF02") + bytes(14)) + tlv(0xF1, b"\x21") + tlv(0xFE),
    serial=bytes.fromhex("9C1D2E3F"),
    version=bytes((5, 4, 0)),
    metadata=Metadata.ZERO_BASED,
    wrong_manager=Status.WRONG_DATA,
    pin_tries=5,
    long_lengths=True,
    signs_right_after_verify_only=True,
)


class Maker(enum.Enum):
    """The cards whose published behaviour is simulated."""

    PIVAPPLET = _PIVAPPLET
    """github.com/arekinath/PivApplet, ``PivApplet.java`` as of 2022, on jCardSim
    (``SimulatorRuntime``: SELECT of an unknown identifier goes to the selected applet; extended
    lengths are refused to an applet that does not declare them)."""

    PIVAPPLET_FIRST = Habits(
        atr=bytes.fromhex("3BFA1800008131FE454A434F5033315632333298"),
        select_goes_to_selected=True,
        reselect_forgets=True,
        largest_reply=255,
        chuid=_PIVAPPLET.chuid,
        serial=_PIVAPPLET.serial,
        version=bytes((5, 0, 0)),
        wrong_manager=Status.WRONG_DATA,
        asks_for_response=False,
        pin_tries=5,
        when_blocked=0x63C0,
        long_lengths=True,
        makes=(RSA_2048, P_256),
        cannot_sign_with={P_256: Status.WRONG_DATA},
        signs_right_after_verify_only=True,
    )
    """The same of 2017, with jCardSim's own ATR: an elliptic key signs by algorithm identifiers of
    its own (F0, F1) only, an empty 82 beside a witness is wrong, a blocked PIN answers 63C0."""

    PIVAPPLET_AES = Habits(
        atr=_JCARDSIM_ATR,
        select_goes_to_selected=True,
        reselect_forgets=True,
        largest_reply=255,
        chuid=_PIVAPPLET.chuid,
        serial=_PIVAPPLET.serial,
        version=bytes((5, 4, 0)),
        metadata=Metadata.ZERO_BASED,
        management_algorithm=AES_192,
        wrong_manager=Status.WRONG_DATA,
        pin_tries=5,
        long_lengths=True,
        cannot_sign_with={P_256: 0x6F00, P_384: 0x6F00},
        signs_right_after_verify_only=True,
    )
    """The same built without triple DES, on a Java Card that cannot sign a ready digest: the
    exception inside the applet becomes 6F00."""

    YUBIKEY = Habits(
        atr=bytes.fromhex("3BFD1300008131FE158073C021C057597562694B657940"),
        extended=True,
        serial=bytes.fromhex("00BC614E"),
        version=bytes((5, 7, 1)),
        metadata=Metadata.YUBICO,
        management_algorithm=AES_192,
    )
    """docs.yubico.com, "Get metadata", "Set management key", PIV commands: no CHUID and no CCC
    until somebody writes them, AES-192 from firmware 5.7 on, extended lengths in the ATR."""

    CANOKEY = Habits(
        atr=bytes.fromhex("3BF71100008131FE6543616E6F6B657999"),
        extended=True,
        serial=bytes.fromhex("0CA40001"),
        version=bytes((5, 0, 0)),
        last_wrong_is_blocked=True,
        makes=(RSA_2048, P_256),
    )
    """github.com/canokeys/canokey-core, ``applets/piv/piv.c``: no CHUID, no metadata, 6A82 for what
    was never written, 6983 already when the last try was wrong."""

    NITROKEY = Habits(
        atr=bytes.fromhex("3B8F01805D4E6974726F6B657900000000006A"),
        reselect_forgets=True,
        extended=True,
        chuid=_zero_fascn_chuid("5C0E9F3B11D24A66B0D7E8F901A2B3C4"),
        serial=bytes.fromhex("0052F743"),
        version=bytes((6, 6, 6)),
        metadata=Metadata.NOTHING,
        wrong_manager=Status.WRONG_DATA,
        asks_for_response=False,
        wrong_old_pin=0x6300,
        makes=(RSA_2048, P_256),
        signs_right_after_verify_only=True,
    )
    """github.com/Nitrokey/piv-authenticator, ``src/lib.rs``: every device has the same serial
    number behind INS F8, metadata is empty, a wrong old PIN is 6300 without a number of tries."""

    OPENFIPS201 = Habits(
        atr=_JCARDSIM_ATR,
        aid=AID[:9],
        largest_reply=255,
        chuid=_zero_fascn_chuid("D40C51A87B2E4E0F8C3390A1B2C3D4E5"),
        absent=Absent.NO_DATA,
        makes=(RSA_2048,),
        wrong_kind=Status.WRONG_P1_P2,
        sets_management_key=False,
        pin_tries=6,
        last_wrong_is_blocked=True,
        signs_right_after_verify_only=True,
    )
    """github.com/makinako/OpenFIPS201, ``PIV.java`` before elliptic keys, personalised with a CHUID
    and a management key; registered under nine bytes as in that project's issue 58. An object that
    was defined and not filled is 9000 and nothing; no instruction beside the standard's."""

    STRICTEST = Habits(
        atr=bytes.fromhex("3B8501807300004037"),
        whole_aid_only=True,
        serial=bytes.fromhex("00000000000000000000000051C7E571"),
        absent=Absent.EMPTY,
        asks_for_response=True,
        empty_verify=Status.WRONG_LENGTH,
        metadata=Metadata.NONE,
        sets_management_key=False,
        makes=(P_384,),
    )
    """No maker's: what the others leave over. An ATR that promises extended lengths, which the
    application does not take. The empty 82 of the example in SP 800-73-5 part 2,
    A.2 is insisted on, the whole identifier too, and the tries left are not told."""

    @property
    def habits(self) -> Habits:
        """The switches."""
        return self.value


BY_NAME = MappingProxyType({maker.name.lower().replace("_", "-"): maker for maker in Maker})
"""The cards by the names that tests and tables show."""
