"""What activation needs of the PKI application on a card, beside what every visit needs."""

from __future__ import annotations

from typing import Protocol

from cardreader.pki import KeyPurpose, PkiApplication, PublicKey, SignatureAlgorithm


class IssuingApplication(PkiApplication, Protocol):
    """A PKI application on which keys are made and certificates written after issuing."""

    def request_witness(self, algorithm: int) -> bytes:
        """Begin the mutual authentication; the card's encrypted witness."""

    def answer_witness(
        self, algorithm: int, witness: bytes, challenge: bytes, *, ask: bool
    ) -> bytes:
        """End it: present the decrypted witness; the card's response to ``challenge``.

        ``ask`` chooses between two forms of the command; cards accept one or both. Raises
        :class:`~cardreader.errors.CommandRefused` when the form or the witness is wrong.
        """

    def has_vendor_pin(self) -> bool | None:
        """Whether the PIN still is the maker's; ``None`` where the card does not tell."""

    def set_first_pin(self, new: bytearray) -> None:
        """The cardholder's PIN on a card that has none; wants the management key. Wipes it."""

    def has_makers_puk(self) -> bool | None:
        """Whether the PUK still is the maker's; ``None`` where the card does not tell."""

    def change_puk(self, old: bytearray, new: bytearray) -> None:
        """Replace the PUK, presenting ``old`` once. Wipes both.

        Raises :class:`~cardreader.errors.PukWrong` and :class:`~cardreader.errors.PukBlocked`.
        """

    def set_management_key(self, algorithm: int, key: bytes) -> None:
        """Replace the management key; wants the present one.

        Raises :class:`~cardreader.errors.CommandRefused` where the card has no such command.
        """

    def existing_key(self, purpose: KeyPurpose) -> PublicKey | None:
        """The key that was made on the card for ``purpose``, where the card tells."""

    def generate_key(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm) -> PublicKey:
        """Make a new key on the card, replacing any before; wants the management key."""

    def write_certificate(self, purpose: KeyPurpose, certificate: bytes) -> None:
        """Store a certificate, DER; wants the management key."""
