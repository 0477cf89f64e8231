"""The tasks of a home."""

from collections.abc import Iterator
from pathlib import Path

from distill_core.events import Sink
from distill_core.registry import Registry
from distill_core.tasks import digits, fashion_mnist
from distill_core.tasks.base import Task, TaskData, null_sink
from distill_core.tasks.graph import medicine
from distill_core.tasks.own.kept import OwnFiles
from distill_core.tasks.segmentation import scenes
from distill_core.tasks.sound import speakers, spoken_digits
from distill_core.tasks.sound.own_voice import OwnVoices, is_own_voice
from distill_core.tasks.splits import load_task
from distill_core.tasks.text import languages

Tasks = Registry[Task]

# The shipped tasks, for code without a home.
TASKS: Tasks = Registry("task")
TASKS.add(*fashion_mnist.ENTRIES)
TASKS.add(*digits.ENTRIES)
TASKS.add(*spoken_digits.ENTRIES)
TASKS.add(*speakers.ENTRIES)
TASKS.add(*languages.ENTRIES)
TASKS.add(*scenes.ENTRIES)
TASKS.add(*medicine.ENTRIES)


class TaskCatalog(Registry[Task]):
    """The shipped tasks, and those of one home: its own data. What is known by name and not listed: voices of visitors,
    and own data that were removed while runs use them."""

    def __init__(self, home: Path) -> None:
        super().__init__("task")
        self.home = home
        self.voices = OwnVoices()
        self.own = OwnFiles(home)
        self.add(*TASKS)

    def get(self, name: str) -> Task:
        """The task called ``name``. Raises UnknownName with the known names and the nearest one."""
        return self.voices.task(name) or self.own.task(name) or super().get(name)

    def names(self) -> tuple[str, ...]:
        return tuple(task.name for task in self)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or is_own_voice(str(name)) or self.own.task(str(name)) is not None

    def __iter__(self) -> Iterator[Task]:
        yield from super().__iter__()
        yield from self.own.tasks()

    def __len__(self) -> int:
        return super().__len__() + len(self.own.tasks())

    def load(self, name: str, sink: Sink = null_sink) -> TaskData:
        """The data of a task, read from the home. Raises UnknownName, CorruptFile."""
        return load_task(self.get(name), self.home, sink)
