"""The export kit on Compare: a button under the table, a dialog, a zip."""

import io
import zipfile
from pathlib import Path


def opened(screen, **address):
    page = screen("compare", **address)
    assert not page.exception
    page.button(key="kit").click().run()
    assert not page.exception
    return page


def make(page) -> None:
    """Press what makes the kit, in the dialog, which stays open."""
    page.button(key="kit").click()
    page.button(key="kit_make").click().run()


def zipped(page) -> bytes:
    (button,) = [one for one in page.get("download_button") if one.proto.label.startswith("Download the kit")]
    assert not button.proto.disabled
    return page.session_state["kit_made"][1]


def test_a_kit_of_the_best_student_is_made_and_offered(trained, screen):
    page = opened(screen)
    assert page.selectbox(key="kit_of").value in ("KD", "KD, all")
    assert page.selectbox(key="kit_of").options[-1] == "Plain CNN"
    make(page)
    assert not page.exception
    names = zipfile.ZipFile(io.BytesIO(zipped(page))).namelist()
    assert {name.partition("/")[2] for name in names} >= {"MODEL_CARD.md", "ready_float32.onnx", "check.py"}


def test_a_marked_network_stands_first(trained, screen):
    assert opened(screen, marked="control").selectbox(key="kit_of").value == "control"


def test_another_network_offers_its_own_kit_alone(trained, screen):
    page = opened(screen)
    make(page)
    assert zipped(page)
    page.button(key="kit").click()
    page.selectbox(key="kit_of").select("control").run()
    assert not page.exception
    assert not [one for one in page.get("download_button") if one.proto.label.startswith("Download the kit")]


def test_a_run_whose_file_is_gone_is_told_in_words(trained, screen):
    page = opened(screen)
    for file in Path(trained).glob("runs/*/*.onnx"):
        file.unlink()
    make(page)
    assert not page.exception
    assert any("make it again" in part.value.lower() for part in page.warning)
    assert "kit_made" not in page.session_state
