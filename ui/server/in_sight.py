"""Keeps Streamlit's script for Plotly charts, 1.4 MB with gzip, from a phone until a chart is in sight there.

A page imports that script as soon as it holds a chart, wherever the chart is. Its address answers with ``in_sight.js``,
which waits in the browser where the screen is narrow and then imports the script itself, at the same address with
``?whole``. Streamlit's files stay as they are.
"""

from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

__all__ = ["InSight"]

WAITING = Path(__file__).with_suffix(".js")
SCRIPTS = "static/js/PlotlyChart.*.js"


class InSight:
    """Answers for the script on a server below the path ``base`` (as "/lab"); all other requests pass."""

    def __init__(self, app: ASGIApp, *, base: str = "") -> None:
        self.app = app
        static = Path(get_static_dir())
        self.paths = {f"{base}/{script.relative_to(static).as_posix()}" for script in static.glob(SCRIPTS)}
        # Asked for at each visit: the name belongs to the script, which browsers keep for a year.
        headers = {"cache-control": "no-cache"}
        self.waiting = Response(WAITING.read_bytes(), media_type="text/javascript", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        mine = scope["type"] == "http" and scope["path"] in self.paths and not scope["query_string"]
        await (self.waiting if mine else self.app)(scope, receive, send)
