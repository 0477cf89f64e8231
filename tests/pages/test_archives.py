"""An archive leaves Compare and enters another home through Home."""

from pathlib import Path

import pytest

from distill_core.lab import Lab
from tests.archive.packed import changed
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER
from ui.jobs import archives

CHAIN = "7f177f90ddf842d2"


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    home = tmp_path_factory.mktemp("chain")
    unpack("27610a0", home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    data = lab.archives.pack([CHAIN])
    lab.close()
    return data


def put(page, data: bytes, name: str = "chain.zip"):
    return page.file_uploader[0].upload(name, data, "application/zip").run()


def test_an_archive_is_imported_on_home(screen, lab, chain):
    page = put(screen("home"), chain)
    assert not page.exception
    assert "**Chain of 2: Plain CNN; all labels; 1 seed**" in [part.value for part in page.markdown]
    page.button(key="archive_import").click().run()
    assert not page.exception
    assert [part.value for part in page.success] == ["Imported 1 experiment."]
    assert [job.id for job in lab.jobs()] == [CHAIN]
    assert not page.file_uploader[0].value  # another uploader, which is empty


def test_what_is_no_archive_is_told_and_nothing_is_imported(screen, lab, chain):
    page = put(screen("home"), b"GIF89a" + bytes(200))
    assert not page.exception
    assert "expected a zip file as this lab writes it" in page.warning[0].value.lower()
    assert "archive_import" not in [button.key for button in page.button]
    waiting = changed(chain, rows=lambda rows: rows["jobs"][0].update(state="queued"))
    page = put(screen("home"), waiting)
    page.button(key="archive_import").click().run()
    assert not page.exception
    assert any("experiments that have ended, got queued" in part.value for part in page.warning)
    assert lab.jobs() == ()


def test_imported_experiments_are_compared_without_a_foreign_latency(screen, lab, chain):
    lab.archives.unpack(chain)
    page = screen("compare", details="Downloads")
    assert not page.exception
    assert lab.reports.results()["p50_ms"].isna().all()
    (button,) = [one for one in page.get("download_button") if one.proto.label == "Archive"]
    assert not button.proto.disabled


def test_an_upload_is_no_larger_than_the_server_takes():
    config = (Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert f"maxUploadSize = {archives.MOST_MEGABYTES}\n" in config


def test_what_an_import_took_elsewhere_is_no_latency_of_this_server_and_the_way_to_measure_is_shown(screen, lab, chain):
    lab.archives.unpack(chain)
    page = screen("compare", cost="p50")
    assert not page.exception
    assert any("No network here has been measured for this axis" in part.value for part in page.info)
    assert any(link.proto.label.startswith("Measure them on this server") for link in page.get("page_link"))
