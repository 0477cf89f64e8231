"""The charts of the Benchmark page: what is drawn, in which order, and what never is."""

import io
import json

import pandas as pd
import pytest

from tests.ui.benchmarked import numbers, other, row, server
from ui import spreadsheet
from ui.networks import style
from ui.screens.benchmark import devices, downloads, here, histogram, table, whiskers
from ui.screens.benchmark.whiskers import OWN


def drawn(rows, made):
    return whiskers.chart(rows, made.looks, style.LIGHT, alt="times", batch_size=1)


def board(*rows, backend=devices.FASTEST):
    return devices.build(numbers(*rows), backend)


def test_a_row_of_the_chart_is_what_ran_the_browsers_first():
    made = numbers(
        server("KD", 0.2, backend_key="torch eager"),
        server("KD", 0.1, threads=2),
        server("KD", 0.1),
        row("KD", 2.0, backend_key="webgpu"),
        row("KD", 0.5, threads=4),
        row("KD", 0.6),
        other("KD", 0.7),
    )
    assert list(here.places(made)["row"]) == [
        f"{OWN}This device\nWebAssembly, 1 thread",
        f"{OWN}This device\nWebAssembly, 4 threads",
        f"{OWN}This device\nWebGPU",
        "This server\nonnxruntime, 1 thread",
        "This server\nonnxruntime, 2 threads",
        "This server\ntorch eager, 1 thread",
    ]


def test_wrong_answers_are_drawn_hollow_and_the_legend_says_what_that_means():
    made = numbers(row("KD", 0.5), row("KD", 0.1, backend_key="webgpu", agrees=False, largest_difference=3.0))
    chart = drawn(here.places(made), made)
    assert list(chart.data["part"]) == ["right", "wrong"]
    assert list(chart.data["told"]) == ["outputs match, up to 1e-06", "outputs differ by up to 3"]
    assert any("hollow and struck out" in entry for entry in chart.legend)
    [wrong] = [
        layer
        for layer in chart.spec["layer"]
        if "wrong" in str(layer.get("transform")) and layer["mark"]["type"] == "point"
    ]
    assert wrong["mark"]["fill"] == style.LIGHT.background


def test_it_is_said_where_a_p95_is_that_of_means_and_nowhere_else():
    single, quick = row("KD", 1.5), row("KD", 0.5, runs_per_sample=12, threads=4)
    assert whiskers.fine_print(numbers(single, server("KD", 0.1)).rows) == ""
    told = whiskers.fine_print(numbers(single, quick, server("KD", 0.1)).rows)
    assert told == (
        "Where a run is too short for a browser's clock, its p95 is that of means of 12 runs in a row; the server's "
        "p95 is always that of single runs."
    )
    more = whiskers.fine_print(here.places(numbers(quick, row("Small", 0.001, runs_per_sample=2500))))
    assert "means of 12 to 2,500 runs in a row" in more


def test_without_wrong_answers_the_legend_does_not_mention_them():
    made = numbers(row("KD", 0.5))
    assert not any("hollow" in entry for entry in drawn(here.places(made), made).legend)


def test_a_network_looks_as_it_does_on_every_other_page():
    made = numbers(row("Big", 4.0), row("KD", 0.5))
    chart = drawn(here.places(made), made)
    points = chart.spec["layer"][2]["encoding"]
    assert points["shape"]["scale"]["domain"] == ["Big", "KD"]
    assert points["shape"]["scale"]["range"] == [made.looks["Big"].shape, made.looks["KD"].shape]
    assert points["color"]["scale"]["range"][0] == style.LIGHT.text
    assert list(chart.data["star"]) == [True, False]


def test_a_new_device_changes_the_data_and_not_the_specification():
    one, two = numbers(row("KD", 2.0)), numbers(row("KD", 2.0), other("KD", 2.5))
    first, second = (drawn(devices.build(made, devices.FASTEST), made) for made in (one, two))
    assert json.dumps(first.spec) == json.dumps(second.spec)
    assert (len(first.data), len(second.data)) == (1, 2)
    assert first.alt == second.alt


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.1, 1.0, [0.1, 0.2, 0.5, 1.0]), (0.01, 20.0, [0.01, 0.1, 1.0, 10.0]), (0.2, 0.5, [0.2, 0.5])],
)
def test_the_ticks_of_the_axis_are_round_milliseconds(low, high, ticks):
    assert whiskers.axis(low, high)["values"] == pytest.approx(ticks)


def test_the_board_takes_the_fastest_right_backend_of_each_device():
    shown = board(
        row("KD", 2.0), row("KD", 1.0, threads=4), row("KD", 0.1, backend_key="webgpu", agrees=False), other("KD", 0.7)
    )
    assert list(shown["p50_ms"]) == [1.0, 0.7]
    assert list(shown["mine"]) == [True, False]


def test_what_needed_the_cpu_is_taken_only_where_there_is_nothing_better():
    helped = row("KD", 0.2, backend_key="webgpu", whole_graph=False)
    assert list(board(helped, row("KD", 1.0))["p50_ms"]) == [1.0]
    assert list(board(helped)["called"]) == ["WebGPU with the CPU"]


def test_a_device_with_only_wrong_answers_stays_on_the_board():
    shown = board(other("KD", 0.2, agrees=False))
    assert list(shown["agrees"]) == [False]


def test_the_own_device_comes_first_then_servers_then_the_fastest():
    shown = board(other("KD", 0.9, "c"), other("KD", 0.3, "b"), server("KD", 0.1), row("KD", 5.0))
    assert list(shown["row"]) == [f"{OWN}This device\nmy phone", "This server", "phone b", "phone c"]


def test_a_backend_of_the_board_puts_the_server_beside_it_on_as_many_threads():
    rows = (row("KD", 2.0), row("KD", 1.0, threads=4), server("KD", 0.1), server("KD", 0.2, threads=2))
    assert list(board(*rows, backend="wasm-1")["p50_ms"]) == [2.0, 0.1]
    assert list(board(*rows, backend="wasm-n")["p50_ms"]) == [1.0, 0.2]
    assert board(*rows, backend="webgpu").empty


def test_devices_of_one_name_keep_a_row_each():
    shown = board(other("KD", 0.3, "b", label="Phone"), other("KD", 0.4, "c", label="Phone"))
    assert list(shown["row"]) == ["Phone", "Phone (2)"]


def test_long_names_stand_on_two_lines_and_none_can_break_a_row():
    shown = board(
        other("KD", 0.3, "b", label="Chrome on Android · 1f3a"),
        other("KD", 0.4, "c", label="left|right"),
        other("KD", 0.5, "d", label="This device"),
        other("KD", 0.6, "e", label="Chrome on Android 14 · 1f3a"),
    )
    names = ["Chrome on Android\n1f3a", "left|right", "This device", "Chrome on Android 14\n1f3a"]
    assert list(shown["row"]) == names
    assert not any(name.startswith(OWN) for name in shown["row"])


def test_the_times_of_many_devices_stand_above_them():
    for count, side in ((12, "bottom"), (13, "top")):
        made = numbers(*(other("KD", 1.0 + place, "abcdefghijklm"[place]) for place in range(count)))
        spec = drawn(devices.build(made, devices.FASTEST), made).spec
        assert spec["layer"][0]["encoding"]["x"]["axis"]["orient"] == side


def test_the_own_name_takes_one_line_below_this_device():
    shown = board(row("KD", 0.3, label="Chrome on Android · 1f3a"))
    assert list(shown["row"]) == [f"{OWN}This device\nChrome on Android …"]


def test_the_histogram_leaves_the_slowest_out_of_the_picture_but_not_out_of_the_table():
    made = numbers(row("KD", 1.0))
    chart = histogram.chart(made.rows.iloc[0].to_dict(), made.looks["KD"], style.LIGHT)
    bins = chart.data[chart.data["part"] == "bin"]
    assert list(bins["count"]) == [150, 40]
    assert list(chart.data[chart.data["part"] == "line"]["text"]) == [
        "p50 1.0 ms",
        "p90 1.2 ms",
        "p95 1.5 ms",
        "p99 2.0 ms",
    ]
    assert list(chart.table["Samples"]) == [150, 40, 10]


def test_the_histogram_says_how_many_runs_a_sample_has():
    single, many = row("KD", 1.0), row("KD", 1.0, runs_per_sample=50)
    assert histogram.sentence(single) == "200 runs. 10 are slower than 1.2 ms, the slowest 5.0 ms."
    assert histogram.sentence(many).startswith("200 samples, each the mean of 50 runs in a row")


def test_equal_times_have_a_histogram_too():
    flat = row("KD", 1.0, histogram={"edges_ms": [1.0, 1.000001, 1.000002], "counts": [200, 0]})
    made = numbers(flat)
    assert not histogram.chart(made.rows.iloc[0].to_dict(), made.looks["KD"], style.LIGHT).data.empty


def test_the_table_has_every_field_and_numbers_that_sort():
    built = table.build(numbers(row("KD", 0.5, batch_size=8), server("KD", 0.1)).rows)
    assert built["Throughput (answers/s)"].iloc[0] == pytest.approx(8000 / 0.55)
    assert list(built["Engine"]) == ["onnxruntime-web 1.30.0", "onnxruntime 1.32.0, torch 2.14.1"]
    assert list(built["File (kB)"]) == [300.0, 300.0]
    assert all(pd.api.types.is_numeric_dtype(built[name]) for name in table.NUMBERS)


def test_downloads_hold_the_environment_and_nobodys_identity():
    rows = numbers(row("KD", 0.5), server("KD", 0.1)).rows
    as_json, as_csv = downloads.as_json(rows, "http://x/benchmark?runs=kd"), spreadsheet.as_csv(downloads.flat(rows))
    found = json.loads(as_json)
    assert found["link"] == "http://x/benchmark?runs=kd"
    assert found["measurements"][0]["environment"]["onnxruntime_web"] == "1.30.0"
    assert found["measurements"][1]["largest_difference"] is None
    for secret in ("a" * 32, "c" * 32, "secret"):
        assert secret not in as_json.decode()
        assert secret not in as_csv.decode()
    assert b"environment_onnxruntime_web" in as_csv.splitlines()[0]


def test_a_device_cannot_put_a_formula_into_somebodys_spreadsheet():
    rows = numbers(row("KD", 0.5, label='=HYPERLINK("http://x")')).rows
    assert pd.read_csv(io.BytesIO(spreadsheet.as_csv(downloads.flat(rows))))["label"].tolist() == [
        '\'=HYPERLINK("http://x")'
    ]
    assert json.loads(downloads.as_json(rows, ""))["measurements"][0]["label"] == '=HYPERLINK("http://x")'
