"""One request to an ASGI application, without a server."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer", "ask"]


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: Any, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Answer:
    """The answer to a request, its body whole."""
    # In a thread of its own: the browser tests leave a loop running in the first one.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, _ask(app, path, method, headers or {}, body)).result()


async def _ask(app: Any, path: str, method: str, headers: Mapping[str, str], body: bytes) -> Answer:
    answer = Answer()
    parts = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]

    async def receive() -> dict[str, Any]:
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    await app(_scope(path, method, headers), receive, send)
    return answer


def _scope(path: str, method: str, headers: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    raw = [(name.lower().encode(), value.encode()) for name, value in {"host": "lab.test", **headers}.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw,
        "client": ("127.0.0.1", 1),
        "server": ("lab.test", 80),
    }
