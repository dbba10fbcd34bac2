"""A PostgreSQL server of the tests' own: in a temporary directory, on a Unix socket, no TCP."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg


class PostgresAbsent(Exception):
    """There is no PostgreSQL server program on this machine."""


class Postgres:
    def __init__(self, *, durable: bool = False) -> None:
        binaries = _binaries()
        # Short, because the path of a Unix socket ends at 107 bytes.
        self._directory = Path(tempfile.mkdtemp(prefix="pg-"))
        self._databases = 0
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            # The server refuses to run as root.
            account = pwd.getpwnam("postgres")
            os.chown(self._directory, account.pw_uid, account.pw_gid)
            self._as_user = [
                "setpriv",
                f"--reuid={account.pw_uid}",
                f"--regid={account.pw_gid}",
                "--clear-groups",
            ]
        self._control: list[object] = [binaries / "pg_ctl", "-D", self._directory / "data", "-w"]
        options = "--auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync"
        self._run(*self._control, "-o", f"--username=manfadh {options}", "initdb")
        server = f"-k {self._directory} -c listen_addresses= -c max_connections=40"
        if not durable:
            server += " -c fsync=off"
        self._run(*self._control, "-l", self._directory / "log", "-o", server, "start")

    def new_database(self) -> str:
        """SQLAlchemy URL of an empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(
            host=str(self._directory), user="manfadh", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://manfadh@/{name}?host={self._directory}"

    @property
    def pid(self) -> int:
        """The server's first process, the parent of all others."""
        return int((self._directory / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        self._run(*self._control, "-m", "fast", "stop")
        shutil.rmtree(self._directory)

    def _run(self, *command: object) -> None:
        done = subprocess.run(
            [*self._as_user, *map(str, command)],
            cwd=self._directory,
            # Not pipes: the server inherits them and would keep them open.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=90,
        )
        assert done.returncode == 0, f"pg_ctl {command[-1]} failed in {self._directory}"


def _binaries() -> Path:
    """Where the server's programs are: on the PATH, or where Debian keeps them."""
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not debian:
        raise PostgresAbsent
    return debian[-1].parent
