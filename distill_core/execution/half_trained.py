"""Where the half-trained runs of a job are kept: in its store, by their fingerprints."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from distill_core.store import HalfTrained

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A ``Keeper`` for runs with these fingerprints, by their keys."""

    files: HalfTrained
    fingerprints: Mapping[str, str]
    job_id: str
    keeps: bool = True

    def name_of(self, run: str) -> str:
        return self.fingerprints[run]

    def read(self, names: Sequence[str]) -> bytes | None:
        return self.files.read(names)

    def write(self, names: Sequence[str], data: bytes) -> None:
        self.files.write(names, self.job_id, data)

    def refuse(self, names: Sequence[str], why: str) -> None:
        LOG.warning("%s", why)
        self.files.remove(names)
