"""A process as ``WorkerProcess`` starts it, for tests: its jobs measure, wait or fail as their request says."""

from typing import Any

from distill_core.errors import InvalidSetting
from distill_core.events import RunStarted
from distill_core.jobs.outcomes import outcome_of
from distill_core.jobs.worker_jobs import WorkerJobs
from distill_core.jobs.worker_process import Channel


def main() -> None:
    channel = Channel()
    jobs = WorkerJobs(channel)
    while (job := jobs.next()) is not None:
        request, control, lock = job

        def work(control: Any, request: Any = request, lock: Any = lock) -> None:
            print("what a library prints")  # must not disturb the lines
            control.log(RunStarted("KD/0", "KD", 0))
            if request["does"] == "say":
                channel._out.write(request["line"].encode() + b"\n")
                channel._out.flush()
            if request["does"] == "fail":
                raise InvalidSetting("alpha", expected="0 to 1", got=2, hint="choose one of these")
            if request["does"] == "wait":
                while True:
                    control.checkpoint()
            timer = lock.exclusive(_timed, lambda: control.waits)
            timer(lambda: control.log(RunStarted("KD/1", "KD", 1)), checkpoint=control.checkpoint)

        jobs.done(control.job_id, *outcome_of(work, control))
    channel.leave()


def _timed(*calls: Any, checkpoint: Any) -> None:
    for call in calls:
        checkpoint()
        call()
