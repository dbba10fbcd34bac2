"""For the fleet administrator: fleet page, figures, backups, revocations; health reports."""

from __future__ import annotations

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Path, Response
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)

from backend_stub.cases.backups import note_backup
from backend_stub.fleet.kiosks import revoke_epoch
from backend_stub.fleet.overview import count_fleet, note_health, read_fleet
from backend_stub.ground.metrics import CONTENT_TYPE
from backend_stub.ground.problems import ProblemError, documented
from backend_stub.ground.types import KioskId, ServerModel
from backend_stub.http.pages import fleet_page
from backend_stub.http.routes import (
    SIGNED,
    AdmissionDependency,
    CentralDependency,
    SignerDependency,
)
from kiosk.contract.fleet import HealthNoted, HealthReport
from offline_queue.wire_model import Moment, WireModel

router = APIRouter(tags=["fleet"])
pages = APIRouter(tags=["fleet"])

_bearer = HTTPBearer(
    scheme_name="administrator",
    description="The fleet administrator's token.",
    auto_error=False,
)
_basic = HTTPBasic(
    scheme_name="administratorPassword",
    description="Any name, with the fleet administrator's token as the password: for browsers.",
    auto_error=False,
)
_ASK: dict[str, str] = {"WWW-Authenticate": 'Basic realm="Manfadh fleet", charset="UTF-8"'}


def administrator(
    central: CentralDependency,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Let only the administrator through; nobody, where no token is set."""
    token = central.settings.administrator_token
    if token is None or bearer is None or not _same(bearer.credentials, token):
        raise ProblemError("administrator-refused", headers={"WWW-Authenticate": "Bearer"})


def viewer(
    central: CentralDependency,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
) -> None:
    """Let the administrator through; where no token is set nobody, unless it is for development."""
    token = central.settings.administrator_token
    presented = bearer.credentials if bearer else basic.password if basic else ""
    is_open = token is None and central.settings.development
    if not is_open and (token is None or not _same(presented, token)):
        raise ProblemError("administrator-refused", headers=_ASK)


class BackupReport(WireModel, frozen=True, kw_only=True):
    """``POST /v1/fleet/backups``: a backup is finished and kept in a safe place."""

    begun_at: Moment
    """When its snapshot was taken, by the central API's clock."""


class BackupNoted(ServerModel):
    """Answer to a backup report."""

    epochs: int
    """How many device keys' horizons rose."""


class Revoked(ServerModel):
    """Answer to a revocation."""

    kiosk: KioskId
    epoch: int


@router.post(
    "/kiosks/{kiosk}/health",
    responses=documented([*SIGNED, "invalid", "too-many-requests", "busy"]),
)
def post_health(
    kiosk: KioskId,
    report: Annotated[HealthReport, Body()],
    central: CentralDependency,
    signer: SignerDependency,
) -> HealthNoted:
    """Report how a terminal is, for the fleet page."""
    signer.must_be(kiosk)
    return note_health(central, kiosk, report)


@router.post(
    "/fleet/backups",
    responses=documented(["administrator-refused", "invalid", "busy"]),
    dependencies=[Depends(administrator)],
)
def post_backup(report: Annotated[BackupReport, Body()], central: CentralDependency) -> BackupNoted:
    """Say that a backup is safe: terminals may forget what it holds (`backed_up_seq`)."""
    return BackupNoted(epochs=note_backup(central, report.begun_at))


@router.post(
    "/fleet/kiosks/{kiosk}/epochs/{epoch}/revocation",
    responses=documented(
        ["administrator-refused", "kiosk-not-enrolled", "epoch-unknown", "invalid", "busy"]
    ),
    dependencies=[Depends(administrator)],
)
def post_revocation(
    kiosk: KioskId, epoch: Annotated[int, Path(ge=1, le=2**31 - 1)], central: CentralDependency
) -> Revoked:
    """Take a terminal's device key out of use."""
    revoke_epoch(central, kiosk, epoch)
    return Revoked(kiosk=kiosk, epoch=epoch)


@pages.get("/fleet", include_in_schema=False, dependencies=[Depends(viewer)])
def get_fleet(central: CentralDependency, language: Literal["ar", "en"] = "ar") -> Response:
    """The fleet page."""
    return fleet_page(read_fleet(central), central.clock(), language)


@pages.get("/metrics", include_in_schema=False, dependencies=[Depends(viewer)])
def get_metrics(central: CentralDependency, admission: AdmissionDependency) -> Response:
    """Figures for Prometheus."""
    moment = count_fleet(read_fleet(central), admission.waiting)
    return Response(central.metrics.expose(moment), media_type=CONTENT_TYPE)


def _same(presented: str, token: str) -> bool:
    return hmac.compare_digest(presented.encode(), token.encode())
