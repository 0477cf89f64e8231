"""The colours and the server's settings in ``.streamlit/config.toml``."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config as streamlit_config

from ui import style

ROOT = Path(__file__).resolve().parent.parent
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
MODES = ("light", "dark")
OKABE_ITO = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]


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


def test_lines_of_the_dark_mode_stand_out() -> None:
    theme = CONFIG["theme"]["dark"]
    assert all(contrast(colour, theme["backgroundColor"]) >= 4.5 for colour in theme["chartCategoricalColors"])


def test_series_are_okabe_ito_with_a_lighter_twin_each() -> None:
    light, dark = (CONFIG["theme"][mode]["chartCategoricalColors"] for mode in MODES)
    assert light == OKABE_ITO
    assert all(luminance(twin) > luminance(colour) for colour, twin in zip(light, dark, strict=True))


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
        "maxUploadSize": 10,
    }
    assert CONFIG["browser"] == {"gatherUsageStats": False}
