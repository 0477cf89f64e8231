"""The table under the chart: everything that was measured, sortable, units in the headers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.decimals import rounded
from distill_core.reports.results import RIGHT_POSITIONS, metric_of
from ui import spreadsheet
from ui.findings import taken
from ui.findings.disturbed import not_timed
from ui.findings.sentences import say
from ui.forms import fields
from ui.kept import derived, kept
from ui.networks import marks, style
from ui.networks.style import Look
from ui.screens.compare import devices, marked, official
from ui.screens.compare.cohort import Cohort
from ui.text import titles, words
from ui.text.language import N_, Texts, _

__all__ = ["SETS", "build", "columns", "in_set", "show"]

MEDIAN = N_("Median latency, server (ms)")
# Header: (column of the summary, factor, digits, what it means).
NUMBERS: dict[str, tuple[str, float, int, str]] = {
    N_("Test {metric} (%)"): ("test_accuracy", 100, 1, N_("Mean over seeds, after the last update.")),
    N_("± (pp)"): (
        "test_accuracy_half_width",
        100,
        1,
        N_("95 % interval over seeds (Student's t); three seeds at least."),
    ),
    N_("Against control (pp)"): ("delta_points", 1, 1, N_("Mean difference from the control, seed by seed.")),
    N_("± of it (pp)"): ("delta_half_width_points", 1, 1, N_("95 % interval of that difference.")),
    N_("p value"): ("p_value", 1, 2, N_("Of the test behind the verdict.")),
    N_("ONNX (kB)"): ("onnx_bytes", 1e-3, 1, N_("The file that a device loads.")),
    N_("Weights (kB)"): ("size_bytes", 1e-3, 1, N_("The weights as stored, safetensors.")),
    N_("Parameters (k)"): ("parameters", 1e-3, 1, N_("Numbers that training sets.")),
    N_("MACs (M)"): ("macs", 1e-6, 2, N_("Multiply-accumulate operations for one example.")),
    MEDIAN: ("p50_ms", 1, 3, N_("Median latency on the server: batch 1, one thread, onnxruntime.")),
    N_("95th percentile, server (ms)"): ("p95_ms", 1, 3, N_("There 19 of 20 answers are faster.")),
    N_("Agreement (%)"): (
        "agreement",
        100,
        1,
        N_(
            "Share of the test set, or of its pixels, to which the teacher gives the same answer; of a question of a "
            "graph the likeliest of all entities, other known facts among them."
        ),
    ),
    N_("ECE"): (
        "ece",
        1,
        3,
        N_("Expected calibration error: how far confidence is from {metric}. Top label, 15 bins."),
    ),
    N_("NLL (nats)"): ("nll_nats", 1, 3, N_("Negative log-likelihood of the true class.")),
    N_("Macro recall (%)"): ("macro_recall", 100, 1, N_("Mean of the recalls of all classes.")),
    N_("Validation (%)"): ("valid_accuracy", 100, 1, N_("{Metric} on the validation set, after the last update.")),
}
OFFICIAL, OFFICIAL_HALF, OFFICIAL_SEEDS = N_("Official test set (%)"), N_("± of that (pp)"), N_("Seeds of that")
SCORE, SCORE_HALF, AGAINST, AGAINST_HALF = list(NUMBERS)[:4]
PIXELS = N_("Pixel accuracy (%)")
FRONT, FIRST = ("Network", ""), "overview"
# What is shown at a time; None: everything.
SETS: dict[str, tuple[str, ...] | None] = {
    FIRST: (
        *(SCORE, SCORE_HALF, OFFICIAL, OFFICIAL_HALF, OFFICIAL_SEEDS, AGAINST, AGAINST_HALF),
        *("Verdict", PIXELS, "ONNX (kB)", MEDIAN, "Latency was"),
    ),
    "accuracy": (
        *(SCORE, SCORE_HALF, OFFICIAL, OFFICIAL_HALF, OFFICIAL_SEEDS, AGAINST, AGAINST_HALF, "Verdict", "p value"),
        *(PIXELS, "Macro recall (%)", "Validation (%)", "Agreement (%)"),
    ),
    "cost": (
        *(SCORE, "ONNX (kB)", "Weights (kB)", "Parameters (k)", "MACs (M)"),
        *(MEDIAN, "95th percentile, server (ms)", "Latency was"),
    ),
    "calibration": (SCORE, "ECE", "NLL (nats)", "Agreement (%)"),
    "training": (SCORE, "Seeds", "Labels", "Distilled on", "Teacher", "Steps", "Training (s)", "Validation (%)"),
    "settings": ("Architecture", "Width", "Method", "T", "alpha", "Labels", "Distilled on", "Teacher", "Seeds"),
    "all": None,
}
TITLES = Texts(
    {
        **{FIRST: N_("Overview"), "accuracy": N_("Accuracy"), "cost": N_("Cost"), "calibration": N_("Calibration")},
        **{"training": N_("Training"), "settings": N_("Settings"), "all": N_("All")},
    }
)
DELTA = ("delta_points", "delta_half_width_points")
# Columns that rows may lack: column of the rows, factor, digits.
WHERE_KNOWN = {
    OFFICIAL: (official.SCORE, 100, 1),
    OFFICIAL_HALF: (official.HALF, 100, 1),
    OFFICIAL_SEEDS: (official.SEEDS, 1, 0),
    PIXELS: (RIGHT_POSITIONS, 100, 1),
    N_("Steps"): ("updates", 1, 0),
    N_("Training (s)"): ("seconds", 1, 1),
}
INTERVALS = ("± (pp)", "± of it (pp)", OFFICIAL_HALF)
# "disturbed": a click on the cell shows by what, which would push all other numbers out of sight.
LATENCY_PX = 110


def columns() -> str:
    """Draw the choice of a set of columns."""
    chosen = st.segmented_control(
        _("Columns"),
        list(SETS),
        default=FIRST,
        required=True,
        key="columns",
        bind="query-params",
        wrap=True,
        **fields.titled("columns", TITLES),
    )
    return chosen or FIRST


def show(cohort: Cohort, rows: pd.DataFrame, marked_ones: Sequence[str], looks: Mapping[str, Look]) -> None:
    """Draw the table; a click on a header sorts it, one on a row marks its network."""
    chosen, names = columns(), list(rows["student"])
    scored = str(rows[official.SCORE].tolist()) if official.SCORE in rows else ""
    whole, config = kept(("compare table", cohort.stamp, *names, scored, style.dark()), lambda: _whole(rows, looks))
    spreadsheet.table(
        # Without the columns of other sets, which would take most of the page's time.
        derived(whole, "in set", lambda: whole[in_set(chosen, list(whole), metric_of(rows))], chosen),
        is_safe=True,
        hide_index=True,
        column_config=config,
        placeholder=words.NOTHING,
        alt=_("{chosen} of every network: a row each, whose box marks it in the chart", chosen=TITLES[chosen]),
        **marked.in_table("compare_table", names, marked_ones),
    )
    told = derived(whole, "untimed", lambda: not_timed(_untimed(cohort, rows)))
    if told and MEDIAN in in_set(chosen, list(whole), metric_of(rows)):
        st.caption(say(told))
        devices.measure(cohort, _(devices.ON_SERVER))


def _untimed(cohort: Cohort, rows: pd.DataFrame) -> list[str]:
    """The finished networks of this lab without a latency."""
    untimed = rows.loc[rows["p50_ms"].isna() & rows["test_accuracy"].notna(), "student"]
    here = list(cohort.of_lab(rows)["student"])
    return [name for name in untimed if name in here]


def _whole(rows: pd.DataFrame, looks: Mapping[str, Look]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """All columns, safe, and how each is shown."""
    table = build(rows, looks)
    # With one seed there is no interval: a column of dashes would push the numbers out of sight.
    bare = [name for name in (*INTERVALS, PIXELS) if name in table and table[name].isna().all()]
    return spreadsheet.safe(table.drop(columns=bare)), _columns(_digits(rows), metric_of(rows))


def in_set(name: str, there: Sequence[str], metric: str) -> list[str]:
    """The columns of a set, of those that a table has, in the order of the set."""
    wanted = SETS[name]
    if wanted is None:
        return list(there)
    heads = [_head(header, metric) for header in (*FRONT, *wanted)]
    return [head for head in heads if head in there]


def build(rows: pd.DataFrame, looks: Mapping[str, Look]) -> pd.DataFrame:
    """A row a network. Numbers stay numbers, so that they sort as numbers; rounded here, since browsers do it
    otherwise."""
    delta_digits = _digits(rows)
    numbers = {
        _head(header, metric_of(rows)): _rounded(
            factor * pd.to_numeric(rows[column]), column, delta_digits if column in DELTA else digits
        )
        for header, (column, factor, digits, __) in NUMBERS.items()
    }
    front = {
        N_("Network"): rows["student"],
        "": [marks.picture(looks[name]) for name in rows["student"]],
    }
    names = list(numbers)
    judged = {N_("Verdict"): [_verdict(row) for row in rows.to_dict("records")]}
    what = {
        N_("Architecture"): rows["architecture"]
        .map(titles.networks(), na_action="ignore")
        .fillna(rows["architecture"]),
        N_("Width"): pd.to_numeric(rows["width"]),
        N_("Method"): rows["method"].map(titles.methods(), na_action="ignore").fillna(rows["method"]),
        "T": pd.to_numeric(rows["temperature"]),
        "alpha": pd.to_numeric(rows["alpha"]),
        N_("Labels"): [_("all") if pd.isna(value) else words.number(value, grouped=True) for value in rows["labels"]],
        N_("Distilled on"): rows["transfer"].map(titles.TRANSFER, na_action="ignore").fillna(rows["transfer"]),
        N_("Seeds"): rows["seeds"].astype(int),
    }
    what |= {
        header: _rounded(factor * pd.to_numeric(rows[column]), column, digits)
        for header, (column, factor, digits) in WHERE_KNOWN.items()
        if column in rows
    }
    taught = rows.get("taught_by")
    if taught is not None and taught.notna().any():
        what[N_("Teacher")] = taught
    latencies = taken.column(rows["disturbed"]) if "disturbed" in rows else None
    marked = {N_("Latency was"): latencies} if latencies else {}  # beside its number: further right it is out of sight
    first, rest = names[:4], [name for name in names[4:] if name != MEDIAN]
    return pd.DataFrame(
        front
        | {name: numbers[name] for name in first}
        | judged
        | {MEDIAN: numbers[MEDIAN]}
        | marked
        | {name: numbers[name] for name in rest}
        | what
    )


def _head(header: str, metric: str) -> str:
    """What the data call a column, with the task's metric in its place, whatever the language."""
    name = metric.replace("_", " ")
    return header.replace("{metric}", name).replace("{Metric}", name[:1].upper() + name[1:])


def _digits(rows: pd.DataFrame) -> int:
    """Those of the differences, which sentences show with as many."""
    return max(map(words.delta_digits, rows.to_dict("records")), default=1)


def _rounded(values: pd.Series, column: str, digits: int) -> pd.Series:
    if column == "p_value":
        return values
    return values.map(lambda value: rounded(float(value), digits), na_action="ignore")


def _verdict(row: Mapping[Any, Any]) -> str | None:
    # The message of a failed student stands above the chart; here it would push the numbers away.
    if not row["seeds"]:
        return _("failed") if row["failed_seeds"] else None
    if not isinstance(row["direction"], str):
        return None
    direction = words.verdict(row["direction"])
    return _("{direction} (one seed)", direction=direction) if row["verdict_seeds"] == 1 else direction


def _format(column: str, digits: int) -> str:
    if column == "p_value":
        return f"%.{digits}g"
    return f"%+.{digits}f" if column == "delta_points" else f"%.{digits}f"


def _columns(delta_digits: int, metric: str) -> dict[str, Any]:
    config = st.column_config
    numbers = {
        _head(header, metric): config.NumberColumn(
            words.scored(header, metric),
            help=words.scored(help_text, metric),
            format=_format(column, delta_digits if column in DELTA else digits),
        )
        for header, (column, __, digits, help_text) in NUMBERS.items()
    }
    return numbers | {
        "": config.ImageColumn("", width=30, help=_("The network's sign in the charts.")),
        "Network": config.TextColumn(_("Network"), pinned=True),
        N_("Verdict"): config.TextColumn(
            _("Verdict"),
            help=_(
                "Paired t test over seeds, Holm within the experiment. With one seed McNemar's exact test on "
                "the test set, which speaks of these two networks only."
            ),
        ),
        "Latency was": config.TextColumn(
            _("Latency was"), width=LATENCY_PX, help=_("What tells that something else used the machine meanwhile.")
        ),
        "Teacher": config.TextColumn(_("Teacher"), help=_("A student that teaches instead of the teacher.")),
        OFFICIAL: config.NumberColumn(
            _(OFFICIAL), help=_("Mean over seeds, on the whole official test set."), format="%.1f"
        ),
        OFFICIAL_HALF: config.NumberColumn(_(OFFICIAL_HALF), help=_("95 % interval over seeds."), format="%.1f"),
        OFFICIAL_SEEDS: config.NumberColumn(
            _(OFFICIAL_SEEDS),
            help=_("How many seeds that mean is of: the files of the others are not here."),
            format="%d",
        ),
        PIXELS: config.NumberColumn(
            _(PIXELS),
            help=_("Share of the test pixels that get their class, mean over seeds. The ground alone is most of them."),
            format="%.1f",
        ),
        "Width": config.NumberColumn(_("Width"), help=_("Channels as a share of the network's own."), format="%g"),
        "Steps": config.NumberColumn(_("Steps"), help=_("Updates of its weights."), format="%d"),
        "Training (s)": config.NumberColumn(_("Training (s)"), help=_("Mean over seeds."), format="%.1f"),
        "T": config.NumberColumn("T", help=_("Temperature."), format="%g"),
        "alpha": config.NumberColumn(_("alpha"), help=_("Weight of the teacher's part of the loss."), format="%g"),
    }
