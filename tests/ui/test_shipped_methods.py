"""The method tables that ship: real trainings with their story. A new method is in them once they are made again."""

import pandas as pd
import pytest

from distill_core.assets import Manifest
from distill_core.decimals import rounded
from distill_core.lab import Lab
from distill_core.methods import METHODS
from distill_core.planning.resolve import resolve_experiment
from distill_core.reports.experiment_report import ExperimentReport, method_tables
from distill_core.templates.method_comparison import is_method_comparison, reference_student, table_experiment
from ui.screens.methods import shipped

pytestmark = pytest.mark.anywhere

TABLES = method_tables()


def test_a_table_ships() -> None:
    assert [manifest.name for manifest, _ in TABLES]


@pytest.mark.parametrize(("manifest", "sheet"), TABLES, ids=[manifest.name for manifest, _ in TABLES])
class TestTable:
    def test_it_is_what_its_command_makes(self, manifest: Manifest, sheet: ExperimentReport) -> None:
        transfer = {"same_images": "labelled", "all_images": "all"}[manifest.name]
        there = {"precision": sheet.experiment.precision}  # of the machine that made it
        asked = table_experiment(transfer, 5).model_copy(update=there)  # type: ignore[arg-type]
        shown = {one.method for one in sheet.experiment.students}
        asked = asked.model_copy(update={"students": tuple(one for one in asked.students if one.method in shown)})
        assert sheet.experiment == resolve_experiment(asked)
        assert manifest.command == f"python tools/make_method_table.py --only {manifest.name}"
        assert manifest.details["environment"]["cpu"]

    def test_its_methods_are_those_of_this_lab_with_five_seeds(
        self, manifest: Manifest, sheet: ExperimentReport
    ) -> None:
        taught = sheet.results[sheet.results["role"] != "teacher"]
        assert len(set(taught["method"])) >= 25
        assert set(taught["method"]) <= {one.name for one in METHODS} - {"patient"}
        assert set(taught.groupby("student")["seed"].nunique()) == {5}

    def test_its_rows_are_its_runs(self, manifest: Manifest, sheet: ExperimentReport) -> None:
        summary, beside = sheet.summary(), sheet.against(reference_student(sheet.experiment))
        table = shipped.rows(summary, beside, sheet, None).set_index("Student")
        runs = sheet.results[sheet.results["student"] == "DIST"]["test_accuracy"]
        assert table.loc["DIST", "Test accuracy (%)"] == rounded(100 * runs.mean(), 1)
        assert table["Test accuracy (%)"].is_monotonic_decreasing
        assert pd.isna(table.loc["Knowledge distillation", "Against KD (pp)"])
        assert len(table) == len(sheet.experiment.students)
        written = [f"{value:.1f}" for name in table if name.startswith("Against") for value in table[name].dropna()]
        assert written
        assert "-0.0" not in written
        assert not is_method_comparison(sheet.experiment)  # peers run along

    def test_it_says_what_was_learned_and_who_learned_it(
        self, manifest: Manifest, sheet: ExperimentReport, lab: Lab
    ) -> None:
        assert shipped.about(lab, sheet) == (
            "**Fashion-MNIST, 10,000 images** · teacher: ResNet-20 · every student: ResNet-8"
        )
