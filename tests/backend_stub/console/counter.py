"""An officer at the console in the tests: a browser of sorts, cases, a known telephone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pyotp
import requests

from backend_stub import EmbeddedServer, Settings
from backend_stub.console.officer_office import add_officer
from backend_stub.console.officers import NewOfficer, Role

from ..case_world import CaseWorld
from ..conftest import SteppedClock

PASSWORD = "a long enough password"


@dataclass
class Officer:
    """One officer's browser."""

    url: str
    clock: SteppedClock
    account: str
    totp: pyotp.TOTP
    http: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, password: str = PASSWORD, code: str | None = None) -> requests.Response:
        return self.post(
            "/console/sign-in",
            account=self.account,
            password=password,
            code=self.code() if code is None else code,
        )

    def code(self) -> str:
        return self.totp.at(self.clock())

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.http.get(self.url + path, allow_redirects=False, **more)

    def post(
        self, path: str, *, origin: str | None = "", **values: str | Sequence[str]
    ) -> requests.Response:
        headers = {} if origin is None else {"Origin": origin or self.url}
        return self.http.post(self.url + path, data=values, headers=headers, allow_redirects=False)

    def form_token(self) -> str:
        found = re.search(r'name="form-token" value="([^"]+)"', self.get("/console").text)
        assert found is not None
        return found[1]

    def move(self, number: str, move: str, **values: Any) -> requests.Response:
        sent = {"form-token": self.form_token(), "once": values.pop("once", "once-1")} | values
        return self.post(f"/console/cases/{number}/moves/{move}", **sent)

    def read(self, path: str, lang: str = "en") -> str:
        """The text of a page, without its tags."""
        joined = f"{path}{'&' if '?' in path else '?'}lang={lang}"
        return text_of(self.get(joined).text)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@dataclass
class Counter:
    """A central API with officers and cases."""

    settings: Settings
    world: CaseWorld
    url: str
    _server: EmbeddedServer | None

    @classmethod
    def open(cls, settings: Settings) -> Counter:
        world = CaseWorld.open(settings)
        # One process on the SQLite file at a time would be slower, not safer: each waits.
        server = EmbeddedServer(settings, clock=world.clock)
        return cls(settings, world, server.start(), server)

    def officer(
        self, account: str, office: str = "ad-dakhiliyah", role: Role = Role.OFFICER
    ) -> Officer:
        new = NewOfficer(
            id=account, name=f"Officer {account}", office=office, role=role, password=PASSWORD
        )
        uri = add_officer(
            self.settings.database_url, new, keys=self.settings.key_file, clock=self.world.clock
        )
        totp = pyotp.parse_uri(uri)
        assert isinstance(totp, pyotp.TOTP)
        return Officer(self.url, self.world.clock, account, totp)

    def at_work(self, account: str, office: str = "ad-dakhiliyah", **more: Any) -> Officer:
        officer = self.officer(account, office, **more)
        assert officer.sign_in().status_code == 303
        return officer

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
        self.world.close()
