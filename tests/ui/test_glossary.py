"""The glossary: every term has a sentence and a picture in both appearances, and every link leads to a term."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ui.forms import spec_form
from ui.networks import style
from ui.screens.glossary import CHAPTERS, TERMS
from ui.screens.glossary.answers import softened
from ui.screens.glossary.entries import matching
from ui.screens.glossary.pen import HIGH, WIDE
from ui.text import words

ROOT = Path(__file__).resolve().parents[2]
SHAPES = ("rect", "polyline", "circle")


def linked() -> dict[str, str]:
    """The terms that the code of pages links to, with where it does."""
    found = {key: "spec_form" for keys in spec_form.TERMS.values() for key in keys}
    for path in sorted((*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(args=[ast.Constant(value=key), *_]) if ast.unparse(node.func) == "words.term":
                    found[key] = f"{path.name}:{node.lineno}"
                case ast.Constant(value=str(text)):
                    found |= dict.fromkeys(re.findall(r"\]\(glossary#([\w-]+)\)", text), f"{path.name}:{node.lineno}")
    return found


def test_every_link_leads_to_a_term():
    assert {key: where for key, where in linked().items() if key not in TERMS} == {}
    assert len(linked()) >= 20


def test_a_link_is_the_address_of_its_anchor():
    assert words.term("soft-targets") == "[soft targets](glossary#soft-targets)"
    assert words.term("ece", "ECE") == "[ECE](glossary#ece)"


def test_no_two_terms_share_an_anchor():
    terms = [term for chapter in CHAPTERS.values() for term in chapter]
    assert len(terms) == len(TERMS) >= 40
    assert [key for key in TERMS if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)] == []


@pytest.mark.parametrize("key", TERMS)
def test_a_term_has_one_sentence_and_a_picture_in_light_and_dark(key):
    term = TERMS[key]
    assert term.sentence.endswith(".")
    assert 20 < len(term.sentence) < 260
    light, dark = (ElementTree.fromstring(term.picture(colours)) for colours in (style.LIGHT, style.DARK))
    for picture in (light, dark):
        assert picture.get("aria-label") == term.alt
        assert picture.get("role") == "img"
        assert len(term.alt) > 15
        assert any(tag(part) in SHAPES for part in picture)
        assert [part.attrib for part in picture if not on_sheet(part)] == []
    colours = (
        [{part.get("fill"), part.get("stroke")} for part in light],
        [{part.get("fill"), part.get("stroke")} for part in dark],
    )
    assert colours[0] != colours[1]


def tag(part: ElementTree.Element) -> str:
    return part.tag.rpartition("}")[2]


def on_sheet(part: ElementTree.Element) -> bool:
    """Whether a part of a picture lies on its sheet; of a text what its letters may take."""
    number = {name: float(part.get(name, "0")) for name in ("x", "y", "width", "height", "cx", "cy", "r")}
    if tag(part) == "text":
        wide = 0.5 * float(part.get("font-size", "10")) * len(part.text or "")
        start = number["x"] - {"start": 0.0, "middle": wide / 2, "end": wide}[part.get("text-anchor", "start")]
        return start >= -2 and start + wide <= WIDE + 2 and 0 < number["y"] <= HIGH
    if tag(part) == "rect":
        return number["x"] >= 0 and number["x"] + number["width"] <= WIDE and number["y"] + number["height"] <= HIGH
    if tag(part) == "circle":
        return number["r"] <= number["cx"] <= WIDE and number["r"] <= number["cy"] <= HIGH
    points = [tuple(map(float, point.split(","))) for point in (part.get("points") or "").split()]
    return all(0 <= x <= WIDE and 0 <= y <= HIGH for x, y in points)


def test_the_picture_of_temperature_is_softmax():
    assert softened((2.0, 0.0), 2.0) == pytest.approx([0.7310586, 0.2689414])


def test_a_term_is_found_by_its_title_and_by_its_sentence():
    assert [term.key for term in matching("tucker")["Compression"]] == ["tucker"]
    assert "ece" in [term.key for term in matching("CALIBRATION")["Accuracy and chance"]]
    assert [term.key for terms in matching("pp").values() for term in terms] == ["percentage-points"]  # not "zipped"
    assert matching("no such word") == {}
    assert matching("  ") == CHAPTERS
