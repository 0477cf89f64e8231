"""``data``: own data sets of a home, added from folders and zip files, listed, told of, removed."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from distill_core.jobs.background_task import TaskControl
from distill_core.lab import home_of
from distill_core.lab.own_data import SCENE_SIDE_PX, SIDE_PX
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import Share, home_of_lab, note, progress, say, share, status_of
from distill_core.store import holds_lab
from distill_core.tasks.own.columns import LEFT_OUT
from distill_core.tasks.own.csv_rows import KINDS
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.refusals import REASONS
from distill_core.tasks.own.scene_import import MOST_CLASSES

NONE = "This lab has no data of its own. The command data add takes in a folder or a zip file."
NAMED = "its title or its name, as data list shows them"


def add_data(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the commands; returns them."""
    data = commands.add_parser("data", help="own data: add, list, show and remove them")
    within = data.add_subparsers(required=True, metavar="COMMAND")
    adding = add_command(
        within,
        "add",
        "take in a folder or a zip file with a folder a class, pictures with masks, or a table of texts and labels",
        _add,
    )
    adding.add_argument("name", metavar="NAME", help="what the data are called")
    adding.add_argument("path", metavar="PATH", type=Path, help="of the folder or the zip file")
    adding.add_argument(
        "--side", type=int, metavar="PX", help=f"of the kept pictures ({SIDE_PX}, with masks {SCENE_SIDE_PX})"
    )
    adding.add_argument("--not-mirrored", action="store_true", help="a mirrored picture is not of the same class")
    adding.add_argument(
        "--masks", action="store_true", help="images/ and masks/, or COCO's lists of outlines: a class for each pixel"
    )
    adding.add_argument(
        "--most-classes",
        type=int,
        metavar="N",
        default=MOST_CLASSES,
        help=f"of outlines, beside the ground ({MOST_CLASSES})",
    )
    adding.add_argument("--sounds", action="store_true", help="the folders hold recordings: wav, flac, ogg, mp3")
    adding.add_argument("--table", action="store_true", help="a CSV or TSV file of numbers and categories, no texts")
    adding.add_argument("--leave-out", metavar="COLUMN", action="append", default=[], help="of a table; repeatable")
    adding.add_argument(
        "--categories", metavar="COLUMN", action="append", default=[], help="whose numbers are names; repeatable"
    )
    adding.add_argument("--decimal", choices=(".", ","), default="", help="the mark of numbers, else found out")
    adding.add_argument("--text", metavar="COLUMN", default="text", help="of a CSV or TSV file: its texts (text)")
    adding.add_argument("--label", metavar="COLUMN", default="label", help="its labels (label)")
    adding.add_argument("--encoding", metavar="NAME", default="utf-8", help="utf-8, or by name, as cp1252 or gb18030")
    adding.add_argument("--source", default="", help="where the data are from")
    adding.add_argument("--licence", default="")
    listing = add_command(within, "list", "list own data, the oldest first", _list, outputs=True)
    show = add_command(within, "show", "what own data hold, and what was not taken", _show, outputs=True)
    remove = add_command(within, "remove", "remove own data, for good; experiments on them stay readable", _remove)
    for command in (show, remove):
        command.add_argument("name", metavar="NAME", help=NAMED)
    return [adding, listing, show, remove]


def _add(chosen: argparse.Namespace) -> int:
    with opened(home_of(chosen.home)) as lab, progress() as bar:
        reading: list[TaskControl] = []

        def report(done: int, total: int) -> None:
            if not reading or reading[0].view.total != total:
                reading[:] = [TaskControl("own data", total)]
            reading[0].report(done, "Reading")
            bar(share(reading[0].view))

        told = {"source": chosen.source, "licence": chosen.licence, "report": report}
        data = lab.own_data.add(chosen.path, chosen.name, _settings(chosen), **told)
        bar(Share(fraction=1.0, stage="finished", time_left="", ended=True))
    say(_told(data))
    return 0


def _settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """By what the path says: a table holds texts, everything else pictures."""
    if chosen.table:
        told = {"left_out": chosen.leave_out, "categories": chosen.categories, "decimal": chosen.decimal}
        return {"kind": "tables", "label": chosen.label, "encoding": chosen.encoding, **told}
    if chosen.path.suffix.casefold() in KINDS:
        return {"kind": "texts", "text": chosen.text, "label": chosen.label, "encoding": chosen.encoding}
    if chosen.sounds:
        return {"kind": "sounds"}
    usual = SCENE_SIDE_PX if chosen.masks else SIDE_PX
    pictures = {"side_px": usual if chosen.side is None else chosen.side, "mirrored": not chosen.not_mirrored}
    if chosen.masks:
        return {"kind": "scenes", **pictures, "most_classes": chosen.most_classes}
    return {"kind": "images", **pictures}


def _list(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    home = home_of(chosen.home)
    if not holds_lab(home):  # what only reads makes no home
        return status_of(put(chosen, [], NONE))
    with opened(home) as lab:
        listed = lab.own_data.listed()
    lines = "\n".join(f"{data.name:<22}{data.title}: {_sizes(data)}" for data in listed)
    return status_of(put(chosen, [_object(data) for data in listed], lines or NONE))


def _show(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        data = lab.own_data.named(chosen.name)
        used = lab.own_data.jobs_on(data.name)
    lines = [_told(data), f"experiments on them: {used}"]
    refused = [f"  {_place(data, one.path)}: {REASONS[one.reason]}" for one in data.refused if one.reason in REASONS]
    more = data.refused_count - len(refused)
    lines += ["not taken:", *refused, *([f"  and {more:,} more"] if more else [])] if refused else []
    return status_of(put(chosen, [{**_object(data), "experiments": used}], "\n".join(lines)))


def _remove(chosen: argparse.Namespace) -> int:
    with opened(home_of_lab(chosen.home)) as lab:
        data = lab.own_data.named(chosen.name)
        used = lab.own_data.remove(data.name)
    staying = "the experiment on it stays" if used == 1 else f"its {used} experiments stay"
    note(f"removed {data.title}" + (f"; {staying} readable" if used else ""))
    return 0


def _place(data: OwnData, path: str) -> str:
    return f"row {path}" if data.in_rows else path


def _told(data: OwnData) -> str:
    counts = data.counts
    lines = [
        f"{data.title} ({data.name}): {_sizes(data)}",
        f"training {counts.train:,}, validation {counts.valid:,}, test {counts.test:,}"
        + (f"; given: {', '.join(data.given_parts)}" if data.given_parts else "; drawn 70 : 15 : 15 of each class"),
        *_classes(data),
        *_columns(data),
        *(f"{name}: {text}" for name, text in (("source", data.source), ("licence", data.licence)) if text),
        *_reasons(data),
        *map(str, data.warnings()),
    ]
    return "\n".join(lines)


def _classes(data: OwnData) -> Sequence[str]:
    width = max(map(len, data.classes)) + 2
    unit = " pixels" if data.masks else ""
    return [f"  {name:<{width}}{count:,}{unit}" for name, count in zip(data.classes, data.per_class, strict=True)]


def _columns(data: OwnData) -> Sequence[str]:
    """What networks get of a table, by the training part, and which columns they do not."""
    if data.table is None:
        return []
    told = [f"columns beside {data.table.label}:"]
    for one in data.table.columns:
        holds = f"{len(one.categories)} categories" if one.categories else f"numbers, {one.low:g} to {one.high:g}"
        told.append(f"  {one.name}: {holds}" + (f", {one.missing:,} missing in training" if one.missing else ""))
    return [*told, *(f"  {one.name}: left out, {LEFT_OUT[one.reason]}" for one in data.table.left_out)]


def _reasons(data: OwnData) -> Sequence[str]:
    """How many files were not taken, by reason."""
    count = Counter(one.reason for one in data.refused)
    told = [f"  {number:,} × {REASONS[reason]}" for reason, number in count.most_common() if reason in REASONS]
    one, many = ("row was", "rows were") if data.in_rows else ("file was", "files were")
    what = one if data.refused_count == 1 else many
    return [f"{data.refused_count:,} {what} not taken:", *told] if told else []


def _sizes(data: OwnData) -> str:
    side = f", {data.images.side_px} × {data.images.side_px} px" if data.images else ""
    counts, examples = data.counts, "rows" if data.table else data.kind
    return f"{counts.train + counts.valid + counts.test:,} {examples} of {len(data.classes)} classes{side}"


def _object(data: OwnData) -> dict[str, Any]:
    return {"name": data.name, **data.model_dump(mode="json", exclude={"format"})}
