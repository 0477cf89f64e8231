"""The headers that browsers want before they give a page threads, and those that guard it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guarded", "Isolated"]

ISOLATION = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Isolated:
    """Makes every page cross-origin isolated: a browser gives WebAssembly threads and a fine clock to no other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_isolated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *ISOLATION]}
            await send(message)

        await self.app(scope, receive, send_isolated if scope["type"] == "http" else send)


class Guarded:
    """Tells the browser who may frame the lab (``ancestors``, as ``frames.policy`` has it), to believe the types of
    files, and to tell other sites no address."""

    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        self.headers = (
            (b"content-security-policy", ancestors.encode("ascii")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message.get("headers", ())}
                more = [pair for pair in self.headers if pair[0] not in known]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        await self.app(scope, receive, send_guarded if scope["type"] == "http" else send)
