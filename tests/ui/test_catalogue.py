"""What a page shows is asked of a catalogue: no label, help or sentence is a bare literal."""

from pathlib import Path

import pytest

from tests import script_texts
from tests.shown_texts import found

ROOT = Path(__file__).resolve().parents[2]


def test_no_text_that_a_page_shows_is_a_bare_literal() -> None:
    paths = [path for room in ("ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    house = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    assert "\n".join(found(house)) == "", "put these into _(), and a constant into N_() too"


@pytest.mark.parametrize(
    "source",
    [
        'st.markdown("Some words")',
        'st.button(f"Open {title}")',
        'place.selectbox("Task", options, help="Which one")',
        'HELP = "Some words"\nst.toggle(name, help=HELP)',
        'st.info("One" if ready else _("other"))',
        'def field(key, label): ...\nfield("a", "Some words")',
        'def alt(count) -> str:\n    return f"Some words of {count}"',
        'moving.tip(said="Stage")',
        'moving.legend(("line", colour, "edge"))',
        'def take(**more):\n    lines(**more, add="Add a step")',
        'TITLES = {"a": "Some words"}',
        'def show(log):\n    title = "Some words" if log else name\n    st.write(title)',
        'def offered():\n    return [("a", f"{count} other words")]',
        'st.session_state["told"] = f"A copy of {title} is in the form."',
        'def columns():\n    return pd.DataFrame({"Network": names})',
    ],
)
def test_the_rule_can_fail(source: str) -> None:
    assert {line.partition(":")[0] for line in found({"ui/screens/a.py": source})} == {"ui/screens/a.py"}


@pytest.mark.parametrize(
    "source",
    [
        'st.markdown(_("Some words"))',
        'HELP = N_("Some words")\nst.toggle(name, help=_(HELP))',
        'st.markdown(f"**{name}** :material/check:")',
        'st.image(picture, width="stretch")',
        'finding.button("home", choose)',
        'def key(name) -> str:\n    return f"of_{name}"',
        'TITLES = {"a": N_("Some words")}\nSETS = {"all": ("Some words",)}',
        'found = kept(("some words", name), build)',
        'raise InvalidSetting("the form", expected="some words", got="other words")',
        'def columns():\n    return pd.DataFrame({N_("Network"): names, "share": shares})',
    ],
)
def test_what_is_no_text_or_of_a_catalogue_is_left_alone(source: str) -> None:
    assert found({"ui/screens/a.py": source}) == []


def test_no_text_that_a_script_shows_is_a_bare_literal() -> None:
    house = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "ui").rglob("*.js")
    }
    assert "\n".join(script_texts.found(house)) == "", "put these into t(), and a constant into N_() too"


@pytest.mark.parametrize(
    "source",
    [
        'write(told, "some words")',
        "write(told, `${count} other words`)",
        'button("Stop", onStop)',
        'const LABEL =\n  "Some words " + other',
        'write(told, t(ready ? "One" : "Other"))',
        "write(told, t(`${count} more words`))",
        'write(told, `${t("Some words")}`)',
        't("{name} says so", { name: "the teacher" })',
    ],
)
def test_the_rule_of_scripts_can_fail(source: str) -> None:
    assert {line.partition(":")[0] for line in script_texts.found({"a.js": source})} == {"a.js"}


@pytest.mark.parametrize(
    "source",
    [
        'write(told, t("Some words"))',
        'const LABEL = N_(\n  "Some words " +\n  "and others",\n)',
        'ngettext("{count} word", "{count} words", count)',
        'box.querySelector("tbody tr")',
        "// some words\nwrite(told, `${t(RUN)} · ${time}`)",
    ],
)
def test_texts_of_scripts_that_a_catalogue_has_are_left_alone(source: str) -> None:
    assert script_texts.found({"a.js": source}) == []
