"""What the experiments of a lab are called."""

from collections.abc import Sequence
from itertools import chain, count

from distill_core.store import Store
from distill_core.store.naming import LONGEST_NAME, checked_name

NUMBER_LETTERS = 7


class Naming:
    """Names, tags and notes of the jobs of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def job_id(self, named: str) -> str:
        """The id of the job that is called by its id, by ``#`` and its first letters, or by its title and these.

        Raises: NotFound; InvalidSetting where several ids start with these letters.
        """
        return self._store.job_id(named)

    def rename(
        self, job_id: str, *, name: str | None = None, tags: Sequence[str] | None = None, note: str | None = None
    ) -> None:
        """Change what a job is called; None leaves it as it is, and an empty name gives back its title.

        Raises: NotFound; InvalidSetting for a text that is too long, or has characters that cannot be seen.
        """
        self._store.rename_job(job_id, name=name, tags=tags, note=note)

    def tags(self) -> tuple[str, ...]:
        """The tags of all jobs, in the order of the alphabet."""
        return tuple(self._store.tags())

    def free_name(self, name: str) -> str:
        """The name, or it with the first number that makes it no other job's. Raises InvalidSetting."""
        taken, tidy = self._store.names(), checked_name(name)
        tries = (f"{tidy[: LONGEST_NAME - NUMBER_LETTERS].rstrip()} {number}" for number in count(2))
        return next(one for one in chain([tidy], tries) if one not in taken)
