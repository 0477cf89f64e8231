"""One visitor at a keyboard: the time from a key to what the page then shows, and how it is told."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.needs import browser, count, reporting

Row = dict[str, Any]


def run(
    doc: str | None,
    name: str,
    described: str,
    figure: str,
    limit_ms: float,
    measure: Callable[[int], Iterator[Row]],
    line: Callable[[Row], str],
) -> int:
    """Measure so many times as the option ``name`` says, and tell each row; 0 where every p95 is below the limit and
    nothing was missed, 1 where not, 2 where no browser starts, and ``figure`` is left out."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(f"--{name}", type=count, default=40, help=described)
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    with reporting(as_json=settings.json) as report:
        if not report.can(figure, browser()):
            return 2
        rows: list[Row] = []
        report.figures["rows"] = rows
        for row in measure(getattr(settings, name)):
            rows.append(row)
            report.tell(line(row))
        return 0 if all(row[name] and row["p95_ms"] < limit_ms and not row["missed"] for row in rows) else 1


def spread(name: str, found_ms: Sequence[float | None]) -> Row:
    """How many were taken and missed, and the percentiles of those that were taken."""
    from distill_core.deployment.percentiles import nearest_rank

    taken = sorted(one for one in found_ms if one is not None)
    quantiles = {f"p{percent}_ms": nearest_rank(taken, percent) for percent in (50, 95)} if taken else {}
    return {name: len(taken), "missed": len(found_ms) - len(taken), **quantiles}


def numbers(row: Row) -> str:
    """The end of a row's line."""
    return f"p50 {row.get('p50_ms', 0):6.0f} ms   p95 {row.get('p95_ms', 0):6.0f} ms   {row['missed']} missed"
