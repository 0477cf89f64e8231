"""How other devices in the room come to a page of this lab: an address, its QR code, and what they will find there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import segno
import streamlit as st

from ui.browser.addresses import base_path
from ui.browser.network import is_loopback, room_addresses, self_signed
from ui.shell import share
from ui.text.language import N_, _

__all__ = ["Invitation", "invitation", "invite"]

EVERYWHERE = ("", "0.0.0.0", "::")
CLOSED = N_(
    "This lab answers on this computer only. End it and start it with `make run-lan`: it is then open to all in "
    "your network, over https. It asks for no password, so do that among people you trust."
)
PLAIN = N_(
    "Over plain http a browser gives a page of another machine neither threads nor WebGPU, and a coarse clock: "
    "networks are timed on one thread. `make run-lan` serves the lab over https."
)
CERTIFICATE = N_(
    "The certificate was made on this computer, so each browser warns once. Chrome and Edge: **Advanced**, then "
    "**Proceed**. Safari: **Show Details**, then **visit this website**. Firefox: **Advanced**, then **Accept the "
    "Risk**. The warning is right to ask: compare the address with the one on the screen."
)
NOWHERE = N_("This computer is in no network, so there is no address that a phone could open.")


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
    certificate = st.get_option("server.sslCertFile")
    return invite(
        page,
        query,
        address=st.context.url or "",
        bound=bound,
        port=int(st.get_option("server.port")),
        secure=bool(certificate),
        room=room_addresses(),
        base=base_path(),
        warned=self_signed(str(certificate)) if certificate else (),
    )


def invite(
    page: str,
    query: Mapping[str, Any],
    *,
    address: str,
    bound: str,
    port: int,
    secure: bool,
    room: tuple[str, ...],
    base: str = "",
    warned: Collection[str] = (),
) -> Invitation:
    """``came`` is the address of the page in the visitor's browser: where it is no loopback, others come the same way,
    whatever a proxy between makes of it. ``base`` is the path under which this server answers. ``warned``: the names
    for which it shows a certificate of its own making, of which browsers warn."""
    visited = urlsplit(address)
    if visited.hostname and not is_loopback(visited.hostname):
        host, secure = visited.hostname, visited.scheme == "https"
        place = f"{visited.scheme}://{visited.netloc}{visited.path.rpartition('/')[0]}"
    elif bound not in EVERYWHERE and is_loopback(bound):
        return Invitation(url=None, svg=None, secure=secure, sentences=(_(CLOSED),))
    elif not (hosts := (bound,) if bound not in EVERYWHERE else room):
        return Invitation(url=None, svg=None, secure=secure, sentences=(_(NOWHERE),))
    else:
        host = hosts[0]
        place = f"{'https' if secure else 'http'}://{host}:{port}{base}"
    url = share.link(f"{place}/{page}", query)
    sentences = () if secure and host not in warned else (_(CERTIFICATE) if secure else _(PLAIN),)
    return Invitation(url=url, svg=_picture(url), secure=secure, sentences=sentences)


def _picture(url: str) -> str:
    # White around and between, in dark too: scanners want dark on light.
    return str(segno.make(url, error="m", micro=False).svg_inline(border=4, dark="#000", light="#fff", scale=4))
