"""The model card of a kit, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core import __version__
from distill_core.decimals import fixed, latency, rounded, signed
from distill_core.deployment.kit.files import KitFile, network_input
from distill_core.deployment.kit.known_to_run import known_rows
from distill_core.deployment.kit.source import COMMAND, KitSource
from distill_core.tasks.base import METRIC_TITLES

NAME = "MODEL_CARD.md"
# Signs that mean something in Markdown or HTML.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|$~&])")
NO_RAW = (
    "This task has no form of its own on a device (it is neither images, nor sound at 8 kHz, nor text, nor a table), "
    "so there is no file with preparation inside: the application prepares examples as the network takes them."
)


def card(source: KitSource, files: Sequence[KitFile], *, has_page: bool) -> bytes:
    """The text, UTF-8."""
    parts = (
        _head(source),
        _files(source, files),
        _use(files, has_page=has_page),
        _made(source),
        _scores(source),
        _robustness(source),
        _latency(source),
        _engines(source, files),
        _limits(source),
    )
    return "\n\n".join(filter(None, parts)).encode() + b"\n"


def plain(text: object) -> str:
    """A name or a value, letter for letter, in one line."""
    return _SIGNS.sub(r"\\\1", " ".join(str(text).split()))


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _head(source: KitSource) -> str:
    task, run = source.task, source.run
    return "\n\n".join(
        [
            f"# {plain(source.title)}",
            f"{plain(task.title)}: {plain(task.teaches)}",
            table(
                ["", ""],
                [
                    ["Answers", f"{len(task.classes)} classes: {', '.join(map(plain, task.classes))}"],
                    ["Network", f"{plain(run.architecture)}, width {run.width:g}"],
                    ["Parameters", _count(run.scores.get("parameters"))],
                    ["Multiply-accumulates an example", _count(run.scores.get("macs"))],
                    ["Data", f"<{task.source}>" if task.source.startswith("http") else plain(task.source)],
                    ["Licence of the data", plain(task.licence)],
                    ["Run", f"`{run.id}`, seed {run.seed}, {run.created_at:%Y-%m-%d}, Distill Lab {__version__}"],
                ],
            ),
        ]
    )


def _files(source: KitSource, files: Sequence[KitFile]) -> str:
    rows = [
        [
            f"`{file.name}`",
            file.raw.told if file.raw else network_input(source),
            "probabilities" if file.raw else "logits",
            f"{rounded(len(file.data) / 1000, 1):,.1f} kB",
            _parity(file),
        ]
        for file in files
    ]
    beside = "" if any(file.raw for file in files) else f"\n\n{NO_RAW}"
    heads = ["File", "Takes", "Answers", "Size", "Against the lab's own answers"]
    told = (
        "Classes, input, mean and deviation, colour order, licence, run and command stand in the metadata of each "
        f"file. Files are of ONNX opset 17.\n\n{table(heads, rows)}"
    )
    return f"## Files\n\n{told}{beside}"


def _parity(file: KitFile) -> str:
    if not file.count:
        return "not kept by the lab"
    return f"largest difference {file.difference:.1g}, same decision on {file.same:,} of {file.count:,}"


def _use(files: Sequence[KitFile], *, has_page: bool) -> str:
    lines = [
        "- `python check.py` tells whether the files answer here as they did where they were made "
        "(`pip install numpy onnxruntime`).",
        "- `python example.py` asks a file in Python, with the same two packages.",
    ]
    if has_page:
        lines.append("- `index.html` asks it in a browser: open it from the disk, no server and no network is needed.")
    else:
        lines.append("- No page for a browser is here: onnxruntime-web was not installed beside the lab.")
    if any(file.raw for file in files):
        lines.append("- `cpp/` has the source of a program; its CMakeLists.txt tells how to compile it.")
    return "## Use\n\n" + "\n".join(lines)


def _made(source: KitSource) -> str:
    run, facts = source.run, source.facts
    teacher = facts.teacher
    taught = f"It learnt by the method `{plain(run.method)}`"
    if teacher is not None and run.role == "student":
        taught += f" from {plain(teacher['student'])} ({_share(teacher.get('test_accuracy'))} on test)"
    settings = [
        ["Method", plain(run.method)],
        *([["Temperature", f"{run.temperature:g}"]] if run.temperature is not None else []),
        *([["Alpha", f"{run.alpha:g}"]] if run.alpha is not None else []),
        *([plain(name), f"{value:g}"] for name, value in run.parameters.items()),
        ["Labels", "all" if run.labels is None else f"{run.labels:,}"],
        ["Distilled on", plain(run.transfer)],
        ["Updates", f"{run.updates:,}"],
        *([["Step", plain(run.scores["step"])]] if run.scores.get("step") else []),
    ]
    again = f"`{COMMAND}` makes it again in a lab: the specification stands beside this card."
    return f"## How it was made\n\n{taught}. {again}\n\n{table(['Setting', 'Value'], settings)}"


def _metric(source: KitSource) -> str:
    return METRIC_TITLES.get(source.run.metric, source.run.metric)


def _scores(source: KitSource) -> str:
    facts = source.facts
    named = _metric(source)
    rows = [_score_row(row) for row in (facts.student, facts.control, facts.teacher) if row is not None]
    heads = ["Network", f"Test {named}", f"Validation {named}", "ECE", "Seeds", "Against its control", "Verdict"]
    own = f"This run, seed {source.run.seed}, has {_share(source.run.score('test'))} on the test set."
    many = int(facts.student.get("seeds") or 0) >= 3
    told = (
        "± is the 95 % interval over seeds (Student's t); it leaves out the sampling of the test set."
        if many
        else "Fewer than three seeds: there is no interval, and a verdict speaks of these two networks alone."
    )
    beside = " The control is the same network with the same labels and updates, without a teacher."
    return f"## Scores\n\n{own} {told}{beside if facts.control else ''}\n\n{table(heads, rows)}"


def _score_row(row: Mapping[str, Any]) -> list[str]:
    delta = _number(row.get("delta_points"))
    digits = int(_number(row.get("delta_digits")) or 1)
    against = "" if delta is None else f"{signed(delta, digits)} points"
    half = _number(row.get("delta_half_width_points"))
    return [
        plain(row["student"]),
        _share(row.get("test_accuracy")) + _half(row.get("test_accuracy_half_width"), 100),
        _share(row.get("valid_accuracy")),
        "" if (ece := _number(row.get("ece"))) is None else fixed(ece, 3),
        str(int(_number(row.get("seeds")) or 0)),
        against + (_half(half, 1, digits) if against else ""),
        plain(row.get("verdict") or ""),
    ]


def _robustness(source: KitSource) -> str:
    rows = source.facts.robustness
    if not rows:
        return "## Robustness\n\nNot tested: nothing is known of this network on disturbed examples."
    examples = source.facts.robustness_examples
    shown = [[plain(row["disturbance"]), f"{row['strength']:g}", _share(row["accuracy"])] for row in rows]
    told = f"On the first {examples:,} test examples; a corruption has severities from 1 to 5."
    return f"## Robustness\n\n{told}\n\n{table(['Disturbance', 'Strength', f'Test {_metric(source)}'], shown)}"


def _latency(source: KitSource) -> str:
    if not source.facts.latencies:
        return "## Latency\n\nNot measured."
    rows = [
        [
            plain(row["label"]),
            plain(row["provider"]),
            str(row["threads"]),
            str(row["precision"]),
            latency(row["p50_ms"]),
            latency(row["p95_ms"]),
            "≈ disturbed" if row.get("disturbed") else "",
        ]
        for row in source.facts.latencies
    ]
    heads = ["Device", "Engine", "Threads", "Precision", "Median (ms)", "95th percentile (ms)", ""]
    told = "One example at a time, the network alone. Of another device nothing is known."
    return f"## Latency\n\n{told}\n\n{table(heads, rows)}"


def _engines(source: KitSource, files: Sequence[KitFile]) -> str:
    rows = known_rows(source, files)
    if not rows:
        return "## Where files run\n\nNo engine but onnxruntime was tried with a network of this kind."
    told = (
        "Measured with networks of this kind, not with this very file. `check.py` tells of onnxruntime on your machine."
    )
    heads = ["Engine", "Version", "File", "Precision", "Answers"]
    return f"## Where files run\n\n{told}\n\n{table(heads, rows)}"


def _limits(source: KitSource) -> str:
    run, task = source.run, source.task
    lines = [
        f"- It knows {len(task.classes)} classes and answers with one of them, whatever it is shown.",
        f"- It was tested on {task.counts.test:,} {plain(task.kind.examples)} of the same source as those that it "
        "learnt from; on others it may do worse.",
        "- Probabilities are a softmax of its logits, as trained; they are as well calibrated as the ECE above says.",
    ]
    if run.scores.get("file", "float32") != "float32":
        lines.append("- The run's own file is quantized: there is no file in float32.")
    if run.missing_class:
        lines.append(f"- In training it never saw the class {plain(run.missing_class)}.")
    if task.valid_note:
        lines.append(f"- {plain(task.valid_note)}")
    return "## Limits\n\n" + "\n".join(lines)


def _share(value: Any) -> str:
    number = _number(value)
    return "" if number is None else f"{fixed(100 * number, 1)} %"


def _half(value: Any, scale: float, digits: int = 1) -> str:
    number = _number(value)
    return "" if number is None else f" ± {fixed(scale * number, digits)}"


def _count(value: Any) -> str:
    number = _number(value)
    return "unknown" if number is None else f"{int(number):,}"


def _number(value: Any) -> float | None:
    """None for what is missing."""
    return None if value is None or value != value or not isinstance(value, int | float) else float(value)
