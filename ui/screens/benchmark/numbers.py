"""Every stored measurement of the chosen networks' graphs, with the names that the page gives to what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES
from distill_core.reports.timings import THIS_SERVER
from distill_core.tasks.base import Kind
from ui.kept import kept
from ui.kinds import kind_of
from ui.networks import exported
from ui.networks.exported import Network
from ui.networks.style import Look
from ui.screens.benchmark import ways
from ui.screens.benchmark.choose import Choice

__all__ = ["Numbers", "gather", "groups", "right"]

# Whose name and look a graph has that several networks share.
ROLES = {"teacher": 0, "student": 1, "control": 2}
# As they are, and where there is no row too.
KINDS = {"agrees": bool, "whole_graph": bool, **dict.fromkeys(("network", "way", "called", "told"), "str")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """``rows`` has a row a measurement, the newest of its kind: the lab's columns, and

    - ``network``: the name of its graph here, a key of ``looks`` and ``roles``;
    - ``way`` and ``called``: what ran it, as the address and as a sentence say it; ``told``: of its answers;
    - ``mine``: it was measured in this visitor's browser; ``here``: there, or on this lab's server.

    ``kind``: what the task's examples are. ``device_key`` is that browser's, empty where it measured none of these: all
    who did not see the same numbers.
    """

    kind: Kind
    rows: pd.DataFrame
    looks: Mapping[str, Look]
    roles: Mapping[str, str]
    device_key: str

    def at(self, batch_size: int, precision: str) -> "Numbers":
        rows = self.rows[(self.rows["batch_size"] == batch_size) & (self.rows["precision"] == precision)]
        return replace(self, rows=rows)

    @property
    def mine(self) -> pd.DataFrame:
        return self.rows[self.rows["mine"]]

    @property
    def server(self) -> pd.DataFrame:
        """Those of the machine that the lab runs on."""
        return self.rows[self.rows["here"] & ~self.rows["mine"]]


def gather(lab: Lab, choice: Choice, device_id: str, *, dark: bool) -> Numbers:
    """Ask the lab for all measurements of the chosen networks. Raises NotFound where one was just deleted."""
    # With the mark: chosen runs may be another experiment's, and be deleted.
    stamp = (lab.reports.results_version([choice.job.id]), lab.reports.runs_version(), *choice.run_ids)
    rows, devices = kept(("timings", *stamp), lambda: _rows(lab, choice.run_ids))
    own = f"browser:{device_id}"
    device_key = own if own in devices else ""
    kind = kind_of(lab, choice.job.experiment.task)
    found: Numbers = kept(
        ("numbers", *stamp, device_key, dark), lambda: _numbers(choice, rows, kind, device_key, dark=dark)
    )
    return found


def _numbers(choice: Choice, rows: pd.DataFrame, kind: Kind, device_key: str, *, dark: bool) -> Numbers:
    titles = {entry.name: entry.title for entry in ARCHITECTURES}
    named = groups(choice.networks, titles)
    all_looks = exported.looks(choice.all_networks(), dark=dark)
    names = {network.run_id: name for name, members in named.items() for network in members}
    mine = rows["device_key"] == device_key
    return Numbers(
        kind=kind,
        rows=rows.assign(
            network=[names.get(next(iter(run_ids), ""), "") for run_ids in rows["run_ids"]],
            mine=mine,
            here=mine | ((rows["place"] == "server") & (rows["label"] == THIS_SERVER)),
        ).astype(KINDS),
        looks={name: all_looks[members[0].name] for name, members in named.items()},
        roles={name: members[0].role for name, members in named.items()},
        device_key=device_key,
    )


def _rows(lab: Lab, run_ids: Sequence[str]) -> tuple[pd.DataFrame, frozenset[str]]:
    """What is the same for every visitor, and the keys of the devices that measured."""
    rows = lab.devices.timings(run_ids)
    records = rows.to_dict("records")
    rows = rows.assign(
        way=[ways.backend(row) for row in records],
        called=[ways.called(row) for row in records],
        told=[ways.answers(row) for row in records],
    )
    return rows, frozenset(rows["device_key"])


def groups(chosen: Sequence[Network], titles: Mapping[str, str]) -> dict[str, list[Network]]:
    """The networks of each graph under one name: their own where it is one, else the architecture that they share."""
    found: dict[tuple[object, ...], list[Network]] = {}
    for network in chosen:
        found.setdefault((network.task, *network.build, network.file), []).append(network)
    named: dict[str, list[Network]] = {}
    for members in found.values():
        members.sort(key=lambda network: ROLES.get(network.role, 3))
        named[_name(members, titles, named)] = members
    return named


def right(rows: pd.DataFrame) -> pd.DataFrame:
    """What counts as fast: the whole network on one backend, with the server's answers."""
    return rows[rows["agrees"] & rows["whole_graph"]]


def _name(members: Sequence[Network], titles: Mapping[str, str], taken: Mapping[str, object]) -> str:
    first = members[0]
    shared = titles.get(first.build[0], first.build[0])
    name = first.name if len(members) == 1 else shared
    return name if name not in taken else f"{name} #{first.run_id[:4]}"
