"""A search for jobs in a visitor's words, which may be those of a network, a method or a task."""

from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.store import JobSearch
from distill_core.tasks import Tasks

# Shorter words stand in most titles.
SHORTEST = 3


def searching(
    tasks: Tasks, words: str, *, of: tuple[str, ...] = (), method: str | None = None, tag: str | None = None
) -> JobSearch:
    """Jobs with all ``words`` in name, title or tags, or in the titles of their networks, methods and task; ``of``:
    on one of these tasks."""
    titles = {entry.name: entry.title.casefold() for entries in (tasks, ARCHITECTURES, METHODS) for entry in entries}
    said = [word for word in dict.fromkeys(words.split()) if len(word) >= SHORTEST]
    also = tuple((word, name) for word in said for name, title in titles.items() if word.casefold() in title)
    return JobSearch(words=words, also=also, tasks=of, method=method, tag=tag)
