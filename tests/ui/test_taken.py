"""A latency that was disturbed is marked wherever it stands, and ratios are made within one round alone."""

from dataclasses import replace

import pytest

from distill_core.tasks.images import IMAGE
from distill_core.templates.goal import Goal
from tests.ui.benchmarked import numbers, row, server
from tests.ui.test_charts import LOOKS, ROWS, trace
from tests.ui.test_compare_parts import comparison
from tests.ui.test_pipeline import built, looks
from tests.ui.test_story import CONTROL, STUDENT, TEACHER, summary
from ui import charts, spreadsheet
from ui.findings import comparison as compared_facts
from ui.findings import disturbed as beside
from ui.findings import goal, taken
from ui.findings.facts import Latency, WhyApart
from ui.findings.pipeline import End
from ui.findings.sentences import paragraphs
from ui.networks import style
from ui.screens.benchmark import devices, downloads, findings, here, histogram, whiskers
from ui.screens.benchmark import table as measured
from ui.screens.compare import downloads as compared
from ui.screens.compare import findings as comparing
from ui.screens.compare import table
from ui.screens.compress import eight_bits, pipeline_chart
from ui.screens.compress import findings as compressing
from ui.screens.compress.pipeline import Pipeline

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
    assert taken.why_not(QUIET, QUIET) is None


@pytest.mark.parametrize("other", [*APART, {"disturbed": float("nan"), "round_id": float("nan")}, {}])
def test_all_else_cannot(other: dict[str, object]) -> None:
    assert not taken.together(QUIET, other)
    assert taken.why_not(QUIET, other)


@pytest.mark.parametrize("other", APART)
def test_home_compares_no_latencies_that_were_not_taken_together(other: dict[str, object]) -> None:
    teacher, student = {**TEACHER, **QUIET, "p50_ms": 2.1}, {**STUDENT, **QUIET, "p50_ms": 1.4}
    *_, (_, cost) = compared_facts.found(summary(teacher, CONTROL, student), IMAGE)
    assert cost.p50_ms == compared_facts.Pair(own=1.4, other=2.1)
    *_, (_, cost, apart) = compared_facts.found(summary(teacher, CONTROL, {**student, **other}), IMAGE)
    assert cost.p50_ms is None
    assert cost.size_bytes is not None
    assert apart.student == Latency(p50_ms=1.4, disturbed=bool(other["disturbed"]))
    assert apart.why == taken.why_not(QUIET, other)


def test_it_is_told_how_many_were_disturbed() -> None:
    loaded = {**QUIET, "disturbed": LOADED}
    rows = ((QUIET, loaded), (loaded, loaded), (loaded, loaded, loaded))
    found = [taken.why_not(*several) for several in rows]
    assert [(why.disturbed, why.measurements) for why in found if why] == [(1, 2), (2, 2), (3, 3)]


def test_what_disturbed_several_is_told_once() -> None:
    slow = {**QUIET, "disturbed": f"{LOADED}; 1 of 20 runs took 9 times as long as the middle one"}
    why = taken.why_not({**QUIET, "disturbed": LOADED}, slow)
    assert why == WhyApart(
        disturbed=2, measurements=2, causes=(LOADED, "1 of 20 runs took 9 times as long as the middle one")
    )


def test_compare_marks_a_disturbed_latency_in_table_chart_sentences_and_file() -> None:
    rows = comparison().assign(on_front=True, near_front=False)
    rows["disturbed"] = ["", "", "", LOADED][: len(rows)] + [LOADED] * (len(rows) - 4)
    shown = dict.fromkeys(rows["student"], LOOKS["A"])
    built = table.build(rows, shown)
    assert f"disturbed: {LOADED}" in built["Latency was"].tolist()
    assert [*built].index("Latency was") == [*built].index("Median latency, server (ms)") + 1
    assert any("Something else used the machine" in one for one in comparing.sentences(rows, "p50_ms", IMAGE))
    assert not any("Something else used the machine" in one for one in comparing.sentences(rows, "onnx_bytes", IMAGE))
    assert LOADED.encode() in spreadsheet.as_csv(compared.flat(rows.assign(given="", network="", delta_digits=1)))
    quiet = rows.assign(disturbed="")
    assert "Latency was" not in table.build(quiet, shown)


def test_charts_draw_a_disturbed_latency_hollow_and_say_why() -> None:
    rows = ROWS.assign(disturbed=["", "", LOADED, ""])
    for made in (charts.pareto(rows, "p50_ms", LOOKS, dark=False), charts.parallel(rows, LOOKS, dark=False)):
        assert taken.legend() in made.legend
        assert f"disturbed: {LOADED}" in made.table["Latency was"].tolist()
        symbol = trace(made, "A").marker.symbol
        assert any("open" in one for one in ([symbol] if isinstance(symbol, str) else symbol))
    made = charts.pareto(rows, "onnx_bytes", LOOKS, dark=False)
    assert taken.legend() not in made.legend
    assert "open" not in trace(made, "A").marker.symbol


@pytest.mark.parametrize("other", APART)
def test_the_benchmark_makes_ratios_of_one_round_alone(other: dict[str, object]) -> None:
    rows = [row("Big", 4.0, **QUIET), row("KD", 1.0, **QUIET), row("KD", 3.0, threads=2, **QUIET)]
    assert findings.found(numbers(*rows), 1)[1].paces[0].times == 4.0
    apart = [{**one, **other} if one["network"] == "KD" else one for one in rows]
    apart[2]["round_id"] = "c"
    _, teacher, threads = findings.found(numbers(*apart), 1)[:3]
    assert {pace.times for fact in (teacher, threads) for pace in fact.paces} == {None}
    assert teacher.why
    assert not threads.lost


def test_the_server_beside_this_device_is_of_another_machine_and_no_round() -> None:
    fact = findings.found(numbers(row("KD", 1.0), server("KD", 2.0)), 1)[-1]
    assert fact.pace.times == 2.0
    fact = findings.found(numbers(row("KD", 1.0), server("KD", 2.0, disturbed=LOADED)), 1)[-1]
    assert (fact.pace.times, fact.pace.other.disturbed, fact.why.causes) == (None, True, (LOADED,))


def test_the_board_marks_what_was_disturbed_in_chart_tables_and_files() -> None:
    found = numbers(row("KD", 1.0, disturbed=LOADED), row("Big", 2.0), row("Small", 3.0, disturbed=None))
    shown = devices.build(found, devices.FASTEST)
    made = whiskers.chart(shown, found.looks, style.theme(False), alt="", batch_size=1)
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
    fact = findings.found(numbers(row("KD", 0.5), row("KD", 1.0, threads=2, disturbed=LOADED)), 1)[-1]
    assert (fact.names, fact.again) == (("KD",), beside.Again.HERE)


def test_compare_marks_what_was_disturbed_on_a_device_and_says_where_it_is_measured_again() -> None:
    rows = ROWS.assign(device_p50_ms=1.0, device_disturbed=["", "", LOADED, ""])
    made = charts.pareto(rows, charts.on_device("a phone"), LOOKS, dark=False)
    assert taken.legend() in made.legend
    (fact,) = beside.found(rows, "device_disturbed")
    assert fact.again is beside.Again.THERE
    assert len(fact.names) == 1


@pytest.mark.parametrize("other", APART)
def test_a_pipeline_makes_ratios_of_one_round_alone_and_marks_what_was_disturbed(other: dict[str, object]) -> None:
    found = built()
    (end,) = ends(found)
    assert end.p50_ms
    assert eight_bits.measured(found)
    stages = tuple(replace(one, taken=other) if one.file else one for one in found.stages)
    found = replace(found, stages=stages)
    (end,) = ends(found)
    assert end.p50_ms is None
    assert end.apart.why == taken.why_not(QUIET, other)
    assert eight_bits.measured(found) == ()
    made = pipeline_chart.chart(found, looks(found), dark=False)
    assert (taken.marked() in made.legend) == bool(other["disturbed"])


def ends(found: Pipeline) -> list[End]:
    return [fact for fact in compressing.found(found, classes=10, verdicts={}) if isinstance(fact, End)]


def test_a_goal_is_told_from_a_disturbed_latency_with_its_mark():
    asked = Goal(most_bytes=60_000, most_ms=0.2)
    told = paragraphs(goal.reached(asked, size_bytes=53_000, p50_ms=0.1, accuracy=None, disturbed=True))
    assert told == ("**Reached**: 53.0 kB (at most 60.0 kB).", "**Reached**: ≈ 0.10 ms (at most 0.20 ms).")


def test_what_just_misses_a_goal_does_not_read_like_it():
    asked = Goal(most_bytes=60_000, most_ms=0.2, least_accuracy=0.85)
    told = paragraphs(goal.reached(asked, size_bytes=60_001, p50_ms=0.2001, accuracy=0.84996))
    assert told == (
        "**Not reached**: 60.001 kB (at most 60.0 kB).",
        "**Not reached**: 0.2001 ms (at most 0.20 ms).",
        "**Not reached**: 84.996 % (at least 85.0 %).",
    )
