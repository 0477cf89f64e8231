"""Trains an experiment in the foreground: progress, the table, and what went wrong."""

from __future__ import annotations

import argparse

from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.lazy_torch import pd
from distill_core.shell.outputs import put
from distill_core.shell.printing import ENDED, note, progress, records, share, status_of, table
from distill_core.spec import Experiment
from distill_core.time_left import others

MOST_SHOWN = 10


def train(lab: Lab, experiment: Experiment, chosen: argparse.Namespace) -> int:
    """Train what is not stored yet, and put out the table; returns the exit status."""
    for line in lab.plan(experiment).notes:
        note(line)
    job = _watch(lab, lab.submit(experiment))
    results = lab.reports.results([job.id])
    failures = put(chosen, records(results), table(lab.reports.summary(job.id)))
    unreadable = lab.reports.unreadable([job.id])
    problems = [*_failed(results), *failures]
    if job.state != "finished":
        problems.append(f"{job.state}: {job.error or 'no reason was given'}")
    for run in unreadable:
        note(f"{run.student} (seed {run.seed}): {run.why}")
    return status_of(problems)


def _watch(lab: Lab, job_id: str) -> JobView:
    busy = ""
    with progress() as show:
        while True:
            job = lab.wait(job_id, timeout_seconds=0.5)
            show(share(job))
            if not busy and (busy := others(lab.busy())):
                note(busy)
            if job.state in ENDED:
                return job


def _failed(results: pd.DataFrame) -> list[str]:
    """Lines with the number of failed runs and the reasons of the first ones."""
    runs = results[results["role"] != "teacher"]
    failed = runs[runs["state"] != "finished"]
    if failed.empty:
        return []
    shown = failed.head(MOST_SHOWN)
    reasons = zip(shown["student"], shown["seed"], shown["message"], strict=True)
    lines = [f"  {student}, seed {seed}: {message}" for student, seed, message in reasons]
    more = [f"  and {len(failed) - len(shown)} more"] if len(failed) > len(shown) else []
    return [f"{len(failed)} of {len(runs)} runs failed:", *lines, *more]
