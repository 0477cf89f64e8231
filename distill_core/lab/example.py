"""The example: finished experiments that ship with the lab, shown in a new home until it is hidden."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from distill_core.assets import ASSETS, Manifest, read_asset, read_manifest
from distill_core.errors import DistillError, NotFound
from distill_core.lab.archives import Archives
from distill_core.store import Store

LOG = logging.getLogger(__name__)
FOLDER = "example"
# In the order in which a lab files them: the newest is what pages show first.
NAMES = ("medicine", "new_voice", "scenes", "languages", "speakers", "spoken_digits", "chain", "comparison")


@cache
def _manifests() -> tuple[Manifest, ...]:
    return tuple(read_manifest(ASSETS / FOLDER / f"{name}.json") for name in NAMES)


class Example:
    """Shows and hides the example in one store. Its runs never answer for one that is to be trained: they are filed
    under fingerprints of their own."""

    def __init__(self, store: Store, archives: Archives) -> None:
        self._store = store
        self._archives = archives

    @property
    def job_ids(self) -> tuple[str, ...]:
        """The ids of its experiments, wherever they are shown."""
        return tuple(job_id for manifest in _manifests() for job_id in manifest.details["jobs"])

    @property
    def environment(self) -> Mapping[str, Any]:
        """The machine on which it was trained and measured."""
        found: Mapping[str, Any] = _manifests()[-1].details["environment"]
        return found

    def is_shown(self) -> bool:
        """Whether all of it is there."""
        try:
            return all(self._store.job(job_id) for job_id in self.job_ids)
        except NotFound:
            return False

    def show(self) -> None:
        """Store what of it is not there; several labs may do so at once. Raises: CorruptFile; StorageFailed."""
        for manifest in _manifests():
            self._archives.unpack_own(read_asset(FOLDER, manifest))

    def show_first(self) -> None:
        """``show`` for a new home; the log tells of a failure, since a lab without an example works."""
        try:
            self.show()
        except DistillError as error:
            LOG.warning("the example cannot be shown: %s", error)

    def hide(self, *job_ids: str) -> None:
        """Delete these of its experiments, by default all, and their files. Idempotent.

        Raises: InvalidSetting while one of its networks teaches in an open job.
        """
        for job_id in job_ids or self.job_ids:
            self._store.delete_job(job_id)
