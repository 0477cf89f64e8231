"""A latency that was disturbed is marked wherever it stands, and ratios are made within one round alone."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.ui.benchmarked import numbers, row, server
from tests.ui.test_charts import LOOKS, ROWS, trace
from tests.ui.test_compare_parts import comparison
from tests.ui.test_pipeline import built, looks
from tests.ui.test_story import CONTROL, STUDENT, TEACHER, summary
from ui import charts, spreadsheet
from ui.networks import style
from ui.screens.benchmark import devices, downloads, findings, here, histogram, whiskers
from ui.screens.benchmark import table as measured
from ui.screens.compare import downloads as compared
from ui.screens.compare import findings as comparing
from ui.screens.compare import table
from ui.screens.compress import eight_bits, pipeline_chart
from ui.screens.compress import findings as compressing
from ui.text import story, taken

LOADED = "other programs used 90% of the processors"
QUIET = {"disturbed": "", "round_id": "a"}
# What no ratio is made of: disturbed, of another round, from before anybody looked.
APART = [
    {"disturbed": LOADED, "round_id": "a"},
    {"disturbed": "", "round_id": "b"},
    {"disturbed": None, "round_id": None},
]


def test_one_round_that_nothing_disturbed_can_be_compared() -> None:
    assert taken.together(QUIET, QUIET)
    assert taken.why_not(QUIET, QUIET) == ""


@pytest.mark.parametrize("other", [*APART, {"disturbed": float("nan"), "round_id": float("nan")}, {}])
def test_all_else_cannot(other: dict[str, object]) -> None:
    assert not taken.together(QUIET, other)
    assert taken.why_not(QUIET, other)


@pytest.mark.parametrize("other", APART)
def test_home_compares_no_latencies_that_were_not_taken_together(other: dict[str, object]) -> None:
    teacher, student = {**TEACHER, **QUIET, "p50_ms": 2.1}, {**STUDENT, **QUIET, "p50_ms": 1.4}
    assert "1.4 ms instead of 2.1 ms" in story.sentences(summary(teacher, CONTROL, student))[-1]
    told = story.sentences(summary(teacher, CONTROL, {**student, **other}))[-1]
    assert "instead of 2.1 ms" not in told
    assert "306 kB instead of 1.1 MB" in told
    assert "not compared" in told
    assert ("≈ 1.4 ms" in told) == bool(other["disturbed"])


def test_it_is_told_how_many_were_disturbed() -> None:
    loaded = {**QUIET, "disturbed": LOADED}
    assert taken.why_not(QUIET, loaded).startswith("one of them was disturbed")
    assert taken.why_not(loaded, loaded).startswith("both were disturbed")
    assert taken.why_not(loaded, loaded, loaded).startswith("all of them were disturbed")


def test_what_disturbed_several_is_told_once() -> None:
    slow = {**QUIET, "disturbed": f"{LOADED}; 1 of 20 runs took 9 times as long as the middle one"}
    assert taken.why_not({**QUIET, "disturbed": LOADED}, slow) == f"both were disturbed ({slow['disturbed']})"


def test_compare_marks_a_disturbed_latency_in_table_chart_sentences_and_file() -> None:
    rows = comparison().assign(on_front=True, near_front=False)
    rows["disturbed"] = ["", "", "", LOADED][: len(rows)] + [LOADED] * (len(rows) - 4)
    shown = dict.fromkeys(rows["student"], LOOKS["A"])
    built = table.build(rows, shown)
    assert f"disturbed: {LOADED}" in built["Latency was"].tolist()
    assert [*built].index("Latency was") == [*built].index("Median latency, server (ms)") + 1
    assert any("Something else used the machine" in one for one in comparing.sentences(rows, "p50_ms"))
    assert not any("Something else used the machine" in one for one in comparing.sentences(rows, "onnx_bytes"))
    assert LOADED.encode() in spreadsheet.as_csv(compared.flat(rows.assign(given="", network="")))
    quiet = rows.assign(disturbed="")
    assert "Latency was" not in table.build(quiet, shown)


def test_charts_draw_a_disturbed_latency_hollow_and_say_why() -> None:
    rows = ROWS.assign(disturbed=["", "", LOADED, ""])
    for made in (charts.pareto(rows, "p50_ms", LOOKS, dark=False), charts.parallel(rows, LOOKS, dark=False)):
        assert taken.LEGEND in made.legend
        assert f"disturbed: {LOADED}" in made.table["Latency was"].tolist()
        symbol = trace(made, "A").marker.symbol
        assert any("open" in one for one in ([symbol] if isinstance(symbol, str) else symbol))
    made = charts.pareto(rows, "onnx_bytes", LOOKS, dark=False)
    assert taken.LEGEND not in made.legend
    assert "open" not in trace(made, "A").marker.symbol


@pytest.mark.parametrize("other", APART)
def test_the_benchmark_makes_ratios_of_one_round_alone(other: dict[str, object]) -> None:
    rows = [row("Big", 4.0, **QUIET), row("KD", 1.0, **QUIET), row("KD", 3.0, threads=2, **QUIET)]
    assert "**4.0 times as fast**" in findings.sentences(numbers(*rows), 1)[1]
    apart = [{**one, **other} if one["network"] == "KD" else one for one in rows]
    apart[2]["round_id"] = "c"
    told = " ".join(findings.sentences(numbers(*apart), 1))
    assert "times as" not in told
    assert "Where no ratio is told" in told
    assert "More threads bring nothing" not in told


def test_the_server_beside_this_device_is_of_another_machine_and_no_round() -> None:
    told = findings.sentences(numbers(row("KD", 1.0), server("KD", 2.0)), 1)[-1]
    assert "**2.0 times as fast**" in told
    told = findings.sentences(numbers(row("KD", 1.0), server("KD", 2.0, disturbed=LOADED)), 1)[-1]
    assert "times as fast**" not in told
    assert "≈ 2.0 ms" in told


def test_the_board_marks_what_was_disturbed_in_chart_tables_and_files() -> None:
    found = numbers(row("KD", 1.0, disturbed=LOADED), row("Big", 2.0), row("Small", 3.0, disturbed=None))
    shown = devices.build(found, devices.FASTEST)
    made = whiskers.chart(shown, found.looks, style.theme(False), alt="", images=1)
    assert dict(zip(made.data["network"], made.data["mark"], strict=True)) == {"KD": "≈", "Big": "", "Small": ""}
    wanted = {"KD": f"disturbed: {LOADED}", "Big": "undisturbed", "Small": "not known"}
    for frame in (made.table, measured.build(found.rows)):
        assert dict(zip(frame["Network"], frame["Taken"], strict=True)) == wanted
    assert LOADED.encode() in spreadsheet.as_csv(downloads.flat(found.rows))
    assert LOADED.encode() in downloads.as_json(found.rows, "")


def test_what_was_disturbed_in_a_browser_is_marked_at_its_spread_and_can_be_measured_again() -> None:
    disturbed, quiet = row("KD", 1.0, disturbed=LOADED), row("Big", 2.0)
    assert list(here._offered(numbers(disturbed, quiet).rows)) == [
        "KD · This device, WebAssembly, 1 thread ≈",
        "Big · This device, WebAssembly, 1 thread",
    ]
    assert histogram.sentence(disturbed).endswith(f"≈ Something else used the device meanwhile: {LOADED}.")
    assert "≈" not in histogram.sentence(quiet)
    # The own ones that were disturbed, the fastest or not.
    told = findings.sentences(numbers(row("KD", 0.5), row("KD", 1.0, threads=2, disturbed=LOADED)), 1)[-1]
    assert f"Press **{taken.RUN}** to measure again" in told


def test_compare_marks_what_was_disturbed_on_a_device_and_says_where_it_is_measured_again() -> None:
    rows = ROWS.assign(device_p50_ms=1.0, device_disturbed=["", "", LOADED, ""])
    made = charts.pareto(rows, charts.on_device("a phone"), LOOKS, dark=False)
    assert taken.LEGEND in made.legend
    told = taken.caveat(rows, "device_disturbed")
    assert taken.RUN in told
    assert "(≈)" in told


@pytest.mark.parametrize("other", APART)
def test_a_pipeline_makes_ratios_of_one_round_alone_and_marks_what_was_disturbed(other: dict[str, object]) -> None:
    found = built()
    assert "lower p50" in compressing.sentences(found, classes=10, verdicts={})[0]
    assert eight_bits.measured(found)
    stages = tuple(replace(one, taken=other) if one.file else one for one in found.stages)
    found = replace(found, stages=stages)
    told = " ".join(compressing.sentences(found, classes=10, verdicts={}))
    assert "lower p50" not in told
    assert "are not compared" in told
    assert eight_bits.measured(found) == ()
    made = pipeline_chart.chart(found, looks(found), dark=False)
    assert (taken.LEGEND in made.legend) == bool(other["disturbed"])
    assert ("≈" in made.alt) == bool(other["disturbed"])


def test_what_was_timed_at_different_times_is_said_where_it_is_ordered() -> None:
    rows = pd.DataFrame([{"student": "A", **QUIET}, {"student": "B", "disturbed": "", "round_id": "b"}])
    assert "not measured in one round" in taken.caveat(rows)
    assert taken.caveat(rows.assign(round_id="a")) == ""
