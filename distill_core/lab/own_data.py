"""The lab's own data: added from folders and zip files, listed, removed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from distill_core import clock
from distill_core.errors import InvalidSetting, NotFound, said
from distill_core.files import atomic_write
from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus
from distill_core.jobs.limited_process import Limits, run_limited
from distill_core.reports.images import forget_parts
from distill_core.said import Names, from_json
from distill_core.store import OPEN_STATES, JobSearch, Store
from distill_core.tasks import TaskCatalog
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.names import one_line, shown
from distill_core.tasks.own.refusals import refused
from distill_core.tasks.own.scene_import import MOST_CLASSES

WORKER = "distill_core.tasks.own.worker"
SOUND_WORKER = "distill_core.deployment.own_sounds"
# A picture of 50 million pixels in 32 bits, twice, beside the pixels that are kept.
LIMITS = Limits(memory_bytes=3_000_000_000, cpu_seconds=3_600, silent_seconds=60.0)
# Files on which the process may end before the rest is given up.
MOST_CRASHES = 5
SIDE_PX, SCENE_SIDE_PX = 32, 48
# How far it is, of how many files.
Report = Callable[[int, int], None]
# Parts in which the progress of a background import is told.
STEPS = 1_000


class OwnDataSets:
    """What a home has of its own. ``TaskCatalog`` makes tasks of it."""

    def __init__(self, store: Store, tasks: TaskCatalog) -> None:
        self._store = store
        self._tasks = tasks
        self._files = tasks.own
        self._files.sweep()
        self._adding = BackgroundTask("distill-own-data")

    def listed(self) -> tuple[OwnData, ...]:
        """What can be trained on, the oldest first."""
        return tuple(data for data in self._files.described() if self._files.has_examples(data.name))

    def named(self, text: str) -> OwnData:
        """Own data by title or name. Raises NotFound, InvalidSetting where several are called so."""
        found = [data for data in self.listed() if text in (data.name, data.title)]
        if len(found) == 1:
            return found[0]
        if found:
            got, names = said("{count} called {text!r}", len(found), text), Names(data.name for data in found)
            raise InvalidSetting(
                "own data", expected="those of one name", got=got, hint=said("choose of {names}", names)
            )
        raise NotFound(said("no own data called {text!r}; known: {names}", text, self._names()))

    def _names(self) -> Names | str:
        return Names(data.title for data in self.listed()) or "none"

    def add_images(
        self, path: Path, title: str, *, side_px: int = SIDE_PX, mirrored: bool = True, **more: Any
    ) -> OwnData:
        """Take in a folder or a zip file with a folder a class, within parts or not; ``more`` and errors as ``add``."""
        return self.add(path, title, {"kind": "images", "side_px": side_px, "mirrored": mirrored}, **more)

    def add_scenes(
        self,
        path: Path,
        title: str,
        *,
        side_px: int = SCENE_SIDE_PX,
        mirrored: bool = True,
        most_classes: int = MOST_CLASSES,
        **more: Any,
    ) -> OwnData:
        """Take in a folder or a zip file of pictures with a mask each, or with COCO's lists of outlines; ``more`` and
        errors as ``add``."""
        chosen = {"side_px": side_px, "mirrored": mirrored, "most_classes": most_classes}
        return self.add(path, title, {"kind": "scenes", **chosen}, **more)

    def add_sounds(self, path: Path, title: str, **more: Any) -> OwnData:
        """Take in a folder or a zip file of recordings with a folder a class; ``more`` and errors as ``add``."""
        return self.add(path, title, {"kind": "sounds"}, **more)

    def add_texts(
        self, path: Path, title: str, *, text: str = "text", label: str = "label", encoding: str = "utf-8", **more: Any
    ) -> OwnData:
        """Take in a CSV or TSV file with a column of texts and one of labels; ``more`` and errors as ``add``."""
        return self.add(path, title, {"kind": "texts", "text": text, "label": label, "encoding": encoding}, **more)

    def add_table(
        self,
        path: Path,
        title: str,
        *,
        label: str,
        left_out: Sequence[str] = (),
        categories: Sequence[str] = (),
        decimal: str = "",
        encoding: str = "utf-8",
        **more: Any,
    ) -> OwnData:
        """Take in a CSV or TSV file with a row an example: columns of numbers and of categories, and one of labels.
        ``more`` and errors as ``add``."""
        chosen = {"left_out": list(left_out), "categories": list(categories), "decimal": decimal}
        return self.add(path, title, {"kind": "tables", "label": label, "encoding": encoding, **chosen}, **more)

    def add(
        self,
        path: Path,
        title: str,
        settings: Mapping[str, Any],
        *,
        source: str = "",
        licence: str = "",
        report: Report = lambda done, total: None,
        checkpoint: Callable[[], None] = lambda: None,
    ) -> OwnData:
        """Take in files by the ``settings`` of their kind. Nothing is left of what fails.

        Raises: InvalidSetting where they make no task, or are here already; StorageFailed; what ``checkpoint`` raises.
        """
        told = {"title": self._free(title), "source": one_line(source, 500), "licence": one_line(licence, 500)}
        with self._files.staging() as folder:
            request = {"path": str(path.absolute()), "into": str(folder), **settings}
            found = _read(request, report, checkpoint)
            data = OwnData.of({**found, **told, "added_at": clock.now().isoformat()})
            if self._files.has_examples(data.name):
                known = self._files.of(data.name)
                raise refused("data that are not here yet", known.title if known else data.name, "use those")
            self._files.keep(data, folder)
        return data

    def columns(self, uploaded: bytes, *, encoding: str = "utf-8", decimal: str = "") -> Mapping[str, Any]:
        """What the columns of an uploaded table seem to hold (``table_import.look_at_table``). Raises: InvalidSetting
        where it cannot be read, StorageFailed."""
        with self._files.staging() as folder:
            atomic_write(folder / "uploaded", uploaded, flush=False)
            paths = {"path": str(folder / "uploaded"), "into": str(folder)}
            request = {"kind": "columns", "encoding": encoding, "decimal": decimal, "categories": []}
            return _read({**paths, **request}, lambda done, total: None, lambda: None)

    def start(self, uploaded: bytes, title: str, settings: Mapping[str, Any], **told: Any) -> TaskStatus:
        """Take in an uploaded file in the background; ``settings`` and ``told`` as ``add`` has them.

        Raises: InvalidSetting for a name that is not free, and while other data are taken in.
        """

        def work(control: TaskControl) -> None:
            with self._files.staging() as folder:
                atomic_write(folder / "uploaded", uploaded, flush=False)
                report, checkpoint = partial(_report, control), control.checkpoint
                self.add(folder / "uploaded", title, settings, report=report, checkpoint=checkpoint, **told)
            control.report(STEPS, "")

        return self._adding.start(self._free(title), STEPS, work)

    def adding(self) -> TaskStatus | None:
        """The data that are taken in, or were last; ``error``: why they are not here."""
        return self._adding.snapshot()

    def stop(self) -> None:
        """Let what is taken in end, without a trace. Idempotent."""
        self._adding.stop()

    def close(self, timeout_seconds: float) -> None:
        self._adding.close(timeout_seconds)

    def _free(self, title: str) -> str:
        found = shown(title)
        what, hint = "a name of own data", "choose another one"
        if not found:
            raise InvalidSetting(what, expected="letters or digits", got=title, hint=hint)
        if any(data.title == found for data in self.listed()):
            raise InvalidSetting(what, expected="one that is free", got=found, hint=hint)
        return found

    def jobs_on(self, name: str) -> int:
        """How many experiments are on these data."""
        return len(self._store.jobs(None, search=JobSearch(tasks=(name,))))

    def remove(self, name: str) -> int:
        """Remove the examples of own data, for good; returns how many experiments on them stay readable.

        Raises: NotFound; InvalidSetting while an experiment on them waits or runs.
        """
        search = JobSearch(tasks=(name,))
        if self._store.jobs(1, search=search, states=OPEN_STATES):
            hint = "wait until it has ended, or stop it"
            raise InvalidSetting("removing own data", expected="no experiment on them under way", got="one", hint=hint)
        used = self.jobs_on(name)
        self._files.remove(name, told=bool(used))
        forget_parts()
        return used


def _read(request: Mapping[str, Any], report: Report, checkpoint: Callable[[], None]) -> dict[str, Any]:
    """The worker's result. A file on which it ends is left out at its next try."""
    worker = SOUND_WORKER if request["kind"] == "sounds" else WORKER
    crashed: list[int] = []
    answer: dict[str, Any] = {}

    def heard(line: dict[str, Any]) -> None:
        answer.update(line)
        if "file" in line:
            report(*_numbers(line["file"]))

    while True:
        answer.clear()
        run_limited(worker, {**request, "crashed": crashed}, LIMITS, heard, checkpoint)
        if "error" in answer:
            raise InvalidSetting(from_json(*answer["error"]))
        if "result" in answer:
            return dict(answer["result"])
        if "file" not in answer or len(crashed) == MOST_CRASHES:
            got = "its reader ended, or took too long"
            raise refused("files that can be read in bounded time and memory", got, "choose fewer or smaller files")
        crashed.append(_numbers(answer["file"])[0])


def _report(control: TaskControl, done: int, total: int) -> None:
    step = said("file {number:,} of {total:,}", done + 1, total)
    # The last step is to part and to keep them.
    control.report((STEPS - 1) * done // max(1, total), step)


def _numbers(told: Any) -> tuple[int, int]:
    number, total = told
    return int(number), int(total)
