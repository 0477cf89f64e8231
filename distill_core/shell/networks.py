"""The shell's commands on stored networks: compress one, and test some on disturbed images."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.decimals import fixed
from distill_core.lab import Lab, home_of
from distill_core.lazy_torch import pd
from distill_core.robustness.attacks import ATTACKS
from distill_core.robustness.corruptions import FAMILIES
from distill_core.robustness.evaluate import CLEAN
from distill_core.shell.chains import chain_of
from distill_core.shell.named_runs import best_run, finished_runs
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import home_of_lab, note, plain, progress, share, status_of
from distill_core.shell.training import train
from distill_core.spec import StoredTeacher, TeacherSpec, choice_of_key
from distill_core.templates.presets import TASK, TEACHER

FIRST = ["student", "seed", "run_id"]


def add_networks(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the commands; returns them."""
    compress = add_command(commands, "compress", "make a smaller network out of a trained one", _compress, outputs=True)
    compress.add_argument(
        "network",
        nargs="?",
        metavar="RUN|JOB|TEACHER",
        default=TEACHER.key,
        help="a run, an experiment (its best student on validation), or a name of list teachers; "
        f"by default {TEACHER.key}",
    )
    compress.add_argument(
        "steps",
        nargs="*",
        metavar="STEP",
        help="in order: a name of list steps, or of list methods for a training, with settings as in "
        "prune:keep=0.5,multiple=16 or kd:temperature=4; by default prune:keep=0.5 kd int8, and for "
        f"{TEACHER.key} a slice before it",
    )
    compress.add_argument(
        "--teacher", metavar="TEACHER", help="a name of list teachers: it teaches in place of the compressed network"
    )
    compress.add_argument("--task", metavar="NAME", help=f"by default that of the run, or {TASK}")
    compress.add_argument("--updates", type=int, metavar="N", help="of each training (720)")
    compress.add_argument("--labels", type=int, metavar="N", help="that trainings may see; by default all")
    compress.add_argument("--seeds", type=int, metavar="N", help="1 to 5 (1)")
    compress.add_argument(
        "--no-controls", action="store_true", help="without the same network from random weights beside it"
    )
    robust = add_command(
        commands, "robustness", "test networks on corrupted and attacked examples", _robustness, outputs=True
    )
    robust.add_argument(
        "networks", nargs="+", metavar="RUN|JOB", help="runs, and experiments with all their finished networks"
    )
    robust.add_argument("--images", type=int, metavar="N", default=2000, help="test examples, from the first on (2000)")
    robust.add_argument(
        "--corruption",
        action="append",
        metavar="NAME",
        help="this one of list corruptions alone (repeatable); by default all that fit",
    )
    robust.add_argument("--attacks", action="store_true", help="FGSM and PGD too, which take much longer; not on texts")
    return [compress, robust]


def _compress(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    name = chosen.network.removeprefix("run:")
    with opened(home_of(chosen.home) if ":" in name else home_of_lab(chosen.home)) as lab:
        if ":" in name:
            task, network = chosen.task or TASK, choice_of_key(name)
        else:
            task, network = _stored(lab, name, chosen.task)
        teacher = choice_of_key(chosen.teacher) if chosen.teacher else None
        return train(lab, lab.catalog.chain_experiment(chain_of(chosen, task, network, teacher)), chosen)


def _stored(lab: Lab, name: str, task: str | None) -> tuple[str, TeacherSpec]:
    """The task and the network that a run or a job stands for: of a job the best student on validation images."""
    best = best_run(lab, name, files=("float32",))
    note(f"compressing {best['student']} with seed {best['seed']}, run {best['run_id']}")
    return task or str(best["task"]), StoredTeacher(run=str(best["run_id"]))


def _robustness(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        runs = pd.concat([finished_runs(lab, name) for name in chosen.networks]).drop_duplicates("run_id")
        ids = list(runs["run_id"])
        attacks = tuple(ATTACKS) if chosen.attacks else ()
        lab.robustness.test(ids, images=chosen.images, corruptions=chosen.corruption, attacks=attacks)
        problem = _watch(lab)
        scores = _asked(lab.robustness.scores(ids), runs, chosen)
    failures = put(chosen, plain(scores), _table(scores), scores)
    return status_of([*([problem] if problem else []), *failures])


def _watch(lab: Lab) -> str | None:
    """Wait for the test; returns why it failed."""
    with progress() as show:
        while (status := lab.robustness.wait(0.5)) is not None:
            show(share(status))
            if status.finished:
                return status.error
    return None


def _asked(scores: pd.DataFrame, runs: pd.DataFrame, chosen: argparse.Namespace) -> pd.DataFrame:
    """The scores that the command is about, with the names and seeds of their networks."""
    images = scores.groupby("run_id")["images"].transform(lambda known: known[known <= chosen.images].max())
    wanted = [CLEAN, *(chosen.corruption or scores.loc[scores["family"].isin(FAMILIES), "disturbance"].unique())]
    wanted += ATTACKS if chosen.attacks else ()
    asked = scores[(scores["images"] == images) & scores["disturbance"].isin(wanted)]
    named = asked.merge(runs[FIRST], on="run_id")
    return named[[*FIRST, *(name for name in scores.columns if name != "run_id")]]


def _table(scores: pd.DataFrame) -> str:
    """A row a network: accuracy in % on clean examples, its mean in each family and over all corruptions, and under
    each attack."""
    if scores.empty:
        return "No network was tested, so there is no table."
    rows = [
        {
            "student": student,
            "seed": seed,
            "images": group["images"].iloc[0],
            **_means(group),
        }
        for (student, seed, _), group in scores.groupby(FIRST, sort=False)
    ]
    return pd.DataFrame(rows).to_string(index=False, float_format=lambda value: fixed(value, 1), na_rep="")


def _means(group: pd.DataFrame) -> Mapping[str, float]:
    corrupted = group[group["family"].isin(FAMILIES)]
    shown: Sequence[tuple[str, pd.DataFrame]] = (
        (CLEAN, group[group["disturbance"] == CLEAN]),
        *((family, corrupted[corrupted["family"] == family]) for family in FAMILIES),
        ("corrupted", corrupted),
        *(
            (f"{attack} {eps:g}", rows)
            for (attack, eps), rows in group[group["family"] == "attack"].groupby(["disturbance", "strength"])
        ),
    )
    return {name: 100 * float(rows["accuracy"].mean()) for name, rows in shown if len(rows)}
