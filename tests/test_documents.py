"""Reports: one page that needs nothing else, and a notebook that repeats its experiments."""

import base64
import contextlib
import csv
import functools
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from distill_core.__main__ import main
from distill_core.errors import InvalidSetting, NotFound
from distill_core.lab import Lab
from distill_core.store import JobState, Store
from tests.quick import QUICK_TIMER, experiment
from tests.records import job_record

EVIL = "</script><b>x</b> @DATA@ 学生 =1+1"


@pytest.fixture
def lab(trained: Path) -> Iterator[Lab]:
    opened = Lab.open(trained, timer=QUICK_TIMER)
    yield opened
    opened.close()


def test_a_page_holds_tables_specification_environment_and_findings(lab: Lab) -> None:
    (job,) = lab.jobs()
    lab.naming.rename(job.id, name=EVIL, note="of Monday")
    text = lab.documents.page([job.id]).decode()
    assert f"<title>{html.escape(EVIL)}</title>" in text
    assert "<b>x</b>" not in text
    assert "of Monday" in text
    summary = lab.reports.summary(job.id)
    for name in summary["student"]:
        assert f"<td>{html.escape(name)}</td>" in text
    assert "KD, all reaches " in text
    assert "<td>onnxruntime</td>" in text
    (shown,) = re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)
    assert json.loads(html.unescape(shown)) == json.loads(lab.reports.specification(job.id))
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=", text)
    (data,) = re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)
    told = json.loads(data)
    assert [one["name"] for one in told["networks"]] == list(summary["student"])
    assert {one["kind"] for one in told["curves"]} == {"loss", "valid_accuracy"}


def test_its_csv_has_a_byte_order_mark(lab: Lab) -> None:
    text = lab.documents.page([lab.jobs()[0].id]).decode()
    (packed,) = re.findall(r"data:text/csv;charset=utf-8;base64,([^\"]*)", text)
    data = base64.b64decode(packed)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert sorted(row["student"] for row in rows) == sorted(lab.reports.summary(lab.jobs()[0].id)["student"])


def test_findings_of_a_page_stand_in_place_of_the_engine_s(lab: Lab) -> None:
    text = lab.documents.page([lab.jobs()[0].id], ["A < B."]).decode()
    assert "<li>A &lt; B.</li>" in text
    assert "KD, all reaches " not in text


def test_an_experiment_that_has_no_network_yet_is_told_without_charts(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.add_job(job_record("00000001", experiment().to_json(), state=JobState.STOPPED))
    store.close()
    opened = Lab.open(tmp_path)
    text, book = opened.documents.page(["00000001"]).decode(), json.loads(opened.documents.notebook(["00000001"]))
    opened.close()
    assert "No student has a score." in text
    assert "No student has a score." in "".join(book["cells"][1]["source"])


def test_what_is_no_selection_is_refused(lab: Lab) -> None:
    with pytest.raises(InvalidSetting, match="a report: expected 1 to 50 experiments, got 0"):
        lab.documents.page([])
    with pytest.raises(NotFound):
        lab.documents.notebook(["0123456789abcdef"])


def test_a_notebook_repeats_its_experiments(
    lab: Lab, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = lab.jobs()
    book = json.loads(lab.documents.notebook([job.id]))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    assert all(set(cell) >= {"cell_type", "metadata", "source"} for cell in book["cells"])
    # In a new home, so that everything is trained anew.
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path_factory.mktemp("again")))
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    told: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), told)
    assert "finished" in printed.getvalue()
    assert dict(zip(told["summary"]["student"], told["summary"]["test_accuracy"], strict=True)) == told["stored"]
    assert Path(told["path"]).name.endswith(".onnx")
    assert len(told["figure"].data) == 1


def test_the_shell_writes_both(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job, at = lab.jobs()[0].id, ["--home", str(lab.home)]
    for name in ("a.html", "a.ipynb"):
        assert main(["report", job[:6], "-o", str(tmp_path / name), *at]) == 0
        assert main(["report", job, "-o", str(tmp_path / name), *at]) == 2
        assert main(["report", job, "-o", str(tmp_path / name), "--force", *at]) == 0
    assert (tmp_path / "a.html").read_bytes().startswith(b"<!doctype html>")
    assert json.loads((tmp_path / "a.ipynb").read_bytes())["nbformat"] == 4
    capsys.readouterr()
    assert main(["report", job, "-o", str(tmp_path / "a.pdf"), *at]) == 2
    assert "expected FILE.html or FILE.ipynb, got" in capsys.readouterr().err
    assert main(["report", "ffffff", "-o", str(tmp_path / "b.html"), *at]) == 2
    assert not (tmp_path / "b.html").exists()
