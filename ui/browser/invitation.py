"""How other devices in the room come to a page of this lab: an address, its QR code, and what they will find there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import segno
import streamlit as st

from ui import share
from ui.browser.network import is_loopback, room_addresses

__all__ = ["Invitation", "invitation", "invite"]

EVERYWHERE = ("", "0.0.0.0", "::")
CLOSED = (
    "This lab answers on this computer only. End it and start it with `make run-lan`: it is then open to everybody in "
    "your network, over https. Nobody has to sign in, so do that among people you trust."
)
PLAIN = (
    "Over plain http a browser gives a page of another machine neither threads nor WebGPU, and a coarse clock: "
    "networks are timed on one thread. `make run-lan` serves the lab over https."
)
CERTIFICATE = (
    "The certificate was made on this computer, so each browser warns once. Chrome and Edge: **Advanced**, then "
    "**Proceed**. Safari: **Show Details**, then **visit this website**. Firefox: **Advanced**, then **Accept the "
    "Risk**. The warning is right to ask: compare the address with the one on the screen."
)
NOWHERE = "This computer is in no network, so there is no address that a phone could open."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """``url`` is what the QR code in ``svg`` says; both None where no other device can come. ``secure``: over https.

    ``sentences`` are Markdown: what is missing and what to do.
    """

    url: str | None
    svg: str | None
    secure: bool
    sentences: tuple[str, ...]


def invitation(page: str, query: Mapping[str, Any]) -> Invitation:
    """To ``page`` (its path, as "benchmark") with these parameters."""
    bound = str(st.get_option("server.address") or "")
    return invite(
        page,
        query,
        came=st.context.url or "",
        bound=bound,
        port=int(st.get_option("server.port")),
        secure=bool(st.get_option("server.sslCertFile")),
        room=room_addresses(),
    )


def invite(
    page: str, query: Mapping[str, Any], *, came: str, bound: str, port: int, secure: bool, room: tuple[str, ...]
) -> Invitation:
    """``came`` is the address in the visitor's browser: where it is no loopback, others come the same way."""
    visited = urlsplit(came)
    if visited.hostname and not is_loopback(visited.hostname):
        secure, base = visited.scheme == "https", f"{visited.scheme}://{visited.netloc}"
    elif bound not in EVERYWHERE and is_loopback(bound):
        return Invitation(url=None, svg=None, secure=secure, sentences=(CLOSED,))
    elif not (hosts := (bound,) if bound not in EVERYWHERE else room):
        return Invitation(url=None, svg=None, secure=secure, sentences=(NOWHERE,))
    else:
        base = f"{'https' if secure else 'http'}://{hosts[0]}:{port}"
    url = share.link(f"{base}/{page}", query)
    return Invitation(url=url, svg=_picture(url), secure=secure, sentences=(CERTIFICATE if secure else PLAIN,))


def _picture(url: str) -> str:
    # White around and between, in dark too: scanners want dark on light.
    return str(segno.make(url, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", scale=4))
