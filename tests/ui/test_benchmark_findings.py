"""What the Benchmark page says about its numbers."""

import dataclasses

import pytest

from distill_core.tasks.images import IMAGE
from tests.ui.benchmarked import numbers, other, row, server
from ui.findings.benchmark import Fastest, Instead, Mismatch, NotHere, Partly, Wrong
from ui.findings.facts import Latency
from ui.screens.benchmark import devices, findings


def said(*rows, batch_size=1):
    return findings.found(numbers(*rows), batch_size)


def test_the_fastest_network_is_named_with_its_median_its_p95_and_what_ran_it():
    assert said(row("KD", 0.31, p95_ms=0.47), row("Small", 0.5)) == (
        Fastest(
            network="KD",
            latency=Latency(p50_ms=0.31),
            p95_ms=0.47,
            kind=IMAGE,
            batch_size=1,
            runs_per_sample=1,
            way="WebAssembly, 1 thread",
            alone=False,
        ),
    )


def test_one_network_alone_is_not_called_the_fastest():
    [fact] = said(row("KD", 0.31, p95_ms=0.47))
    assert fact.alone


def test_means_of_many_runs_are_not_told_as_runs():
    [fact] = said(row("KD", 0.03, p95_ms=0.04, runs_per_sample=667))
    assert fact.runs_per_sample == 667


def test_a_batch_says_how_many_it_answers():
    assert said(row("KD", 9.0), batch_size=32)[0].batch_size == 32


def test_each_student_stands_beside_the_teacher_by_its_own_best_backend():
    fact = said(row("Big", 4.0), row("KD", 1.0), row("KD", 0.5, threads=4), row("Small", 3.9))[1]
    assert fact.teacher == Latency(p50_ms=4.0)
    assert [(pace.network, pace.times) for pace in fact.paces] == [("KD", 8.0), ("Small", 1.0)]


def test_more_threads_can_be_slower_and_it_is_said():
    fact = said(row("KD", 0.5), row("KD", 1.4, threads=2))[1]
    (pace,) = fact.paces
    assert (fact.threads, fact.lost, round(1 / pace.times, 6)) == (2, True, 2.8)
    assert (pace.own.p50_ms, pace.other.p50_ms) == (1.4, 0.5)


def test_where_no_ratio_is_told_each_time_is_told_once():
    loaded = "other programs used 90 % of the processors"
    fact = said(row("KD", 0.5), row("KD", 1.4, threads=2, disturbed=loaded))[1]
    (pace,) = fact.paces
    assert (pace.times, pace.own.disturbed, fact.lost) == (None, True, False)
    assert fact.why.causes == (loaded,)


def test_threads_that_help_one_network_are_not_called_a_loss():
    told = said(row("Big", 4.0), row("Big", 2.0, threads=2), row("KD", 0.5), row("KD", 1.0, threads=2))
    fact = next(one for one in told if isinstance(one, Instead))
    assert {pace.network: pace.times for pace in fact.paces} == {"KD": 0.5, "Big": 2.0}
    assert not fact.lost


def test_webgpu_stands_beside_the_best_of_webassembly():
    fact = said(row("KD", 0.5), row("KD", 0.4, threads=2), row("KD", 2.0, backend_key="webgpu"))[2]
    (pace,) = fact.paces
    assert (fact.threads, pace.own.p50_ms, pace.other.p50_ms, pace.times) == (None, 2.0, 0.4, 0.2)


def test_the_server_runs_the_same_file():
    fact = said(row("KD", 0.5), server("KD", 0.05), server("KD", 0.02, backend_key="torch eager"))[-1]
    assert (fact.pace.times, fact.pace.other.p50_ms, fact.way) == (0.1, 0.05, "onnxruntime, 1 thread")


def test_a_wrong_answer_is_never_fastest_and_never_compared():
    fastest, wrong = said(row("KD", 1.0), row("KD", 0.1, backend_key="webgpu", agrees=False, largest_difference=2.5))
    assert fastest.latency.p50_ms == 1.0
    assert wrong == Wrong(mismatches=(Mismatch(network="KD", way="WebGPU", largest=2.5),))


def test_answers_that_cannot_be_compared_are_wrong_too():
    [fact] = said(row("KD", 1.0, agrees=False, largest_difference=float("nan")))
    assert fact.mismatches[0].largest is None


def test_a_graph_that_needed_the_cpu_counts_for_neither():
    fastest, partly = said(row("KD", 1.0), row("KD", 0.5, backend_key="webgpu", whole_graph=False))
    assert fastest.latency.p50_ms == 1.0
    assert partly == Partly(networks=("KD",))


def test_without_anything_of_ones_own_the_server_is_told_of():
    assert said(other("KD", 0.4)) == (NotHere(),)
    only, nothing = said(server("KD", 0.1), server("Big", 0.2), server("KD", 0.05, backend_key="torch eager"))
    assert (only.network, only.latency, only.alone, nothing) == ("KD", Latency(p50_ms=0.1), False, NotHere())


def test_what_disturbed_several_measurements_is_told_once():
    loaded = {"disturbed": "other programs used 90 % of the processors"}
    still = {"disturbed": "other programs used 85 % of the processors"}
    told = said(row("Big", 4.0), row("KD", 0.5, **loaded), row("KD", 0.7, threads=2, **still), server("KD", 0.05))
    causes = [fact.why.causes for fact in told if getattr(fact, "why", None)]
    assert causes == [(loaded["disturbed"],), (), ()]


def test_names_of_networks_are_shown_letter_for_letter():
    made = numbers(row("KD", 0.3))
    name = "**KD** [x](http://y)"
    hostile = dataclasses.replace(made, rows=made.rows.assign(network=name), roles={name: "student"})
    assert r"\*\*KD\*\* \[x\]" in findings.sentences(hostile, 1)[0]


@pytest.mark.parametrize(("fast", "slow", "text"), [(1.0, 1.9, "1.9"), (0.1, 1.25, "12"), (0.001, 2.5, "2,500")])
def test_how_many_times_as_fast(fast, slow, text):
    assert findings.times(fast, slow) == text


def test_the_grey_line_tells_both_machines_apart():
    line = findings.fine_print(numbers(row("KD", 0.3), server("KD", 0.1)))
    assert line == (
        "this device\\: my phone · Chrome 156 on Android, 8 cores · isolated page · clock step 5 µs · "
        "onnxruntime-web 1.30.0 · server\\: EPYC · 2 threads · onnxruntime 1.32.0 · torch 2.14.1"
    ).replace("\\:", ":")


def test_the_grey_line_says_what_a_page_that_is_not_isolated_lacks():
    here = {"isolated": False, "clock_ms": 0.1, "onnxruntime_web": "1.30.0"}
    assert "page not isolated: one thread and a coarse clock" in findings.fine_print(
        numbers(row("KD", 0.3, environment=here))
    )


def test_the_grey_line_says_in_words_that_no_graphics_card_stands_behind_webgpu():
    here = {"isolated": True, "clock_ms": 0.1, "onnxruntime_web": "1.30.0", "adapter": "swiftshader (in software)"}
    line = findings.fine_print(numbers(row("KD", 0.3, environment=here)))
    assert "swiftshader, computed by the processor: the browser uses no graphics card" in line


def board(*rows, backend=devices.FASTEST):
    made = numbers(*rows)
    shown = devices.build(made, backend)
    return shown, devices.sentences(shown, made)


def test_the_board_tells_how_far_devices_lie_apart():
    _, told = board(row("KD", 2.0), other("KD", 0.5), server("KD", 0.1))
    assert told == [
        "Measured by 2 browsers and 1 server.",
        "KD: from **0.10 ms** (This server, onnxruntime, 1 thread) to **2.0 ms** (This device, WebAssembly, 1 thread), "
        "20 times as long.",
    ]


def test_the_board_asks_for_the_first_and_for_the_next_device():
    assert board(server("KD", 0.1))[1] == [
        "No browser measured these networks yet: press **Run on this device**, or bring a phone."
    ]
    assert board(row("KD", 2.0))[1][-1] == "No other device has measured yet: bring a phone."
    assert board(other("KD", 2.0))[1][-1] == "This device is not among them: see **This device**."


def test_a_wrong_device_is_not_the_fastest_of_the_room():
    _, told = board(row("KD", 2.0), other("KD", 0.5), other("KD", 0.1, "c", agrees=False))
    assert "from **0.50 ms** (phone b" in told[1]
