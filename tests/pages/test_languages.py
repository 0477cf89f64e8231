"""Pages in another language: what they show stands in a catalogue."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.bracketed import Bracketed, outside

ELEMENTS = ("title", "header", "subheader", "caption", "markdown", "info", "warning")
WIDGETS = ("button", "selectbox", "select_slider", "number_input", "text_input", "toggle", "checkbox", "multiselect")
# Pictures, icons, addresses, and letters of formulas, which no language changes.
SIGNS = re.compile(r"!\[\]\([^)]*\)|:material/\w+:|\b(?:T|alpha)\b|:small\[|https?://\S+")


def shown(page: AppTest) -> Iterator[str]:
    for kind in ELEMENTS:
        yield from (str(one.value) for one in getattr(page, kind))
    for kind in WIDGETS:
        yield from (str(getattr(one.proto, field, "")) for one in getattr(page, kind) for field in ("label", "help"))
    yield from (tab.label for tab in (*page.tabs, *page.expander))


@pytest.mark.parametrize("name", ["home", "glossary", "robustness", "benchmark"])
def test_all_that_an_empty_page_shows_is_of_a_catalogue(
    lab, screen, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = Bracketed.spoken(monkeypatch)
    page = screen(name)
    assert not page.exception
    assert len(texts.asked) > 20
    left = {SIGNS.sub("", outside(text)) for text in shown(page)}
    assert sorted(text for text in left if re.search(r"[^\W\d_]{2,}", text)) == []


@pytest.mark.parametrize("called", ["Gallery", "gallery"])
def test_a_tab_has_an_id_in_addresses_and_its_english_title_still_opens_it(
    lab, screen, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Bracketed.spoken(monkeypatch)
    page = screen("robustness", facet=called)
    assert page.session_state["facet"] == "⟦Gallery⟧"
    assert parse_qs(urlsplit(page.code[0].value).query)["facet"] == ["gallery"]
