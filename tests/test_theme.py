"""The colours and the server's settings in ``.streamlit/config.toml``."""

import itertools
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit import config as streamlit_config

from ui.networks import style

ROOT = Path(__file__).resolve().parent.parent
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
MODES = ("light", "dark")


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of ``#RRGGBB``, 0 to 1."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def settings(section: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in section.items():
        flat |= settings(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def test_contrast_is_the_known_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
def test_text_can_be_read(mode: str) -> None:
    theme = CONFIG["theme"][mode]
    assert contrast("#FFFFFF", theme["primaryColor"]) >= 4.5, "white text on a primary button"
    for panel in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        assert contrast(theme["textColor"], panel) >= 7
        assert contrast(theme["linkColor"], panel) >= 4.5
        assert contrast(theme["primaryColor"], panel) >= 3, "a control against the page"


@pytest.mark.parametrize("mode", MODES)
def test_every_series_stands_out_from_the_page_and_from_a_panel(mode: str) -> None:
    theme = CONFIG["theme"][mode]
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        low = {colour: round(contrast(colour, ground), 2) for colour in theme["chartCategoricalColors"]}
        assert min(low.values()) >= 3, low


def test_a_series_is_lighter_on_a_dark_page() -> None:
    light, dark = (CONFIG["theme"][mode]["chartCategoricalColors"] for mode in MODES)
    assert all(luminance(twin) > luminance(colour) for colour, twin in zip(light, dark, strict=True))


# Machado, Oliveira, Fernandes 2009 (doi:10.1109/TVCG.2009.113), severity 1, on linear RGB.
SIGHT = {
    "all three cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}
# The least distance that the palette of Okabe and Ito has with the grey of the control, in OKLab.
APART = {"all three cones": 0.1165, "protanopia": 0.0762, "deuteranopia": 0.0724}
DARK_APART = {"all three cones": 0.0978, "protanopia": 0.0405, "deuteranopia": 0.0498}


def seen(colour: str, sight: str) -> np.ndarray:
    """OKLab (Ottosson 2020, bottosson.github.io/posts/oklab) of ``#RRGGBB`` as that eye sees it."""
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    cones = np.cbrt(
        np.array([[0.41222, 0.53633, 0.05145], [0.2119, 0.6807, 0.1074], [0.0883, 0.28172, 0.62998]]) @ linear
    )
    return np.array([[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]]) @ cones


@pytest.mark.parametrize(("drawn", "apart"), [(style.LIGHT, APART), (style.DARK, DARK_APART)], ids=MODES)
@pytest.mark.parametrize("sight", SIGHT)
def test_two_networks_are_told_apart_by_eyes_that_lack_a_cone(
    drawn: style.Theme, apart: dict[str, float], sight: str
) -> None:
    pairs = itertools.combinations((*drawn.series, drawn.control, drawn.text), 2)
    found = {pair: float(np.linalg.norm(seen(pair[0], sight) - seen(pair[1], sight))) for pair in pairs}
    closest = min(found, key=lambda pair: found[pair])
    assert found[closest] >= apart[sight] - 1e-4, closest


def test_sequential_is_cividis_with_its_low_end_towards_the_background() -> None:
    from plotly.colors import sequential

    light, dark = ([c.lower() for c in CONFIG["theme"][mode]["chartSequentialColors"]] for mode in MODES)
    assert dark == list(sequential.Cividis)
    assert light == dark[::-1]


@pytest.mark.parametrize(("mode", "drawn"), [("light", style.LIGHT), ("dark", style.DARK)])
def test_charts_and_widgets_share_their_colours(mode: str, drawn: style.Theme) -> None:
    theme = CONFIG["theme"][mode]
    assert theme["chartCategoricalColors"] == list(drawn.series)
    assert (theme["primaryColor"], theme["textColor"]) == (drawn.primary, drawn.text)
    assert theme["linkColor"] == drawn.link
    surfaces = (theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["borderColor"])
    assert surfaces == (drawn.background, drawn.panel, drawn.line)


@pytest.mark.parametrize("mode", MODES)
def test_scales_have_the_ten_colours_that_streamlit_wants(mode: str) -> None:
    theme = CONFIG["theme"][mode]
    for name in ("chartSequentialColors", "chartDivergingColors"):
        assert len(set(theme[name])) == 10
        assert all(re.fullmatch(r"#[0-9A-F]{6}", colour) for colour in theme[name])


def test_every_key_is_one_that_this_streamlit_knows() -> None:
    known = set(streamlit_config.get_config_options())
    assert set(settings(CONFIG)) - known == set()
    assert "server.adress" not in known


def test_the_server_stays_on_this_computer_and_tells_nobody() -> None:
    assert CONFIG["server"] == {
        "address": "127.0.0.1",
        "headless": True,
        "fileWatcherType": "none",
        "maxUploadSize": 64,
        "enableWebsocketCompression": True,
    }
    assert CONFIG["browser"] == {"gatherUsageStats": False}
