"""Which jobs a list shows, as conditions of a query."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_

from distill_core.store import tables

# No title is longer; SQLite refuses patterns of 50,000 bytes and expressions of 1,000 parts.
MOST_LETTERS = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSearch:
    """Jobs with all ``words`` in title, name or tags, in any order and case; none for more than 1,000 letters.

    ``also``: a word with a registered name (of a network, a method, a task) whose title has the word: it is found in
    the specification too. ``tasks``, any of which will do, ``method`` and ``tag`` are exact.
    """

    words: str = ""
    also: tuple[tuple[str, str], ...] = ()
    tasks: tuple[str, ...] = ()
    method: str | None = None
    tag: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        jobs = tables.jobs.c
        if len(self.words) > MOST_LETTERS:
            yield false()
            return
        text = jobs.title + "\n" + jobs.name + jobs.tags
        for word in dict.fromkeys(self.words.split()):
            # A database may know the cases of ASCII alone.
            cases = {word, word.lower(), word.upper(), word.title()} if not word.isascii() else {word}
            named = [name for said, name in self.also if said == word]
            yield or_(
                *(text.icontains(case, autoescape=True) for case in sorted(cases)),
                *(jobs.specification.contains(f'"{name}"', autoescape=True) for name in named),
            )
        for field, values in (("task", self.tasks), ("method", (self.method,) if self.method else ())):
            if values:
                said = (f'"{field}": "{value}"' for value in values)
                yield or_(*(jobs.specification.contains(text, autoescape=True) for text in said))
        if self.tag is not None:
            yield jobs.tags.contains(f"\n{self.tag}\n", autoescape=True)


EVERY_JOB = JobSearch()
