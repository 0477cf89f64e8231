"""Checks, summarises and stores the measurements that browsers send."""

import re
import unicodedata

from distill_core import clock
from distill_core.browser_measurement import Browser, BrowserMeasurement
from distill_core.deployment.disturbance import disturbance
from distill_core.deployment.model_file import Model
from distill_core.deployment.parity import within_tolerance
from distill_core.deployment.percentiles import summarize_latency
from distill_core.errors import InvalidSetting, said
from distill_core.reports.reference import Reference
from distill_core.store import Device, Measurement, Store

LONGEST_LABEL = 40
IDENTITY = re.compile(r"[0-9a-f]{32}")
JOINERS = {"\u200d"}  # inside an emoji
MOST_RUNS = 2**31 - 1  # what a column holds


def save_browser_measurement(
    store: Store, timed: BrowserMeasurement, model: Model, reference: Reference, device_id: str
) -> tuple[Measurement, bool]:
    """Store a browser's measurement of ``model``, with its logits compared to ``reference``. Returns it, and whether it
    is new; ``largest_difference`` is None where the logits cannot be compared.

    Raises: InvalidSetting for an invalid measurement or device.
    """
    device = Device(
        id=checked_device(device_id),
        label=_default_label(timed.browser, device_id),
        described=described(timed.browser),
        seen_at=clock.now(),
    )
    return store.keep_measurement(_measurement(timed, model, reference, device), device)


def described(browser: Browser) -> str:
    """A short description: ``Chrome 156 on Android, 8 cores``."""
    cores = "1 core" if browser.cores == 1 else f"{browser.cores} cores"
    return f"{_plain(browser.browser) or 'a browser'} on {_plain(browser.system) or 'a system'}, {cores}"


def checked_label(label: str) -> str:
    """The label without blanks around it. Raises InvalidSetting unless 1 to 40 visible characters are left."""
    stripped = label.strip()
    if not 1 <= len(stripped) <= LONGEST_LABEL or not all(map(_is_seen, stripped)):
        expected = said("1 to {most} characters in one line", LONGEST_LABEL)
        got = (
            "characters that cannot be seen" if 1 <= len(stripped) <= LONGEST_LABEL else said("{value}", len(stripped))
        )
        raise InvalidSetting("a device's label", expected=expected, got=got, hint="choose another one")
    return stripped


def checked_device(device_id: str) -> str:
    """The id itself. Raises InvalidSetting for an invalid device id."""
    if not IDENTITY.fullmatch(device_id):
        hint = "load the page again"
        raise InvalidSetting("a device", expected="32 hexadecimal digits", got=repr(device_id[:40]), hint=hint)
    return device_id


def _default_label(browser: Browser, device_id: str) -> str:
    # The start of the id distinguishes thirty equal phones.
    name = re.sub(r"\s[\d.]+$", "", _plain(browser.browser)) or "Browser"
    end = f" · {device_id[:4]}"
    return f"{name} on {_plain(browser.system) or 'a system'}"[: LONGEST_LABEL - len(end)].rstrip() + end


def _plain(text: str) -> str:
    return "".join(character for character in text if _is_seen(character)).strip()


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return character in JOINERS or not (category.startswith("C") or category in ("Zl", "Zp"))


def _measurement(timed: BrowserMeasurement, model: Model, reference: Reference, device: Device) -> Measurement:
    latency = summarize_latency(timed.samples_ms)
    runs = len(timed.samples_ms) * timed.runs_per_sample
    _check(latency.p50_ms, runs)
    agrees, difference = within_tolerance(timed.logits, reference.logits_BC, model.number_format)
    return Measurement(
        run_id=model.run_id,
        graph=model.graph,
        device=device.described,
        provider=timed.backend,
        batch_size=timed.batch_size,
        threads=timed.threads,
        first_ms=timed.first_ms,
        warmup_runs=timed.warmup_runs,
        runs=runs,
        environment=timed.browser.model_dump(mode="json"),
        created_at=clock.now(),
        place="browser",
        uid=timed.uid,
        device_id=device.id,
        precision=timed.precision,
        load_ms=timed.load_ms,
        session_ms=timed.session_ms,
        runs_per_sample=timed.runs_per_sample,
        size_bytes=model.size_bytes,
        largest_difference=None if difference == float("inf") else difference,
        agrees=agrees,
        whole_graph=timed.whole_graph,
        disturbed=disturbance(
            timed.samples_ms, clock_ms=timed.browser.clock_ms / timed.runs_per_sample, lost=timed.lost
        ),
        round_id=timed.round,
        **latency.to_row(),
    )


def _check(p50_ms: float, runs: int) -> None:
    if p50_ms <= 0:
        hint = "time more runs a sample: the browser's clock is too coarse for one"
        raise InvalidSetting(
            "times of a network", expected="more than 0 ms", got=said("{p50_ms:g} ms", p50_ms), hint=hint
        )
    if runs > MOST_RUNS:
        raise InvalidSetting(
            "timed runs", expected=said("up to {most:,}", MOST_RUNS), got=said("{value:,}", runs), hint="time fewer"
        )
