"""The lab's visitors' own voices: networks of spoken digits get used to one, and its words are forgotten then."""

from collections.abc import Callable

from distill_core.errors import DistillError
from distill_core.lab.naming import Naming
from distill_core.spec import Experiment, Student
from distill_core.store import OPEN_STATES, JobState, Store
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.sound.own_voice import OwnVoices
from distill_core.templates.new_voice import own_voice_adaptation


class Voices:
    """Words of visitors, each set a task of its own that nobody else is offered."""

    def __init__(self, store: Store, naming: Naming, words: OwnVoices, submit: Callable[[Experiment], str]) -> None:
        self._store = store
        self._naming = naming
        self._words = words
        self._submit = submit

    def adapt(self, run_id: str, words: Recordings, *, name: str = "") -> str:
        """Queue the adaptation of a run on spoken digits to these words; the id of its job, which is called ``name``,
        with a number where another one is. Once it has ended, the words are forgotten.

        Raises: NotFound; DistillError where that network cannot be adapted, and what ``Lab.submit`` raises.
        """
        run = self._store.run(run_id)
        form = {"architecture": run.architecture, "width": run.width, "stem_stride": run.stem_stride}
        source = Student.model_validate({"name": run.student, **form})
        task = self._words.add(words)
        try:
            job_id = self._submit(own_voice_adaptation(task, len(words.labels_N), source, run_id))
        except DistillError:
            self._words.forget_unneeded(task)
            raise
        self._words.needed_by(task, job_id)
        job = self._store.job(job_id)
        if name and not job.name:
            self._naming.rename(job_id, name=self._naming.free_name(name))
        self.note_state(job_id, job.state)
        return job_id

    def note_state(self, job_id: str, state: JobState) -> None:
        """Forget the words of a job that has ended."""
        if state not in OPEN_STATES:
            self._words.ended(job_id)
