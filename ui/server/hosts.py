"""Under which names the lab answers. A page of another site that makes its own name mean this machine (DNS rebinding)
would be taken for one of the lab's pages otherwise, and could read and do what a visitor can."""

import ipaddress
import logging
import re
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from distill_core.errors import InvalidSetting
from ui.browser.network import is_loopback

__all__ = ["SETTING", "Hosts", "known", "may_ask"]

LOG = logging.getLogger(__name__)
SETTING = "DISTILL_HOSTS"
NAME = re.compile(r"\*|(?:\*\.)?[\w-]+(?:\.[\w-]+)*\.?", re.ASCII)
REFUSED = (
    "The lab does not answer under the name {name}. Open it by this computer's address, or let its owner start it with "
    f"{SETTING}={{name}} in the environment."
)
# Of this computer's own reach: the router knows it so.
SUFFIXES = ("local", "lan", "home.arpa", "internal", "localdomain")


class Hosts:
    """Refuses each request, reading or writing, that comes under a name that is none of ``names``, and a WebSocket that
    another site's page opens: Streamlit would first ask a server on the Internet for this machine's address."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app = app
        self.names = tuple(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        mine = not host or may_ask(host, self.names)  # every browser tells the host
        if mine and (scope["type"] == "http" or self._own(headers.get("origin", ""), headers)):
            await self.app(scope, receive, send)
            return
        if not mine:
            LOG.warning("refused a request under the name %.100r; to allow it, set %s", host, SETTING)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        name = _name(host) or "that it was asked by"
        await PlainTextResponse(REFUSED.format(name=name), 403, {"cache-control": "no-store"})(scope, receive, send)

    def _own(self, origin: str, headers: Headers) -> bool:
        """Whether a WebSocket comes from a page of the lab; a page can set none of the headers of one."""
        if not origin or not st.get_option("server.enableCORS"):
            return True
        try:
            here = urlsplit(origin)
            name = here.hostname or ""
        except ValueError:
            return False
        if not name:  # "null", of a page that is to have none
            return False
        allowed = {urlsplit(origin).hostname for origin in st.get_option("server.corsAllowedOrigins") or ()}
        hosts = (headers.get("host"), headers.get("x-forwarded-host", "").partition(",")[0].strip())
        return (
            here.netloc in hosts or name in allowed or is_loopback(name) or any(_means(own, name) for own in self.names)
        )


def known(named: str) -> tuple[str, ...]:
    """The names that the lab's owner told, by DISTILL_HOSTS (``named``, with spaces between; ``*.school.example`` for
    all below, ``*`` for any) and Streamlit's options, and those of this machine. Raises InvalidSetting."""
    for name in named.split():
        if not NAME.fullmatch(name):
            do = "name hosts without scheme and port, with spaces between, as lab.school.example *.course.example"
            raise InvalidSetting(SETTING, expected="the names of hosts", got=name, hint=do)
    allowed = [*named.split(), *(st.get_option("server.allowedHosts") or [])]
    bound = [st.get_option("server.address"), st.get_option("browser.serverAddress")]
    machine = socket.gethostname()
    short = machine.partition(".")[0]
    near = [short, *(f"{short}.{suffix}" for suffix in SUFFIXES)]
    names = [*allowed, *filter(None, bound), machine, *near, "localhost", "*.localhost"]
    return tuple(dict.fromkeys(name.strip().lower().rstrip(".") for name in names))


def may_ask(host: str, names: Collection[str]) -> bool:
    """Whether a request with this ``Host`` is for the lab. An address in numbers always is: no name was rebound."""
    name = _name(host)
    if name is None:
        return "*" in names
    return _is_address(name) or any(_means(pattern, name) for pattern in names)


def _name(host: str) -> str | None:
    """The name without port; None where it is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    plain = parts.netloc == host and parts.username is None and not any(sign in host for sign in " \t\"'<>\\%")
    return parts.hostname.rstrip(".") if plain and parts.hostname else None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _means(pattern: str, name: str) -> bool:
    return pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))
