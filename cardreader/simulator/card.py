"""The chip: power, answer to reset, and the dispatch of commands to the selected application.

Everything between the contacts and an application is here: the two transmission protocols, short
and extended lengths, command chaining, GET RESPONSE (ISO/IEC 7816-3:2006, clause 12;
ISO/IEC 7816-4:2020, clauses 5 and 12).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from cardreader.apdu import CommandApdu, Protocol7816, ResponseApdu
from cardreader.errors import CardMute
from cardreader.simulator.foreign import ForeignApplication
from cardreader.simulator.ias import ATR as IAS_ATR, IasApplication
from cardreader.simulator.icao import IcaoApplication
from cardreader.simulator.identity import identity_files
from cardreader.simulator.match_on_card import FingerMatch, MatchOnCardApplication
from cardreader.simulator.personas import Chip, Persona, Profile, persona
from cardreader.simulator.piv import PivApplication
from cardreader.simulator.state import CardMemory, padded, personalised, remembered
from cardreader.simulator.status import Refusal, Status

CONTACT_LATENCY = 0.052
"""Seconds that one exchange takes on a contact card at the usual speed."""

_HISTORICAL = bytes.fromhex("80 73 C0 21 C0 65") + b"MNFDH"
"""Selection by AID and short file identifier, chaining, extended lengths; "MNFDH"."""
_HISTORICAL_T0 = bytes.fromhex("80 73 C0 21 80 65") + b"MNFDH"
"""The same without extended lengths, which T=0 cannot carry."""
_FOREIGN_ATR = bytes.fromhex("3B 65 00 00") + b"OTHER"

_SELECT, _GET_RESPONSE = 0xA4, 0xC0
_CHAINING = 0x10
_PROPRIETARY = 0x80
_CHAIN_MAX = 0x8000
"""Most data that a chain may carry, in bytes: the input buffer of the chip."""
_SHORT_NE = 256


class Application(Protocol):
    """What lives on the chip beside others and is selected by its identifier."""

    @property
    def aid(self) -> bytes:
        """The whole application identifier."""

    @property
    def proprietary(self) -> bool:
        """Whether it has commands of the proprietary class 80."""

    def select(self) -> bytes:
        """Become the selected application; returns the control information for SELECT."""

    def deselect(self) -> None:
        """Another application was selected, or power is gone: forget the security state."""

    def process(self, command: CommandApdu) -> ResponseApdu:
        """Answer one whole command (chaining already undone)."""


class InsertableCard(Protocol):
    """What goes into a reader: a :class:`SimulatedCard`, or one with faults."""

    @property
    def atr(self) -> bytes | None:
        """The answer to reset; ``None``: the chip does not answer."""

    @property
    def protocol(self) -> Protocol7816:
        """What it speaks."""

    @property
    def is_mute(self) -> bool:
        """Whether the chip does not answer to reset."""

    @property
    def is_powered(self) -> bool:
        """Whether the chip has power and has answered to reset."""

    def power_on(self) -> bytes:
        """Apply power (or a reset) and return the ATR. Raises :class:`CardMute`."""

    def power_off(self) -> None:
        """Remove power: everything volatile is gone."""

    def transmit(self, raw: bytes | bytearray) -> bytes:
        """Answer one command: data field and two status bytes. Raises :class:`CardMute`."""


@dataclass(frozen=True, slots=True)
class _Chain:
    header: tuple[int, int, int]
    data: bytes


class SimulatedCard:
    """One card. Not thread-safe: like a chip it does one thing at a time.

    ``latency`` is in seconds per command and passes through ``sleep``.
    """

    def __init__(
        self,
        applications: Sequence[Application],
        atr: bytes | None,
        *,
        protocol: Protocol7816 = Protocol7816.T1,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.atr = atr
        """The answer to reset; ``None``: the chip does not answer."""
        self.protocol = protocol
        self._applications = applications
        self._latency = latency
        self._sleep = sleep
        self._powered = False
        self._selected: Application | None = None
        self._chain: _Chain | None = None
        self._pending = b""
        self._withheld: tuple[CommandApdu, bytes] | None = None
        """What 6Cxx announced: asking again with that length must not do the thing twice."""

    @property
    def is_mute(self) -> bool:
        """Whether the chip does not answer to reset."""
        return self.atr is None

    @property
    def is_powered(self) -> bool:
        """Whether the chip has power and has answered to reset."""
        return self._powered

    def power_on(self) -> bytes:
        """Apply power (or a reset) and return the ATR. Raises :class:`CardMute`."""
        self.power_off()
        if self.atr is None:
            raise CardMute("the chip does not answer to reset")
        self._powered = True
        return self.atr

    def power_off(self) -> None:
        """Remove power: selection, verified PINs, chains and pending answers are gone."""
        self._powered = False
        self._chain = None
        self._pending = b""
        self._withheld = None
        self._selected = None
        for application in self._applications:
            application.deselect()

    reset = power_on
    """A warm reset does to the card what a cold one does."""

    def transmit(self, raw: bytes | bytearray) -> bytes:
        """Answer one command: data field and two status bytes. Raises :class:`CardMute`."""
        if self._latency > 0:
            self._sleep(self._latency)
        if not self._powered:
            # Also when it was pulled during the wait: then the command was not carried out.
            raise CardMute("the chip has no power")
        try:
            command = parse_command(raw, self.protocol)
            response = self._deliver(command, self._process(command))
        except Refusal as refused:
            self._pending = b""
            response = ResponseApdu(b"", refused.sw)
        return response.data + response.sw.to_bytes(2, "big")

    def _process(self, command: CommandApdu) -> ResponseApdu:
        if command.ins == _GET_RESPONSE:
            return self._continue()
        self._pending = b""
        withheld, self._withheld = self._withheld, None
        if withheld is not None and withheld[0] == command:
            return ResponseApdu(withheld[1], Status.OK)
        is_proprietary = command.cla == _PROPRIETARY
        if is_proprietary and self._selected is not None and self._selected.proprietary:
            return self._selected.process(command)
        if command.cla & ~_CHAINING:
            self._chain = None
            raise Refusal(_class_refusal(command.cla))
        whole = self._unchain(command)
        if whole is None:
            return ResponseApdu(b"", Status.OK)
        command = whole
        if command.ins == _SELECT and command.p1 == 0x04:
            return self._select(command)
        if self._selected is None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        return self._selected.process(command)

    def _unchain(self, command: CommandApdu) -> CommandApdu | None:
        """Collect the blocks of a chain (ISO/IEC 7816-4:2020, 5.3.3); ``None``: more must come."""
        header = (command.ins, command.p1, command.p2)
        chain, self._chain = self._chain, None
        if chain is not None and chain.header != header:
            raise Refusal(Status.LAST_OF_CHAIN_EXPECTED)
        data = (b"" if chain is None else chain.data) + bytes(command.data)
        if len(data) > _CHAIN_MAX:
            raise Refusal(Status.WRONG_LENGTH)
        if command.cla & _CHAINING:
            self._chain = _Chain(header, data)
            return None
        return replace(command, data=data)

    def _select(self, command: CommandApdu) -> ResponseApdu:
        """SELECT by a whole or right-truncated identifier; on failure the selection stays.

        Selecting what is selected already leaves its security state (SP 800-73-5 part 2, 3.1.1).
        """
        if command.p2 not in (0x00, 0x0C):
            raise Refusal(Status.WRONG_P1_P2)
        wanted = bytes(command.data)
        if not 5 <= len(wanted) <= 16:
            raise Refusal(Status.NOT_FOUND if wanted else Status.WRONG_LENGTH)
        for application in self._applications:
            if application.aid.startswith(wanted):
                if self._selected is not None and self._selected is not application:
                    self._selected.deselect()
                self._selected = application
                control = application.select()
                return ResponseApdu(b"" if command.p2 == 0x0C else control, Status.OK)
        raise Refusal(Status.NOT_FOUND)

    def _continue(self) -> ResponseApdu:
        if not self._pending:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        return ResponseApdu(self._pending, Status.OK)

    def _deliver(self, command: CommandApdu, response: ResponseApdu) -> ResponseApdu:
        """Cut an answer to what the protocol and Le allow; the rest waits for GET RESPONSE."""
        data = response.data
        if not data:
            return response
        if self.protocol is Protocol7816.T0 and command.data:
            # Case 4: T=0 sends data in one direction per command.
            self._pending = data
            return ResponseApdu(b"", _more(data))
        # A command without Le that has an answer gets it: cards do, and software relies on it.
        expected = command.le or _SHORT_NE
        if self.protocol is Protocol7816.T0 and expected > len(data):
            if command.ins == _GET_RESPONSE:
                self._pending = data
            else:
                self._withheld = (replace(command, le=len(data)), data)
            return ResponseApdu(b"", 0x6C00 | len(data))
        self._pending = data[expected:]
        if self._pending:
            return ResponseApdu(data[:expected], _more(self._pending))
        return response


def issue(
    holder: Persona | str,
    *,
    protocol: Protocol7816 = Protocol7816.T1,
    latency: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    state: Path | CardMemory | None = None,
    profile: Profile | None = None,
) -> SimulatedCard:
    """The card of a persona (or of the persona with that id).

    ``state``: a file in which the card keeps what it remembers, or a memory that somebody else
    keeps; ``None`` gives a card that is new every time. ``latency`` in seconds per command,
    :data:`CONTACT_LATENCY` for what a contact card takes. A card with the IAS profile speaks T=0
    whatever ``protocol`` says. Raises
    :class:`~cardreader.simulator.personas.UnknownPersona` and
    :class:`~cardreader.simulator.state.CardStateUnreadable`.
    """
    if isinstance(holder, str):
        holder = persona(holder)
    if holder.chip is Chip.MUTE:
        return SimulatedCard((), None, protocol=protocol, latency=latency, sleep=sleep)
    if holder.chip is Chip.FOREIGN:
        return SimulatedCard(
            (ForeignApplication(),),
            _FOREIGN_ATR,
            protocol=Protocol7816.T0,
            latency=latency,
            sleep=sleep,
        )
    if isinstance(state, CardMemory):
        memory = state
    else:
        memory = personalised(holder) if state is None else remembered(holder, state)
    match = FingerMatch()
    others: list[Application] = [IcaoApplication(identity_files(holder))]
    if memory.finger is not None:
        others.append(MatchOnCardApplication(memory, match))
    if (profile or holder.profile) is Profile.IAS_CLASSIC:
        if memory.pin is None:
            memory.pin, memory.pin_chosen = padded(transport_pin(holder)), False
        return SimulatedCard(
            (IasApplication(memory, holder.guid.bytes[:10], match=match), *others),
            IAS_ATR,
            protocol=Protocol7816.T0,
            latency=latency,
            sleep=sleep,
        )
    return SimulatedCard(
        (PivApplication(memory, match=match), *others),
        answer_to_reset(protocol),
        protocol=protocol,
        latency=latency,
        sleep=sleep,
    )


def transport_pin(holder: Persona) -> str:
    """With what an IAS card leaves the office, in a letter beside the one with the PUK."""
    return holder.puk[:6]


def answer_to_reset(protocol: Protocol7816) -> bytes:
    """The national card's ATR (ISO/IEC 7816-3:2006, clause 8.2).

    T=1: TA1=96 (F=512, D=32), TD1 and TD2 offer T=1 only, TA3=FE (blocks of 254), TB3=45, check
    byte. T=0: TA1=96, TB1, TC1, no TD1, as the cards in the field; then there is no check byte.
    """
    if protocol is Protocol7816.T0:
        return bytes((0x3B, 0x70 | len(_HISTORICAL_T0), 0x96, 0x00, 0x00)) + _HISTORICAL_T0
    body = bytes((0x90 | len(_HISTORICAL), 0x96, 0x81, 0x31, 0xFE, 0x45)) + _HISTORICAL
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


def parse_command(raw: bytes | bytearray, protocol: Protocol7816) -> CommandApdu:
    """A command from the wire (ISO/IEC 7816-4:2020, 5.2; for T=0 7816-3:2006, 12.2).

    Refuses 6700 when the lengths contradict each other, or are extended under T=0.
    """
    if len(raw) < 4:
        raise Refusal(Status.WRONG_LENGTH)
    cla, ins, p1, p2 = raw[:4]
    if ins >> 4 in (0x6, 0x9):
        raise Refusal(Status.INS_NOT_SUPPORTED)
    data, le = _parse_body(bytes(raw[4:]), extended_allowed=protocol is Protocol7816.T1)
    return CommandApdu(cla, ins, p1, p2, data, le)


def _parse_body(body: bytes, *, extended_allowed: bool) -> tuple[bytes, int | None]:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or _SHORT_NE
    if body[0]:
        lc, rest = body[0], body[1:]
        if len(rest) == lc:
            return rest, None
        if len(rest) == lc + 1:
            return rest[:lc], rest[lc] or _SHORT_NE
        raise Refusal(Status.WRONG_LENGTH)
    if not extended_allowed or len(body) < 3:
        raise Refusal(Status.WRONG_LENGTH)
    if len(body) == 3:
        return b"", int.from_bytes(body[1:3], "big") or 0x10000
    lc, rest = int.from_bytes(body[1:3], "big"), body[3:]
    if lc and len(rest) == lc:
        return rest, None
    if lc and len(rest) == lc + 2:
        return rest[:lc], int.from_bytes(rest[lc:], "big") or 0x10000
    raise Refusal(Status.WRONG_LENGTH)


def _class_refusal(cla: int) -> int:
    if cla & 0x80:
        return Status.CLA_NOT_SUPPORTED
    if cla & 0x0C:
        return Status.SECURE_MESSAGING_NOT_SUPPORTED
    return Status.CHANNEL_NOT_SUPPORTED


def _more(data: bytes) -> int:
    """61xx: xx bytes wait; 00 says 256 or more."""
    return 0x6100 | (len(data) if len(data) < _SHORT_NE else 0)
