"""The page Data: empty, while data come in, with data, and where others reach the lab."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
import streamlit as st

from distill_core.jobs.background_task import BackgroundTask
from distill_core.spec import Experiment
from distill_core.tasks.own.sample import CLASSES, EACH, sample_zip
from distill_core.templates.quick import QUICK
from tests.own_pictures import pictures, zipped
from tests.own_scenes import masked
from tests.own_tables import people, table_of
from ui.browser import addresses
from ui.forms import packed
from ui.screens.data import access

FEW = {"cat": 8, "dog": 8}


@pytest.fixture
def data(lab, tmp_path_factory):
    folder = pictures(tmp_path_factory.mktemp("in"), FEW)
    (folder / "cat" / "a.heic").write_bytes(b"x")
    return lab.own_data.add_images(folder, "pets", side_px=16, licence="mine")


def said(page):
    return [one.value for kind in (page.info, page.warning, page.success, page.caption) for one in kind]


def test_an_empty_lab_says_what_to_do_and_has_a_sample(screen):
    page = screen("data")
    assert not page.exception
    assert any("eight of each" in text for text in said(page))
    assert page.get("download_button")
    assert page.button(key="own_add").disabled


def test_an_uploaded_zip_becomes_a_task(screen, lab):
    page = screen("data")
    page.file_uploader[0].upload("shapes.zip", sample_zip(), "application/zip").run()
    assert page.text_input(key="own_title_0_shapes").value == "shapes"
    page.button(key="own_add").click().run()
    assert not page.exception
    lab.own_data._adding.wait(60)
    page.run()
    (made,) = lab.own_data.listed()
    assert (made.title, made.classes, made.per_class) == ("shapes", CLASSES, (EACH,) * 3)
    assert "Added shapes." in said(page)
    assert page.selectbox(key="own").options == ["shapes"]
    assert len(page.get("image")) == 3


def test_an_uploaded_table_shows_its_columns_before_it_becomes_a_task(screen, lab):
    page = screen("data")
    rows = [[*row, "same"] for row in people(60)]
    data = table_of(rows, ("age", "income", "city", "bought", "unit")).encode()
    page.file_uploader[0].upload("people.csv", data, "text/csv").run()
    page.segmented_control(key="own_rows").select("tables").run()
    assert [*page.exception, *page.error, *page.warning] == []
    label, left_out = (
        next(field for field in fields if field.key.startswith(f"own_table_{name}"))
        for fields, name in ((page.selectbox, "label"), (page.multiselect, "left_out"))
    )
    label.select("bought").run()
    left_out.select("age").run()
    shown = page.dataframe[0].value
    assert shown["holds"].tolist() == [
        "left out: not wanted",
        "numbers",
        "categories",
        "labels",
        "left out: the same value in every row",
    ]
    page.button(key="own_add").click().run()
    lab.own_data._adding.wait(60)
    page.run()
    assert [*page.exception, *page.error, *page.warning] != page.exception
    (made,) = lab.own_data.listed()
    assert [column.name for column in made.table.columns] == ["income", "city"]
    assert "Added people." in said(page)


def test_a_table_that_cannot_be_read_says_why(screen, lab):
    page = screen("data")
    page.file_uploader[0].upload("people.csv", b"a,b\n\xff\xfe\xfa,1", "text/csv").run()
    page.segmented_control(key="own_rows").select("tables").run()
    assert not page.exception
    assert any("a text in utf-8" in text for text in said(page))


def test_what_is_refused_is_told_once(screen, lab):
    page = screen("data")
    page.file_uploader[0].upload("a.zip", b"no zip", "application/zip").run()
    page.button(key="own_add").click().run()
    lab.own_data._adding.wait(60)
    page.run()
    assert any("zip file that can be read" in text for text in said(page))
    page.run()
    assert not any("zip file that can be read" in text for text in said(page))
    assert not lab.own_data.listed()


def test_a_name_that_is_taken_is_refused_before_anything_begins(screen, lab, data):
    page = screen("data")
    page.file_uploader[0].upload("pets.zip", sample_zip(), "application/zip").run()
    page.button(key="own_add").click().run()
    assert any("one that is free" in text for text in said(page))
    assert lab.own_data.adding() is None


def test_what_comes_in_can_be_stopped(screen, lab, monkeypatch):
    monkeypatch.setattr(BackgroundTask, "snapshot", lambda task: task._control and task._control.view)
    lab.own_data._adding.start("pets", 10, lambda control: _until_stopped(control))
    page = screen("data")
    assert not page.file_uploader
    page.button(key="own_stop").click().run()
    lab.own_data._adding.wait(60)
    page.run()
    assert page.file_uploader
    assert not page.exception


def _until_stopped(control):
    while True:
        control.checkpoint()


def test_data_are_shown_with_what_was_not_taken(screen, data):
    page = screen("data")
    assert not page.exception
    assert any("12 for training, 2 for validation, 2 for the test" in text and "mine" in text for text in said(page))
    assert any("The test has 2 examples" in text for text in said(page))
    assert page.expander[-1].label == "1 file was not taken"
    assert [frame.value.iloc[0].tolist() for frame in page.dataframe] == [
        ["cat", 8],
        ["cat/a.heic", "HEIC, which few programs can read: save it as JPEG or PNG"],
    ]


def test_data_are_deleted_after_a_question(screen, lab, data):
    page = screen("data")
    page.button(key=f"own_delete_{data.name}").click().run()
    page.button(key="own_delete_sure").click().run()
    assert not page.exception
    assert not lab.own_data.listed()
    assert not Path(lab.tasks.own.examples(data.name)).exists()


def test_training_begins_with_a_comparison_of_about_a_minute(screen, lab, data):
    page = screen("data")
    link = next(one for one in page.get("page_link") if one.proto.label == "Train a teacher and a student")
    (spec,) = parse_qs(link.proto.query_string)["spec"]
    asked = Experiment.of(packed.unpack(spec))
    assert (asked.task, asked.budget, asked.teacher.training) == (data.name, QUICK, QUICK)
    assert not any(one.proto.label == "Try them in the Playground" for one in page.get("page_link"))


def test_damaged_data_are_told(screen, lab, data):
    lab.tasks.own.examples(data.name).write_bytes(b"")
    page = screen("data")
    assert not page.exception
    assert any("The data of pets" in text for text in said(page))


@pytest.mark.parametrize(
    ("address", "setting", "may"),
    [("127.0.0.1", "", True), ("0.0.0.0", "", False), ("0.0.0.0", "1", True), ("127.0.0.1", "0", False)],
)
def test_where_others_reach_the_lab_its_owner_allows_it(screen, data, monkeypatch, address, setting, may):
    monkeypatch.setenv(access.SETTING, setting)
    option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: address if name == "server.address" else option(name))
    page = screen("data")
    assert not page.exception
    assert bool(page.file_uploader) == may
    assert [one for one in page.button if one.key == f"own_delete_{data.name}"] != [] or not may
    assert any("DISTILL_OWN_DATA=1" in text for text in said(page)) != may


def test_a_table_becomes_a_task_of_texts(screen, lab):
    page = screen("data")
    rows = "\n".join(["words,kind", "odd", *(f"{kind} {number},{kind}" for kind in "ab" for number in range(8))])
    page.file_uploader[0].upload("reviews.csv", rows.encode(), "text/csv").run()
    page.text_input(key="own_text").input("words")
    page.text_input(key="own_label").input("kind")
    page.button(key="own_add").click().run()
    lab.own_data._adding.wait(60)
    page.run()
    assert not page.exception
    (made,) = lab.own_data.listed()
    assert (made.title, made.kind, made.per_class) == ("reviews", "texts", (8, 8))
    assert page.expander[-1].label == "1 row was not taken"
    assert page.dataframe[-1].value.iloc[0].tolist() == ["2", "a row with more or fewer columns than the first one"]


def test_a_zip_file_of_recordings_is_asked_for_as_such(screen, lab):
    page = screen("data")
    page.segmented_control(key="own_kind").set_value("sounds").run()
    assert not page.exception
    assert any("speakers.csv" in text for text in said(page))
    assert not [one for one in page.toggle if one.key == "own_mirrored"]


def test_a_zip_file_of_pictures_with_masks_becomes_scenes(screen, lab, tmp_path):
    page = screen("data")
    page.segmented_control(key="own_kind").set_value("scenes").run()
    data = zipped(tmp_path / "roads.zip", masked(24)).read_bytes()
    page.file_uploader[0].upload("roads.zip", data, "application/zip").run()
    page.segmented_control(key="own_scene_side_px").set_value(32)
    page.button(key="own_add").click().run()
    lab.own_data._adding.wait(60)
    page.run()
    assert not page.exception
    (made,) = lab.own_data.listed()
    assert (made.kind, made.images.side_px, made.classes) == ("scenes", 32, ("Ground", "Road", "木"))
    assert page.dataframe[0].value.columns.tolist() == ["class", "pixels"]
    assert len(page.get("image")) == 6


def test_nothing_is_recorded_where_scripts_are_missing(screen, monkeypatch):
    monkeypatch.setattr(addresses, "missing", lambda: "esbuild is not here")
    page = screen("data", own_way="Camera")
    assert not page.exception
    assert any("Esbuild is not here" in one.value for one in page.warning)
