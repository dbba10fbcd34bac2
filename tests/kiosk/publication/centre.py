"""A publication of the tests' own: two people sign the content, a server says which is newest."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend_stub.publication.keys import make_key
from backend_stub.publication.repository import Repository, RoleKeys
from kiosk.services.catalogue import DATA


@dataclass
class Centre:
    """Those who publish, their keys, and the catalogue that they work on."""

    directory: Path
    draft: Path
    root: bytes
    content_keys: list
    online: list
    now: datetime

    @property
    def repository(self) -> Repository:
        return Repository(self.directory, self.now)

    def publish(self) -> int:
        """The draft becomes the newest edition."""
        self.repository.stage(self.draft)
        return self.sign_and_publish()

    def sign_and_publish(self) -> int:
        for key in self.content_keys:
            self.repository.sign(key)
        return self.repository.publish(self.online)

    def edit(self, old: str, new: str, file: str = "services/change-pin.toml") -> None:
        path = self.draft / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


def centre_in(folder: Path, now: datetime | None = None) -> Centre:
    """Found a publication in an empty folder."""
    now = now or datetime.now(UTC)
    draft = folder / "draft"
    shutil.copytree(DATA, draft)
    keys = {
        name: make_key(folder / "keys" / f"{name}.pem", None)
        for name in ("root-1", "root-2", "targets-1", "targets-2", "online")
    }
    online = [keys["online"]]
    roles = {
        "root": RoleKeys([keys["root-1"], keys["root-2"]], 2),
        "targets": RoleKeys([keys["targets-1"], keys["targets-2"]], 2),
        "snapshot": RoleKeys(online, 1),
        "timestamp": RoleKeys(online, 1),
    }
    directory = folder / "publication"
    root = Repository(directory, now).found(roles)
    return Centre(directory, draft, root, [keys["targets-1"], keys["targets-2"]], online, now)
