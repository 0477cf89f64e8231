"""The lab's own server as ``benchmarks/room.py`` starts it: Streamlit over a checkout, with a door for questions.

Run as a script with a folder, a port and perhaps the interpreter's switch interval in ms: what the parent asks comes
as lines of JSON on stdin, and each is answered with one on stdout. What Streamlit prints goes to stderr.
"""

import json
import os
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from distill_core.templates.presets import default_experiment

__all__ = ["Door"]

# Outlasts the measurement; more would tell of its first loss later.
LONG_UPDATES = 6_000
QUICK_UPDATES = 24
SAMPLES_SECONDS = 0.01
WAIT_SECONDS = 600.0
TRAINS = ("distill-worker", "distill-pool")


class Door:
    """Answers the parent's questions, each a method of its name, from a thread of the server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs: list[tuple[str, bool, float]] = []
        self.sampler: Sampler | None = None
        self.job = ""

    def serve(self, answers: Any) -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                answer = {"answer": getattr(self, f"do_{asked['do']}")(**asked.get("with", {}))}
            except Exception as error:
                answer = {"error": f"{asked['do']}: {error!r}"}
            print(json.dumps(answer), file=answers, flush=True)

    def count(self) -> None:
        """Count what each run of a page costs its thread."""
        from streamlit.runtime.scriptrunner import script_runner

        run_script, door = script_runner.ScriptRunner._run_script, self

        def counted_run(runner: Any, rerun_data: Any) -> None:
            began = time.thread_time()
            try:
                run_script(runner, rerun_data)
            finally:
                fragment = bool(rerun_data.fragment_id_queue or rerun_data.fragment_id)
                door.runs.append((rerun_data.page_script_hash, fragment, 1000 * (time.thread_time() - began)))

        script_runner.ScriptRunner._run_script = counted_run  # type: ignore[method-assign]

    def do_fill(self) -> str:
        """A finished comparison, where there is none."""
        from distill_core.spec import Budget

        lab = _lab()
        finished = [job.id for job in lab.jobs() if job.state == "finished"]
        if finished:
            return finished[0]
        quick = default_experiment().model_copy(update={"budget": Budget(updates=QUICK_UPDATES)})
        job = lab.wait(lab.submit(quick), WAIT_SECONDS)
        if job.state != "finished":
            raise RuntimeError(f"the comparison is {job.state}: {job.error}")
        return job.id

    def do_train(self) -> None:
        """Begin a long training; answers once it has told of its first loss."""
        from distill_core.events import TrainPoint
        from distill_core.spec import Budget

        lab = _lab()
        long = default_experiment().model_copy(update={"budget": Budget(updates=LONG_UPDATES)})
        self.job = lab.submit(long)
        while not any(isinstance(event, TrainPoint) for event in lab.job(self.job).events):
            if (job := lab.wait(self.job, 0.1)).state not in ("queued", "running"):
                raise RuntimeError(f"the training is {job.state}: {job.error}")

    def do_stop(self) -> str:
        """End the training and forget it; how it was before."""
        lab = _lab()
        state = str(lab.job(self.job).state)
        lab.stop(self.job)
        lab.wait(self.job, 60)
        lab.delete(self.job)
        return state

    def do_state(self) -> dict[str, Any]:
        """Where the process stands; ``runs`` are those since the last question: page, fragment or not, ms of work."""
        import psutil

        process = psutil.Process()
        runs, self.runs = self.runs, []
        return {
            "at": time.monotonic(),
            "updates": self._updates(),
            "processor_seconds": sum(process.cpu_times()[:2]) + _of_children(process),
            "training_seconds": sum(one.user_time + one.system_time for one in process.threads() if _trains(one.id))
            + _of_children(process),
            "rss_bytes": process.memory_info().rss,
            "descriptors": process.num_fds() if hasattr(process, "num_fds") else process.num_handles(),
            "runs": runs,
        }

    def _updates(self) -> list[tuple[float, int]]:
        """When the long training told of how many updates (monotonic clock)."""
        from distill_core.events import Progress

        events = _lab().job(self.job).events if self.job else ()
        return [(event.reported_at, event.done) for event in events if isinstance(event, Progress) and event.done > 1]

    def do_profile(self) -> None:
        self.sampler = Sampler(self.root)
        self.sampler.start()

    def do_profiled(self) -> dict[str, dict[str, float]]:
        if self.sampler is None:
            return {}
        self.sampler.ended.set()
        self.sampler.join()
        return {name: dict(table) for name, table in self.sampler.tables.items()}


class Sampler(threading.Thread):
    """What threads spend their processor time on: the time that a thread took since the last look belongs to where it
    stands now. Of pages nearly all of it is spent under the interpreter's lock."""

    def __init__(self, root: Path) -> None:
        super().__init__(name="sampler", daemon=True)
        self.root = f"{root}{os.sep}"
        self.ended = threading.Event()
        self.tables: dict[str, dict[str, float]] = {"threads": defaultdict(float), "pages": defaultdict(float)}
        self._spent: dict[int, float] = {}

    def run(self) -> None:
        for thread in threading.enumerate():  # what they did before is not part of it
            with suppress(OSError):
                self._spent[thread.ident or 0] = _processor_seconds(thread)
        while not self.ended.wait(SAMPLES_SECONDS):
            frames = sys._current_frames()
            for thread in threading.enumerate():
                frame = frames.get(thread.ident or 0)
                if frame is not None and thread is not self:
                    self._look(thread, frame)

    def _look(self, thread: threading.Thread, frame: Any) -> None:
        try:
            spent = _processor_seconds(thread)
        except OSError:
            return  # it has just ended
        # A number of an ended thread comes again.
        took = spent - self._spent.get(thread.ident or 0, 0.0)
        self._spent[thread.ident or 0] = spent
        kind = "pages" if thread.name.startswith("ScriptRunner") else thread.name.rstrip("0123456789-_")
        self.tables["threads"][kind] += took if took >= 0 else spent
        if kind == "pages":
            self.tables["pages"][self._place(frame)] += took if took >= 0 else spent

    def _place(self, frame: Any) -> str:
        """The innermost function of the lab, with the library that it waits for; else Streamlit's own."""
        inner = _short(frame.f_code)
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self.root) and "site-packages" not in name and name != __file__:
                place = f"{name.removeprefix(self.root)}:{frame.f_code.co_name}"
                return place if inner.startswith(self.root) else f"{place} in {inner.split('/')[0]}"
            frame = frame.f_back
        return f"Streamlit itself: {inner}"


def _of_children(process: Any) -> float:
    """Seconds of the process that trains beside the server, where there is one."""
    return float(sum(sum(child.cpu_times()[:2]) for child in process.children()))


def _trains(native_id: int) -> bool:
    """Whether it is the worker's, the crew's or one of torch's own, which Python does not know."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    return names.get(native_id, TRAINS[0]).startswith(TRAINS)


def _processor_seconds(thread: threading.Thread) -> float:
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident or 0))


def _short(code: Any) -> str:
    return f"{code.co_filename.rpartition('site-packages/')[2]}:{code.co_name}"


def _lab() -> Any:
    import ui

    return ui.lab()


def main() -> None:
    root, port = Path(sys.argv[1]), sys.argv[2]
    if len(sys.argv) > 3:
        sys.setswitchinterval(float(sys.argv[3]) / 1000)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.path[0] = str(root)
    door = Door(root)
    door.count()
    threading.Thread(target=door.serve, args=(answers,), name="door", daemon=True).start()

    from streamlit.web import cli

    cli.main(["run", str(root / "app.py"), "--server.port", port])


if __name__ == "__main__":
    main()
