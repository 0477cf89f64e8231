"""Classes from the room: what a browser recorded of each comes as one zip file, and is read as an upload is."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

import ui
from distill_core.errors import InvalidSetting, said
from distill_core.lab.own_data import SIDE_PX
from ui.browser.owners import SETTING, may_bring

__all__ = ["LEAST", "MOST", "MOST_BYTES", "WHAT", "check", "taken"]

# Of a zip file; those of the recordings alone are a little less.
MOST_BYTES = 20 * 2**20
MOST: Mapping[str, int] = {"classes": 20, "each": 300, "bytes": MOST_BYTES - 2**20}
# As an import takes them.
LEAST = 8
WHAT = "classes from the room"


def check(request: Request) -> None:
    """Raises InvalidSetting where nobody may bring data by a page."""
    if not may_bring(request.headers.get("host", "")):
        expected, got = "a lab that only this computer reaches", "one that others can reach"
        raise InvalidSetting(
            WHAT, expected=expected, got=got, hint=said("its owner allows it with {setting}=1", SETTING)
        )


def taken(request: Request, body: bytes) -> None:
    """Begin to take in what came. Raises: InvalidSetting, also while other data are taken in."""
    asked = request.query_params
    ui.lab().own_data.start(body, asked.get("title", "")[:200], _settings(asked))


def _settings(asked: Mapping[str, str]) -> dict[str, Any]:
    if asked.get("kind") == "sounds":
        return {"kind": "sounds"}
    side = asked.get("side_px", "")
    side_px = int(side) if side.isdecimal() and len(side) < 4 else SIDE_PX
    return {"kind": "images", "side_px": side_px, "mirrored": asked.get("mirrored") != "false"}
