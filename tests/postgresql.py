"""A real PostgreSQL server for tests, on a socket in a folder of its own, where this machine has its programs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

__all__ = ["Server", "programs", "serving"]

# Debian keeps the server's programs out of PATH.
DEBIAN = "/usr/lib/postgresql"
# Nothing of a test has to outlive a crash of its machine.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60")
UNPRIVILEGED = "nobody"


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; None where there is none."""
    named = shutil.which("initdb")
    folders = [Path(named).resolve().parent] if named else []
    folders += sorted(Path(DEBIAN).glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").is_file()), None)


@dataclass
class Server:
    """A running server with its socket in ``folder``."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def database(self, like: str = "template1") -> str:
        """The URL of a new database with the tables of another one; without: empty."""
        return self.make(f"lab{next(self._numbers)}", like)

    def make(self, name: str, like: str = "template1") -> str:
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://lab@/{name}?host={self.folder}"

    def say(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements, each by itself; the rows of the last one."""
        import psycopg

        rows: list[tuple[object, ...]] = []
        with psycopg.connect(host=str(self.folder), user="lab", dbname=database, autocommit=True) as connection:
            for statement in statements:
                answer = connection.execute(statement)  # type: ignore[arg-type]
                rows = answer.fetchall() if answer.description else []
        return rows


@contextmanager
def serving(bin: Path) -> Iterator[Server]:
    """A server until the end of the block, which nobody but this machine reaches."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    try:
        folder.chmod(0o755)
        data.mkdir(mode=0o700)
        user = _unprivileged(folder, data)
        _run(user, bin / "initdb", "-D", data, "-U", "lab", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = " ".join(
            f"-c {option}" for option in (*FAST, "listen_addresses=", f"unix_socket_directories={folder}")
        )
        _run(user, bin / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
        try:
            yield Server(folder)
        finally:
            # Without waiting: where nobody reaps the server, pg_ctl would wait a minute for its number to be free.
            _run(user, bin / "pg_ctl", "stop", "-W", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(*folders: Path) -> dict[str, Any]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for folder in folders:
        shutil.chown(folder, UNPRIVILEGED)
    return {"user": UNPRIVILEGED, "extra_groups": []}


def _run(user: dict[str, Any], *command: object) -> None:
    # No pipes: the server that pg_ctl starts would hold them.
    null = subprocess.DEVNULL
    subprocess.run([str(part) for part in command], check=True, stdin=null, stdout=null, stderr=null, cwd="/", **user)
