"""Which device a visitor is: a random number in a cookie that scripts cannot read. Its measurements are its own."""

import hashlib
import re
import uuid

import streamlit as st
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "NUMBER", "Recognised", "device_id", "device_of", "session_number"]

COOKIE = "distill_device"
# The header in which a page without cookies tells its number.
NUMBER = "x-distill-device"
IDENTITY = re.compile(r"[0-9a-f]{32}")
YEAR_SECONDS = 365 * 24 * 3600


def device_of(cookies: "dict[str, str]") -> str | None:
    """The device's id among a request's cookies; None where there is none, or nothing that we wrote.

    It is a hash: whoever reads an id cannot make the cookie, and so cannot change another device's name.
    """
    found = cookies.get(COOKIE, "")
    return hashlib.sha256(found.encode()).hexdigest()[:32] if IDENTITY.fullmatch(found) else None


def device_id() -> str:
    """This visitor's device; where cookies are refused, one for as long as the page stays open."""
    cookies = dict(st.context.cookies)
    return device_of(cookies) or device_of({COOKIE: _number()}) or ""


def session_number() -> str | None:
    """What the page tells the server in place of a cookie, which a browser keeps back where the page stands inside
    another site's page; None where there is a cookie."""
    return None if device_of(dict(st.context.cookies)) else _number()


def _number() -> str:
    return str(st.session_state.setdefault("device_of_this_session", uuid.uuid4().hex))


class Recognised:
    """Gives each new visitor's browser its number with the page itself, for the path ``base`` of a host that it may
    share with other sites."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app = app
        self.base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] != "http" or device_of(Request(scope).cookies)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(scope, message):
                message = {
                    **message,
                    "headers": [
                        *message.get("headers", ()),
                        (b"set-cookie", _cookie(self.base, secure=scope.get("scheme") == "https")),
                    ],
                }
            await send(message)

        await self.app(scope, receive, send if known else send_with_cookie)


def _is_page(scope: Scope, message: Message) -> bool:
    if message["status"] == 304:  # the browser has the page from an earlier visit, and its type is not said again
        return "text/html" in Request(scope).headers.get("accept", "")
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])


def _cookie(base: str, *, secure: bool) -> bytes:
    # Not Strict: who follows a link from another site would come without its number and be given a new one.
    path, only_https = base or "/", "; Secure" if secure else ""
    kept = f"Path={path}; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax{only_https}"
    return f"{COOKIE}={uuid.uuid4().hex}; {kept}".encode()
