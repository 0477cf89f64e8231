"""What a browser reads where an answer fails: a sentence, and nothing of the server's places."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.shell import trouble

__all__ = ["Failures"]


class Failures:
    """Answers with a sentence where what is behind it raises; an answer that began is broken off."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def send_on(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send_on)
        except Exception as error:
            if began:
                raise  # the server closes the connection, so that the half is not taken for the whole
            answer = PlainTextResponse(trouble.unexpected(error), 500, {"cache-control": "no-store"})
            await answer(scope, receive, send)
