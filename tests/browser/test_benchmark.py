"""The benchmark in a real Chromium: isolated and not, with a graphics adapter and without, and what can go wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserType, Error, Page, Response, Route, expect

from distill_core.errors import NotFound
from distill_core.lab import Lab
from tests.browser.conftest import OTHER_NAME, Home, served
from tests.pages.visiting import compared
from tests.quick import QUICK_TIMER, experiment, student
from ui.browser import engine

pytestmark = pytest.mark.browser
FIRST_MS = 60_000
MEASURED_MS = 60_000
TOLD = "**/browser/measurements"
# An adapter in software: its times mean nothing, its answers do.
WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
# The first Worker that is to measure ends instead, as one does that the browser takes the memory from.
DYING = """
let ended = false
window.Worker = class extends Worker {
  postMessage(message, ...how) {
    super.postMessage(message, ...how)
    if (ended || message.task !== "measure") return
    ended = true
    this.terminate()
    this.dispatchEvent(new ErrorEvent("error", { message: "ended" }))
  }
}
"""


NO_WORKER = "window.Worker = class { constructor() { throw new Error('not here') } }"
ONE_CORE = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 1 })"


def address(home: Home, *runs: str, host: str = "127.0.0.1", **chosen: Any) -> str:
    """Of the page, with these networks and what else is chosen."""
    query = urlencode({"runs": runs or (home.student,), "backend": "wasm-1", **chosen}, doseq=True)
    return f"{home.address.replace('127.0.0.1', host)}/benchmark?{query}"


@pytest.fixture
def adapted(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Page]:
    """A Chromium with a graphics adapter."""
    known = browser_type_launch_args
    browser = browser_type.launch(**{**known, "args": [*known["args"], *WEBGPU]})
    yield browser.new_page()
    browser.close()


def done(page: Page, count: int = 1) -> None:
    """Wait until it has measured so much."""
    expect(page.get_by_text(re.compile(rf"^{count} measurements? done")).first).to_be_visible(timeout=MEASURED_MS)


def measured(page: Page, address: str, count: int = 1) -> list[dict[str, Any]]:
    """What the page told the server, with the server's answers, once it has measured so much."""
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one) if one.url.endswith("/browser/measurements") else None)
    page.goto(address)
    done(page, count)
    assert [one.status for one in answers] == [200] * count
    return [{**one.request.post_data_json, **one.json()} for one in answers]


@contextmanager
def one_told(page: Page, address: str) -> Iterator[None]:
    """The page with its first measurement told, and the next one on its way to the server until this ends."""
    told: list[str] = []
    held: list[Route] = []

    def hold(route: Route) -> None:
        if told:
            held.append(route)
        else:
            route.continue_()
        told.append(route.request.url)

    page.route(TOLD, hold)
    with page.expect_response(TOLD, timeout=MEASURED_MS):
        page.goto(address)
    yield
    page.unroute(TOLD, hold)
    for late in held:
        with suppress(Error):  # it was given up meanwhile, or is on its way since nothing holds it
            late.continue_()


@pytest.mark.parametrize("script", ["", ONE_CORE], ids=["all cores", "one core"])
def test_an_isolated_page_without_an_adapter_measures_on_one_thread_and_on_all(
    trained: Home, page: Page, complaints: list[str], script: str
) -> None:
    page.add_init_script(script)
    page.goto("about:blank")
    cores = page.evaluate("navigator.hardwareConcurrency")
    threads = [1] if cores == 1 else [1, min(cores, 4)]
    found = measured(page, address(trained, backend=("wasm-1", "wasm-n", "webgpu"), auto=1), len(threads))
    assert [(one["backend"], one["threads"]) for one in found] == [("wasm", count) for count in threads]
    expect(page.locator(".skipped").filter(has_text="One core")).to_have_count(2 - len(threads))
    expect(page.get_by_text(re.compile("No (graphics adapter|WebGPU)")).first).to_be_visible()
    for one in found:
        assert one["agrees"] is True
        assert one["largest_difference"] < 1e-3
        assert one["runs_per_sample"] > 1  # a network this small is timed in rows
        assert 0 < one["p50_ms"] <= one["p90_ms"] <= one["p95_ms"] <= one["p99_ms"]
        assert one["browser"]["isolated"] is True
        assert 0 < one["browser"]["clock_ms"] < 0.1
        assert one["browser"]["onnxruntime_web"] == engine.version()
        assert "Chrom" in one["browser"]["browser"]
    expect(page.get_by_text("✓ agrees")).to_have_count(len(threads))
    expect(page.get_by_role("heading", name="What this shows")).to_be_visible(timeout=FIRST_MS)
    assert complaints == []


def test_a_page_over_plain_http_from_another_machine_says_what_it_lacks(trained: Home, page: Page) -> None:
    (found,) = measured(page, address(trained, host=OTHER_NAME, backend=("wasm-1", "wasm-n"), auto=1))
    assert page.evaluate("[isSecureContext, crossOriginIsolated]") == [False, False]
    assert (found["threads"], found["browser"]["isolated"]) == (1, False)
    assert found["browser"]["clock_ms"] >= 0.09
    assert found["agrees"] is True
    expect(page.get_by_text("This page came over plain http from another machine.")).to_be_visible()
    expect(page.get_by_text("make run-lan").first).to_be_visible()


def test_a_graphics_adapter_answers_as_the_server_does(trained: Home, adapted: Page) -> None:
    (found,) = measured(adapted, address(trained, backend="webgpu", auto=1))
    assert (found["backend"], found["threads"], found["agrees"]) == ("webgpu", 1, True)
    assert found["browser"]["adapter"]
    expect(adapted.get_by_text("✓ agrees")).to_be_visible()


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A served home with a finished comparison of texts, which networks get as 64-bit ids."""
    path = tmp_path_factory.mktemp("texts") / "home"
    lab = Lab.open(path, timer=QUICK_TIMER)
    job = compared(lab, "languages", teacher="hashed_ngrams", width=0.5)
    summary = lab.reports.summary(job.id)
    lab.close()
    with served(path) as address:
        yield Home(address, path, tuple(summary["student"]), tuple(ids[0] for ids in summary["run_ids"]), job.id)


def test_networks_of_texts_answer_in_both_files_and_on_an_adapter(texts: Home, adapted: Page) -> None:
    chosen = {"backend": ("wasm-1", "webgpu"), "precision": ("float32", "float16")}
    found = measured(adapted, address(texts, texts.student, **chosen, auto=1), 3)
    ran = [(one["backend"], one["precision"], one["agrees"]) for one in found]
    assert ran == [("wasm", "float32", True), ("wasm", "float16", True), ("webgpu", "float32", True)]
    full, half = (one["size_bytes"] for one in found[:2])
    assert half < 0.6 * full
    expect(adapted.locator(".skipped")).to_contain_text("No float16 on WebGPU")


def test_two_browsers_fill_the_board_and_each_has_its_own_name(trained: Home, page: Page, browser: Browser) -> None:
    another = browser.new_context()
    mine, other = page, another.new_page()
    for one in (mine, other):
        one.goto(address(trained, auto=1))
    for one in (mine, other):
        done(one)
    mine.goto(address(trained, show="Devices"))
    label = mine.get_by_label(re.compile("name|label", re.IGNORECASE)).and_(mine.get_by_role("textbox")).first
    expect(label).to_be_visible(timeout=FIRST_MS)
    label.fill("The teacher's laptop")
    label.press("Enter")
    other.goto(address(trained, show="Devices"))
    chart = other.get_by_test_id("stVegaLiteChart").first
    expect(chart.locator("svg, canvas").first).to_be_visible(timeout=FIRST_MS)
    expect(other.get_by_text(re.compile(r"Measured by .*browsers"))).to_be_visible(timeout=FIRST_MS)
    another.close()
    rows = Lab.open(trained.path)
    labels = set(rows.devices.table()["label"])
    rows.close()
    assert "The teacher's laptop" in labels
    assert len(labels) >= 2


def test_stopping_keeps_what_was_measured(trained: Home, page: Page) -> None:
    # However slow the page comes back: the last network has not come by then.
    coming: list[Route] = []
    page.route(f"**/browser/models/{trained.student}/*", lambda route: coming.append(route))
    with one_told(page, address(trained, trained.teacher, trained.student, batch=(1, 32), auto=1)):
        beside = page.get_by_test_id("stSidebar")
        expect(beside.get_by_text(re.compile(r"This browser measures: [1-3] of 4 done"))).to_be_visible()
        page.get_by_role("link", name="Home").first.click()
        expect(beside.get_by_text("go back to Benchmark to let it go on")).to_be_visible(timeout=FIRST_MS)
        expect(page.get_by_role("heading", level=1, name="A small network learns")).to_be_visible(timeout=FIRST_MS)
        page.go_back()
        # The part of the page; Streamlit has a button of this name while a script runs.
        page.get_by_test_id("stTabs").get_by_role("button", name="Stop", exact=True).click(timeout=FIRST_MS)
        expect(beside.get_by_text(re.compile(r"This browser measured: .*stopped"))).to_be_visible(timeout=MEASURED_MS)
        expect(page.get_by_text(re.compile(r"measurements? done.* stopped")).first).to_be_visible(timeout=MEASURED_MS)
    expect(page.get_by_text("✓ agrees").first).to_be_visible()


@pytest.fixture
def passing(trained: Home) -> Iterator[tuple[Lab, str]]:
    """A lab over the served home, and an experiment that is gone after the test, if not before."""
    lab = Lab.open(trained.path, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment(student("other", labels=50))), timeout_seconds=120)
    yield lab, job.id
    with suppress(NotFound):
        lab.delete(job.id)
    lab.close()


def test_a_model_that_was_deleted_meanwhile_is_said_and_the_others_go_on(
    trained: Home, passing: tuple[Lab, str], page: Page
) -> None:
    lab, job = passing
    gone = lab.reports.results([job]).set_index("student")["run_id"]["other"]
    page.goto(address(trained, gone, trained.student))
    start = page.get_by_role("button", name="Run on this device")
    expect(start).to_be_enabled(timeout=FIRST_MS)
    lab.delete(job)
    with page.expect_response(TOLD, timeout=MEASURED_MS) as told:
        start.click()
    assert told.value.request.post_data_json["run_id"] == trained.student
    expect(page.get_by_text(re.compile("may have been deleted")).first).to_be_visible(timeout=MEASURED_MS)


def test_the_focus_goes_from_run_to_stop_and_back_and_a_row_opens_by_keyboard(trained: Home, page: Page) -> None:
    page.goto(address(trained))
    run = page.get_by_role("button", name="Run on this device")
    expect(run).to_be_enabled(timeout=FIRST_MS)
    run.press("Enter")
    expect(page.get_by_test_id("stTabs").get_by_role("button", name="Stop", exact=True)).to_be_focused()
    done(page)
    expect(run).to_be_focused()
    row = page.get_by_role("listitem").filter(has_text="✓ agrees")
    assert row.bounding_box()["height"] < 40  # five networks on three backends leave the chart in sight
    opener = row.get_by_role("button", name=re.compile("^Details of .*batch 1$"))
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(row.get_by_text(re.compile("p90 .* p95 .* p99 .* load .* session .* first run"))).to_be_visible()
    opener.press("Enter")
    expect(row.get_by_text(re.compile("p99"))).to_be_hidden()


def test_a_browser_that_starts_no_worker_says_so(trained: Home, page: Page) -> None:
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.add_init_script(NO_WORKER)
    page.goto(address(trained))
    told = page.get_by_text(re.compile("lets the page start no Worker.*not here.*Use another browser"))
    expect(told.first).to_be_visible(timeout=FIRST_MS)
    page.get_by_role("button", name="Run on this device").click()
    expect(page.get_by_text(re.compile("1 failed")).first).to_be_visible(timeout=MEASURED_MS)
    expect(told.first).to_be_visible()
    assert broken == []


def test_a_worker_that_dies_is_said_and_the_next_network_has_another(trained: Home, page: Page) -> None:
    page.add_init_script(DYING)
    page.goto(address(trained, trained.teacher, trained.student, auto=1))
    expect(page.get_by_text(re.compile(r"1 measurement done.*1 failed")).first).to_be_visible(timeout=MEASURED_MS)
    expect(page.get_by_text("✓ agrees")).to_have_count(1)


def test_a_server_that_does_not_take_a_measurement_gets_it_later(trained: Home, page: Page) -> None:
    page.route(TOLD, lambda route: route.abort())
    page.goto(address(trained, auto=1))
    expect(page.get_by_text("1 not taken by the server").first).to_be_visible(timeout=MEASURED_MS)
    page.unroute(TOLD)
    with page.expect_response(TOLD) as told:
        page.get_by_role("button", name="Retry upload").click()
    assert told.value.ok
    expect(page.get_by_text("✓ agrees")).to_be_visible()


def test_what_is_no_run_is_said_and_nothing_is_asked_for_it(trained: Home, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/browser/models/" in one.url else None)
    unknown = ("ffffffffffffffff", "../../app.py", "<script>")
    measured(page, address(trained, *unknown, trained.student, auto=1))
    assert {url.rsplit("/", 2)[1] for url in asked} == {trained.student}
    for run in unknown:
        expect(page.get_by_text(re.compile(rf"run .*{re.escape(run)}.*may have been deleted", re.I))).to_be_visible()
