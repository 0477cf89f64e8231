"""Latency on a visitor's device as a cost: which devices measured these networks, and what each network takes there."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

import ui
from distill_core.lab import Lab
from ui.browser.device import device_id
from ui.jobs import actions
from ui.kept import derived, kept
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import N_, _

__all__ = ["ON_SERVER", "THIS", "Device", "choose", "costed", "measure", "measured", "nothing", "offered"]

THIS = "this device"
ON_SERVER = N_("Measure them on this server, or see what other devices took")
COLUMN, TAKEN = "device_p50_ms", "device_disturbed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """``name`` is what the page and its address say, ``key`` the lab's, which is not shown; ``stamp`` changes with
    what devices tell."""

    name: str
    key: str
    stamp: str


def choose(lab: Lab, networks: Cohort) -> Device:
    """Draw the picker: the visitor's device first, then every other one that measured one of these networks."""
    own, stamp = f"browser:{device_id()}", lab.reports.results_version([job.id for job in networks.jobs])
    found = {THIS: own, **kept(("devices", stamp, own), lambda: offered(lab, networks, own))}
    if st.session_state.get("device") not in found:
        st.session_state.pop("device", None)
    name = st.selectbox(
        _("Device"),
        list(found),
        key="device",
        bind="query-params",
        help=_("Devices whose browser measured one of these networks on the Benchmark page."),
    )
    return Device(name=name, key=found[name], stamp=stamp)


def offered(lab: Lab, networks: Cohort, own: str) -> dict[str, str]:
    """Keys of the other devices by their names, a number behind a name that several have."""
    timings = lab.devices.timings(list(networks.results.loc[networks.results["state"] == "finished", "run_id"]))
    others = timings[(timings["place"] == "browser") & (timings["device_key"] != own)]
    found: dict[str, str] = {}
    for row in others.drop_duplicates("device_key").sort_values(["label", "device_key"]).itertuples():
        again = sum(name == row.label or name.startswith(f"{row.label} (") for name in (THIS, *found))
        found[f"{row.label} ({again + 1})" if again else row.label] = row.device_key
    return found


def costed(lab: Lab, networks: Cohort, rows: pd.DataFrame, device: Device | None) -> pd.DataFrame:
    """The rows with every cost that the chart may show: that on a device too, where one is chosen."""
    return measured(lab, networks, rows, device) if device else rows


def measured(lab: Lab, networks: Cohort, rows: pd.DataFrame, device: Device) -> pd.DataFrame:
    """The rows with what an image takes on that device; none where it did not measure a network's graph."""
    known = kept(("on device", device.stamp, device.key), lambda: _medians(lab, networks, device))
    found = [known.get(ids[0], (None, None)) if ids else (None, None) for ids in rows["run_ids"]]
    values, reasons = [value for value, _ in found], [reason for _, reason in found]
    return rows.assign(**{COLUMN: values, TAKEN: reasons}).astype({COLUMN: "float64"})


def nothing(networks: Cohort, device: Device) -> None:
    """It measured none of these: say so, and where it can."""
    whose = _("This device") if device.name == THIS else words.plain(device.name)
    st.info(_("{whose} has measured none of these networks at batch 1 in float32 with the right answers.", whose=whose))
    if device.name == THIS:
        measure(networks, _("Measure them on this device"))


def measure(networks: Cohort, label: str) -> None:
    """The way to the page Benchmark, with a network of each graph."""
    runs = derived(networks.rows, "one of each", lambda: _one_of_each(networks))
    st.page_link(
        "../pages/benchmark.py",
        label=label,
        icon=":material/speed:",
        query_params={"job": actions.place(networks.jobs[0]), "runs": runs},
    )


def _medians(lab: Lab, networks: Cohort, device: Device) -> dict[str, tuple[float, str | None]]:
    """By run its latency there, and what disturbed that."""
    rows = lab.reports.results([job.id for job in networks.jobs], device.key)
    return dict(zip(rows["run_id"], zip(rows["p50_ms"], rows["disturbed"], strict=True), strict=True))


def _one_of_each(networks: Cohort) -> list[str]:
    """A run of each graph that has its file here: the others take as long."""
    without_file = ui.lab().reports.left_out([job.id for job in networks.jobs], "onnx")
    there = networks.of_lab(networks.done)
    here = [[run for run in ids if run not in without_file] for ids in there["run_ids"]]
    there = there.assign(run_ids=here)
    there = there[there["run_ids"].map(bool).astype(bool)]
    place = there["role"].map({"teacher": 0, "student": 1, "control": 2})
    # A file of 8 bits has as many parameters as the one that it was made of.
    size_kb = (there["onnx_bytes"].astype("float64") / 1000).round()
    done = there.assign(place=place, size_kb=size_kb).sort_values("place", kind="stable")
    done = done.drop_duplicates(["architecture", "width", "stem_stride", "parameters", "size_kb"])
    return [ids[0] for ids in done["run_ids"]]
