"""What the Benchmark page says about its numbers."""

import dataclasses

import pytest

from tests.ui.benchmarked import numbers, other, row, server
from ui.screens.benchmark import devices, findings


def said(*rows, batch_size=1):
    return findings.sentences(numbers(*rows), batch_size)


def test_the_fastest_network_is_named_with_its_median_its_p95_and_what_ran_it():
    [sentence] = said(row("KD", 0.31, p95_ms=0.47), row("Small", 0.5))
    assert sentence == (
        "On this device KD is fastest: **0.31 ms** for an image (p50; 19 of 20 runs take at most 0.47 ms), "
        "with WebAssembly, 1 thread."
    )


def test_one_network_alone_is_not_called_the_fastest():
    [sentence] = said(row("KD", 0.31, p95_ms=0.47))
    assert sentence.startswith("On this device KD takes **0.31 ms** for an image")


def test_means_of_many_runs_are_not_told_as_runs():
    [sentence] = said(row("KD", 0.03, p95_ms=0.04, runs_per_sample=667))
    assert "(p50; in 19 of 20 rows of 667 runs a run takes at most 0.040 ms)" in sentence


def test_a_batch_says_how_many_images_it_is():
    assert "**9.0 ms** for 32 images at once" in said(row("KD", 9.0), batch_size=32)[0]


def test_each_student_stands_beside_the_teacher_by_its_own_best_backend():
    told = said(row("Big", 4.0), row("KD", 1.0), row("KD", 0.5, threads=4), row("Small", 3.9))
    assert told[1] == "The teacher takes 4.0 ms; beside it KD is **8.0 times as fast** and Small is as fast."


def test_more_threads_can_be_slower_and_it_is_said():
    told = said(row("KD", 0.5), row("KD", 1.4, threads=2))
    assert told[1] == (
        "On 2 threads instead of one KD takes **2.8 times as long** (1.4 ms, not 0.50 ms). "
        "More threads bring nothing here."
    )


def test_where_no_ratio_is_told_each_time_is_told_once():
    told = said(row("KD", 0.5), row("KD", 1.4, threads=2, disturbed="other programs used 90 % of the processors"))
    assert "On 2 threads instead of one KD takes ≈ 1.4 ms (not 0.50 ms)." in told[1]


def test_threads_that_help_one_network_are_not_called_a_loss():
    told = said(row("Big", 4.0), row("Big", 2.0, threads=2), row("KD", 0.5), row("KD", 1.0, threads=2))
    sentence = next(one for one in told if one.startswith("On 2 threads"))
    assert "KD takes **2.0 times as long**" in sentence
    assert "Big is **2.0 times as fast**" in sentence
    assert "cost more" not in sentence


def test_webgpu_stands_beside_the_best_of_webassembly():
    told = said(row("KD", 0.5), row("KD", 0.4, threads=2), row("KD", 2.0, backend_key="webgpu"))
    assert "With WebGPU, not WebAssembly, KD takes **5.0 times as long** (2.0 ms, not 0.40 ms)." in told[2]


def test_the_server_runs_the_same_file():
    told = said(row("KD", 0.5), server("KD", 0.05), server("KD", 0.02, backend_key="torch eager"))
    assert told[-1] == (
        "The server runs the same file of KD in 0.050 ms (onnxruntime, 1 thread): this device takes "
        "**10 times as long**."
    )


def test_a_wrong_answer_is_never_fastest_and_never_compared():
    told = said(row("KD", 1.0), row("KD", 0.1, backend_key="webgpu", agrees=False, largest_difference=2.5))
    assert "KD takes **1.0 ms**" in told[0]
    assert told[1] == ("**Outputs differ from the server's, excluded:** KD with WebGPU (off by up to 2.5).")


def test_answers_that_cannot_be_compared_are_wrong_too():
    [sentence] = said(row("KD", 1.0, agrees=False, largest_difference=float("nan")))
    assert "(no comparable answer)" in sentence


def test_a_graph_that_needed_the_cpu_counts_for_neither():
    told = said(row("KD", 1.0), row("KD", 0.5, backend_key="webgpu", whole_graph=False))
    assert "KD takes **1.0 ms**" in told[0]
    assert told[1] == "WebGPU could not run all of KD: the CPU did the rest, so this counts for neither."


def test_nothing_of_ones_own_says_nothing():
    assert said(server("KD", 0.1), other("KD", 0.4)) == ()


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
