"""The lab's documents: experiments as a page of their own, as a notebook, or as runs of MLflow."""

from __future__ import annotations

from collections.abc import Sequence

from distill_core.lab.reports import Reports
from distill_core.reports.document.contents import Contents, Told, check_count, plain_findings
from distill_core.reports.document.mlflow_runs import log_runs
from distill_core.reports.document.notebook import notebook
from distill_core.reports.document.page import page
from distill_core.reports.gathered import gathered
from distill_core.store import Store


class Documents:
    """Writes documents of the experiments of one store."""

    def __init__(self, store: Store, reports: Reports) -> None:
        self._store = store
        self._reports = reports

    def page(self, job_ids: Sequence[str], findings: Sequence[str] = ()) -> bytes:
        """One HTML file that needs nothing else. ``findings``: sentences without markup in place of the engine's own.

        Raises: NotFound; InvalidSetting for no experiment or too many; CorruptFile.
        """
        return page(self.contents(job_ids, findings))

    def notebook(self, job_ids: Sequence[str], findings: Sequence[str] = ()) -> bytes:
        """A Jupyter notebook that repeats the experiments. As ``page``."""
        return notebook(self.contents(job_ids, findings))

    def log_to_mlflow(self, job_ids: Sequence[str], uri: str) -> int:
        """Log the networks of the experiments to the MLflow at ``uri``; how many were new there. Raises as ``page``,
        and InvalidSetting where MLflow is not installed or cannot be written."""
        return log_runs(self.contents(job_ids), uri)

    def contents(self, job_ids: Sequence[str], findings: Sequence[str] = ()) -> Contents:
        """What both tell."""
        asked = list(dict.fromkeys(job_ids))
        check_count(len(asked))
        records = [self._store.job(job_id) for job_id in asked]
        rows, runs = gathered(asked, self._reports.summary, self._reports.results)
        finished = runs[runs["state"] == "finished"]
        names = dict(zip(finished["run_id"], finished["student"], strict=True))
        return Contents(
            experiments=tuple(
                Told(
                    job_id=record.id,
                    title=record.name or record.title,
                    subject=record.title,
                    note=record.note,
                    specification=record.specification,
                )
                for record in records
            ),
            rows=rows,
            runs=runs,
            curves=self._reports.curves(names),
            findings=tuple(findings) or plain_findings(rows),
        )
