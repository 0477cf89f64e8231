"""What may be wrong with a home: every file of a run, every table, every column, every number, found by looking."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from tests.pages.sweeping import Swept

__all__ = ["Fault", "columns", "files", "names", "scores", "tables"]

OWN = ("labs", "alembic_version")  # of open labs and of the schema: no results


@dataclass(frozen=True)
class Fault:
    what: str
    make: Callable[[Swept], None]


def files(swept: Swept) -> list[Fault]:
    """Each kind of file of a student in every experiment: gone, cut, empty, other bytes, another run's, no row."""
    kinds = sorted({path.name for path in swept.files()})
    damage: dict[str, Callable[[bytes, bytes], bytes | None]] = {
        "gone": lambda whole, other: None,
        "cut": lambda whole, other: whole[: len(whole) // 2],
        "empty": lambda whole, other: b"",
        "other bytes": lambda whole, other: bytes(reversed(whole)),
        "another run's": lambda whole, other: other,
    }
    found = [Fault(f"{kind} {how}", _damaged(kind, change)) for kind, (how, change) in product(kinds, damage.items())]
    return found + [Fault(f"{kind} without its row", _forgotten(kind)) for kind in kinds]


def _forgotten(kind: str) -> Callable[[Swept], None]:
    def make(swept: Swept) -> None:
        for run_id in swept.one_student_each():
            swept.sql("DELETE FROM artifacts WHERE run_id = ? AND file = ?", run_id, kind)

    return make


def _damaged(kind: str, change: Callable[[bytes, bytes], bytes | None]) -> Callable[[Swept], None]:
    def make(swept: Swept) -> None:
        (teacher, *_) = swept.runs("teacher")
        for run_id in swept.one_student_each():
            path, other = swept.home / "runs" / run_id / kind, swept.home / "runs" / teacher / kind
            found = change(path.read_bytes(), other.read_bytes())
            if found is None:
                path.unlink()
            else:
                path.write_bytes(found)

    return make


def tables(swept: Swept) -> list[Fault]:
    """Every table of results without rows, and without every second one; networks that failed."""
    failed = "UPDATE runs SET state = 'failed', message = 'it diverged', scores = '{}' WHERE role = '%s'"
    changes = {f"a {role} failed": failed % role for role in ("teacher", "control", "student")}
    for table in swept.tables():
        if table not in (*OWN, "jobs", "runs"):
            changes[f"no {table}"] = f"DELETE FROM {table}"
            changes[f"half of {table}"] = f"DELETE FROM {table} WHERE rowid % 2"
    return [Fault(what, lambda swept, change=change: swept.sql(change)) for what, change in changes.items()]


def columns(swept: Swept, *, of_runs: bool = False) -> list[Fault]:
    """Garbage in a row of every table: in a column of each type that no table before it has, in its last one where it
    has none; or in every column of the tables of runs. Rows are read alike, whatever their table."""
    found, kinds = list[Fault](), set[str]()
    for table in swept.tables():
        known = swept.columns(table)
        if of_runs and table in ("runs", "job_runs"):
            found += [_garbage(table, column) for column in known]
        elif not of_runs and table not in OWN:
            new = {kind: column for column, kind in known.items() if kind not in kinds}
            kinds |= new.keys()
            found += [_garbage(table, column) for column in new.values() or list(known)[-1:]]
    return found


def _garbage(table: str, column: str) -> Fault:
    newest = f"(SELECT max(rowid) FROM {table})"
    return Fault(
        f"{table}.{column}", lambda swept: swept.sql(f"UPDATE {table} SET {column} = 'garbage' WHERE rowid = {newest}")
    )


def scores(swept: Swept) -> list[Fault]:
    """Every number that runs have of themselves: in turns not there, as in those of an older lab, and no number."""
    known = {key for (text,) in swept.sql("SELECT scores FROM runs") for key in json.loads(text)}
    return [Fault(f"{key} of runs", lambda swept, key=key: _rescored(swept, key)) for key in sorted(known)]


def _rescored(swept: Swept, key: str) -> None:
    rows = []
    for place, (run_id, text) in enumerate(swept.sql("SELECT id, scores FROM runs ORDER BY id")):
        found = json.loads(text)
        known = found.pop(key, None)
        if place % 3 and isinstance(known, float | int):
            found[key] = ("x", {"not finite": "nan"})[place % 3 - 1]
        rows.append((json.dumps(found), run_id))
    swept.sql_many("UPDATE runs SET scores = ? WHERE id = ?", rows)


def names(swept: Swept) -> list[Fault]:
    """The newest experiment's specification as another lab may have left it."""

    def changed(change: Callable[[dict], object]) -> Callable[[Swept], None]:
        def make(swept: Swept) -> None:
            job_id = swept.jobs[0]
            (text,) = swept.sql("SELECT specification FROM jobs WHERE id = ?", job_id)[0]
            found = json.loads(text)
            change(found)
            swept.sql("UPDATE jobs SET specification = ? WHERE id = ?", json.dumps(found), job_id)

        return make

    def garbled(column: str) -> Callable[[Swept], None]:
        return lambda swept: swept.sql(f"UPDATE jobs SET {column} = 'garbage' WHERE id = ?", swept.jobs[0])

    return [
        Fault("another lab's limits", changed(lambda found: found["budget"].update(updates=10**9))),
        Fault("an unknown field", changed(lambda found: found.update(new=1))),
        Fault("an unknown task", changed(lambda found: found.update(task="new"))),
        Fault("an unknown architecture", changed(lambda found: found["students"][0].update(architecture="new"))),
        Fault("an unknown method", changed(lambda found: found["students"][-1].update(method="new"))),
        Fault("no JSON", garbled("specification")),
        Fault("an unknown state", garbled("state")),
        Fault("no moment", garbled("submitted_at")),
    ]
