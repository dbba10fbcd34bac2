"""The central API as the authority over a card: calls of :mod:`kiosk.contract.issuing`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Literal

from cardreader.authority import (
    ActivationRecord,
    ActivationRefused,
    AuthorityUnavailable,
    CardSecret,
    ManagementAlgorithm,
    ManagerAnswer,
    PukChange,
    RefusalReason,
)
from cardreader.pki import KeyPurpose, Signature, SignatureAlgorithm
from kiosk.central.client import CentralClient, CentralRefused, CentralUnreachable
from kiosk.contract import issuing as wire
from offline_queue.wire_model import WireModel


class CodeRefused(Exception):
    """Not the code that was sent; with no ``tries_left`` another one has to be asked for."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"wrong code, {tries_left} tries left")
        self.tries_left = tries_left


class HttpCardAuthority:
    """``CardAuthority`` over HTTP, for one card and one cardholder. Blocking, bounded."""

    def __init__(self, client: CentralClient) -> None:
        self._client = client
        self._approval: str | None = None

    # --- one-time code

    def send_code(
        self, serial: str, civil_number: str, language: Literal["ar", "en"] = "ar"
    ) -> str:
        """Have a code sent in this language; returns the end of the telephone number.

        Raises :class:`kiosk.central.client.CentralError`.
        """
        wanted = wire.CodeWanted(civil_number=civil_number, language=language)
        return self._client.call(
            "POST", f"/v1/cards/{serial}/codes", wire.CodeSent, body=wanted
        ).sent_to

    def enter_code(self, serial: str, code: str) -> None:
        """Exchange the code for an approval, which this object keeps.

        Raises :class:`CodeRefused`, :class:`kiosk.central.client.CentralError`.
        """
        try:
            approval = self._client.call(
                "POST",
                f"/v1/cards/{serial}/approvals",
                wire.Approval,
                body=wire.CodeEntered(code=code),
            )
        except CentralRefused as refused:
            if refused.code != wire.IssuingProblem.CODE_WRONG:
                raise
            tries_left = refused.members.get("tries_left", 0)
            raise CodeRefused(tries_left if isinstance(tries_left, int) else 0) from None
        self._approval = approval.token

    # --- CardAuthority

    def begin(self, serial: str) -> ActivationRecord:
        """See :meth:`cardreader.authority.CardAuthority.begin`."""
        record = self._ask(serial, "", wire.Record, None)
        return ActivationRecord(
            management_algorithm=ManagementAlgorithm(record.management_algorithm),
            key_algorithms={
                KeyPurpose(purpose): tuple(SignatureAlgorithm(name) for name in names)
                for purpose, names in record.key_algorithms.items()
            },
            challenge=_decode(record.challenge),
            certificates={
                KeyPurpose(purpose): _decode(certificate)
                for purpose, certificate in record.certificates.items()
            },
            completed=record.completed,
            replaces=frozenset(CardSecret(name) for name in record.replaces),
            handed_out=frozenset(CardSecret(name) for name in record.handed_out),
        )

    def answer_witness(self, serial: str, witness: bytes, *, renewed: bool) -> ManagerAnswer:
        """See :meth:`cardreader.authority.CardAuthority.answer_witness`."""
        body = wire.Witness(witness=_encode(witness), renewed=renewed)
        answer = self._ask(serial, "/witness", wire.ManagerAnswer, body)
        return ManagerAnswer(_decode(answer.witness), _decode(answer.challenge))

    def check_response(self, serial: str, response: bytes) -> None:
        """See :meth:`cardreader.authority.CardAuthority.check_response`."""
        self._tell(serial, "/response", wire.CardResponse(response=_encode(response)))

    def new_management_key(self, serial: str) -> bytes:
        """See :meth:`cardreader.authority.CardAuthority.new_management_key`."""
        return _decode(self._ask(serial, "/management-key", wire.NewManagementKey, None).key)

    def new_puk(self, serial: str) -> PukChange:
        """See :meth:`cardreader.authority.CardAuthority.new_puk`."""
        answer = self._ask(serial, "/puk", wire.NewPuk, None)
        return PukChange(_decode(answer.present), _decode(answer.new))

    def puk_replaced(self, serial: str) -> None:
        """See :meth:`cardreader.authority.CardAuthority.puk_replaced`."""
        self._tell(serial, "/puk-replaced", None)

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        """See :meth:`cardreader.authority.CardAuthority.certify`."""
        body = wire.KeyRequest(purpose=purpose.value, request=_encode(request))
        issued = self._ask(serial, "/certificates", wire.IssuedCertificate, body)
        return _decode(issued.certificate)

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        """See :meth:`cardreader.authority.CardAuthority.complete`."""
        body = wire.Completion(
            proofs={
                purpose.value: wire.Proof(
                    algorithm=proof.algorithm.value, value=_encode(proof.value)
                )
                for purpose, proof in proofs.items()
            }
        )
        self._tell(serial, "/completion", body)

    def _ask(self, serial: str, step: str, shape: type[wire.M], body: WireModel | None) -> wire.M:
        path = f"/v1/cards/{serial}/activation{step}"
        try:
            return self._client.call("POST", path, shape, body=body, token=self._approval)
        except CentralUnreachable as error:
            raise AuthorityUnavailable("the central API does not answer") from error
        except CentralRefused as refused:
            raise _refusal(refused) from None

    def _tell(self, serial: str, step: str, body: WireModel | None) -> None:
        path = f"/v1/cards/{serial}/activation{step}"
        try:
            self._client.tell("POST", path, body=body, token=self._approval)
        except CentralUnreachable as error:
            raise AuthorityUnavailable("the central API does not answer") from error
        except CentralRefused as refused:
            raise _refusal(refused) from None


def _refusal(refused: CentralRefused) -> Exception:
    try:
        return ActivationRefused(RefusalReason(refused.code))
    except ValueError:
        return AuthorityUnavailable(f"the central API answered {refused.status} {refused.code}")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
