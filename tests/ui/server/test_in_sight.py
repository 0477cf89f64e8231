"""Streamlit's script for Plotly charts waits in the browser, and is Streamlit's own."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from streamlit.file_util import get_static_dir
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from tests.ui.browser.asgi import ask
from ui.server.in_sight import SCRIPTS, WAITING, InSight

(SCRIPT,) = Path(get_static_dir()).glob(SCRIPTS)


@pytest.mark.parametrize("base", ["", "/lab"])
def test_what_waits_is_answered_first_and_then_the_script_itself(base: str) -> None:
    app = InSight(Starlette(routes=create_streamlit_static_assets_routes(base_url=base or None)), base=base)
    path = f"{base}/static/js/{SCRIPT.name}"
    first, whole = ask(app, path), ask(app, f"{path}?whole")
    assert (first.status, first.body, first.headers["cache-control"]) == (200, WAITING.read_bytes(), "no-cache")
    assert first.headers["content-type"] == whole.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (whole.status, whole.body) == (200, SCRIPT.read_bytes())
    assert whole.headers["cache-control"] == "public, immutable, max-age=31536000"
    assert ask(app, f"{base}/").body == Path(get_static_dir(), "index.html").read_bytes()


def test_the_page_alone_imports_the_script_and_takes_its_default() -> None:
    asking = {
        path.name: path.read_text(encoding="utf-8") for path in SCRIPT.parent.glob("*.js") if path.name != SCRIPT.name
    }
    asking = {name: text for name, text in asking.items() if SCRIPT.name in text}
    (text,) = asking.values()
    name = re.escape(SCRIPT.name)
    assert re.findall(rf"\w+(?=\)\(\(\)=>\w+\(\(\)=>import\(`\./{name}`\))", text) == ["lazy"]
    assert len(re.findall(name, text)) == 2  # and in the list of what comes along
    assert " as default" in SCRIPT.read_text(encoding="utf-8")[-100:]
