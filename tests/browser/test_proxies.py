"""The lab where others put it: under a path behind nginx, behind its https, and inside another site's page."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import OTHER_NAME, Home, free_port, served, waited_for
from tests.browser.playground.acts import canvas
from tools.certificate import certificate

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(NGINX is None, reason="there is no nginx here (Debian: apt-get install nginx-light)"),
]
SLOW_MS = 60_000
STRIPPED = "/user/me/proxy/8501"
CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_buffer_size 1m; proxy_max_temp_file_size 0;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
  proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  server {{
    listen 127.0.0.1:{http};
    location /lab/ {{ proxy_pass {below}; }}
    location {stripped}/ {{ proxy_pass {root}/; }}
    location = /course {{ default_type text/html; return 200 '<iframe src="{framed}" width=900 height=900></iframe>'; }}
  }}
  server {{
    listen 127.0.0.1:{https} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};
    location / {{ proxy_pass {root}; }}
  }}
}}
"""


@dataclass(frozen=True)
class Proxies:
    """``below`` is the lab itself under its path; nginx serves it at ``http``, and another one without a path at
    ``http`` below STRIPPED and at ``https``."""

    http: int
    https: int
    below: str
    student: str


@pytest.fixture(scope="module")
def proxies(trained: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxies]:
    folder = tmp_path_factory.mktemp("proxies")
    home = folder / "home"
    shutil.copytree(trained.path, home, ignore=shutil.ignore_patterns("*.log", "*-wal", "*-shm"))
    allowed = {"DISTILL_FRAME_ANCESTORS": f"http://{OTHER_NAME}:*", "DISTILL_HOSTS": OTHER_NAME}
    with served(home, "--server.baseUrlPath", "lab", health="lab/_stcore/health", **allowed) as below:
        there = Proxies(free_port(), free_port(), f"{below}/lab", trained.student)
        files = certificate(folder / "certificate", [], "desk")
        text = CONFIGURATION.format(
            folder=folder,
            http=there.http,
            https=there.https,
            below=below,
            root=trained.address,
            stripped=STRIPPED,
            framed=f"{there.below}/benchmark?runs={there.student}&backend=wasm-1&auto=1",
            certificate=files.certificate,
            key=files.key,
        )
        (folder / "nginx.conf").write_text(text)
        with waited_for([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")], there.http, folder / "log"):
            yield there


def kept(page: Page) -> list[Response]:
    """Collects how the server answers what this page measured."""
    answers: list[Response] = []
    page.on("response", lambda one: answers.append(one) if "measurements" in one.url else None)
    return answers


def told(answers: list[Response]) -> list[str]:
    return [one.url if one.ok else f"{one.url}: {one.text()}" for one in answers]


def serious(complaints: list[str]) -> list[str]:
    """All but that a page of plain http from another name is not isolated."""
    return [one for one in complaints if not one.startswith("The Cross-Origin-Opener-Policy header has been ignored")]


def test_under_a_path(proxies: Proxies, page: Page, complaints: list[str]) -> None:
    lab, answers = f"http://{OTHER_NAME}:{proxies.http}/lab", kept(page)
    page.goto(f"{lab}/benchmark?runs={proxies.student}&backend=wasm-1&auto=1")
    expect(page.get_by_text("1 measurement done").first).to_be_visible(timeout=SLOW_MS)
    assert told(answers) == [f"{lab}/browser/measurements"]
    page.get_by_role("tab", name="Devices").click()
    expect(page.get_by_text(f"{lab}/benchmark?runs={proxies.student}").first).to_be_visible(timeout=SLOW_MS)
    assert [one["path"] for one in page.context.cookies(lab) if one["name"] == "distill_device"] == ["/lab"]
    # Over Home, whose address is the path alone.
    for name in ("Home", "Playground"):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    expect(canvas(page)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".status")).to_be_hidden(timeout=SLOW_MS)
    assert not serious(complaints)


def test_under_a_path_that_the_proxy_takes_off(proxies: Proxies, page: Page, complaints: list[str]) -> None:
    lab = f"http://{OTHER_NAME}:{proxies.http}{STRIPPED}"
    page.goto(f"{lab}/playground")
    expect(canvas(page)).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".status")).to_be_hidden(timeout=SLOW_MS)
    page.goto(f"{lab}/benchmark?show=Devices&runs={proxies.student}")
    expect(page.get_by_text(f"{lab}/benchmark?runs={proxies.student}").first).to_be_visible(timeout=SLOW_MS)
    assert not serious(complaints)


def test_behind_https_nobody_is_told_of_certificates(proxies: Proxies, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)
    page, lab = context.new_page(), f"https://{OTHER_NAME}:{proxies.https}"
    answers = kept(page)
    page.goto(f"{lab}/benchmark?show=Devices&runs={proxies.student}&backend=wasm-1&auto=1")
    expect(page.get_by_text(f"{lab}/benchmark?runs={proxies.student}").first).to_be_visible(timeout=SLOW_MS)
    assert "certificate" not in page.inner_text("[data-testid=stMain]").lower()
    assert page.evaluate("crossOriginIsolated") is True
    page.get_by_role("tab", name="This device").click()
    expect(page.get_by_text("1 measurement done").first).to_be_visible(timeout=SLOW_MS)
    assert told(answers) == [f"{lab}/browser/measurements"]
    context.close()


def test_inside_the_page_of_a_site_that_was_named_and_of_no_other(proxies: Proxies, page: Page) -> None:
    answers = kept(page)
    page.goto(f"http://{OTHER_NAME}:{proxies.http}/course")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("1 measurement done").first).to_be_visible(timeout=SLOW_MS)
    assert told(answers) == [f"{proxies.below}/browser/measurements"]
    expect(frame.get_by_text("Inside another page").first).to_be_visible()
    link = frame.get_by_role("link", name="Open the lab in a tab of its own")
    expect(link).to_have_attribute(
        "href", re.compile(rf"{re.escape(proxies.below)}/benchmark\?.*runs={proxies.student}&.*backend=wasm-1")
    )
    page.goto(f"http://localhost:{proxies.http}/course")
    page.wait_for_load_state()
    assert not any(one.url.startswith(proxies.below) for one in page.frames)
