"""The networks of several experiments in one table, each under a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from distill_core.lazy_torch import pd
from distill_core.reports.results import named_by_metric
from distill_core.reports.summary import DIGITS, same_digits
from distill_core.reports.texts import inferred

Summary = Callable[[str], pd.DataFrame]
Results = Callable[[Sequence[str]], pd.DataFrame]


def gathered(
    job_ids: Sequence[str], summary: Summary, results: Results, called: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The summaries of these jobs (one at least) below each other, a shared network once; and their results, a row a
    run.

    ``summary`` and ``results`` are those of ``lab.reports``. In both tables ``student`` is unique: a name that several
    jobs use carries the job's number, or what ``called`` has for the job. The first also has ``job_id``, ``asked`` (the
    number of comparisons with a control in that job), and ``given`` and ``network``, which ``flat`` leaves out, as it
    does ``delta_digits``.
    """
    summaries = [(job_id, summary(job_id)) for job_id in job_ids]
    # Holm's correction counts all comparisons of an experiment, whatever a filter leaves of them.
    tables = [table.assign(job_id=job_id, asked=table["p_value"].notna().sum()) for job_id, table in summaries]
    every = inferred(pd.concat([table.astype(object) for table in tables], ignore_index=True))
    every = every.assign(given=every["student"], network=[_network(row) for row in every.to_dict("records")])
    # A control serves several teachers: how often it agrees with them is one number only where there is one.
    teachers = every.groupby("network")["agreement"].transform("nunique")
    rows = every.assign(agreement=every["agreement"].where(teachers < 2)).drop_duplicates("network")
    rows = same_digits(rows.reset_index(drop=True))
    rows = rows.assign(student=_names(rows, called or {}))
    names = dict(zip(rows["network"], rows["student"], strict=True))
    here = {(row.job_id, row.given): names[row.network] for row in every.itertuples()}
    for other in ("control", "taught_by"):
        rows[other] = [here.get(pair) for pair in zip(rows["job_id"], rows[other], strict=True)]
    runs = results(job_ids).drop_duplicates("run_id")
    pairs = zip(runs["job_id"], runs["student"], strict=True)
    students: list[Any] = [here.get(pair) for pair in pairs]
    return rows, runs.assign(student=students)


def flat(rows: pd.DataFrame) -> pd.DataFrame:
    """The first table of ``gathered`` as files have it: names with units (bytes, ms, shares from 0 to 1), and its
    scores by their metric where all share one."""
    plain = rows.assign(run_ids=rows["run_ids"].map(" ".join)).drop(columns=["given", "network", DIGITS])
    several = "metric" in plain and plain["metric"].nunique() > 1
    return plain if several else named_by_metric(plain)


def _network(row: Mapping[Any, Any]) -> str:
    """The same for the same trained networks, whatever an experiment calls them."""
    runs = ",".join(sorted(row["run_ids"]))
    return f"{row['role']} {runs}" if runs else f"{row['job_id']} {row['student']}"


def _names(rows: pd.DataFrame, called: Mapping[str, str]) -> list[str]:
    several = rows.groupby("given")["job_id"].nunique() > 1
    pairs = zip(rows["given"], rows["job_id"], strict=True)
    return [f"{given} {called.get(job_id, f'#{job_id[:4]}')}" if several[given] else given for given, job_id in pairs]
