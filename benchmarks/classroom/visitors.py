"""Visitors without a browser for ``benchmarks/room.py``: WebSocket sessions that speak Streamlit's own messages.

A visitor opens a page, looks at it for some seconds, goes to another one. Meanwhile it answers ``auto_rerun`` as a
browser does: a timer a fragment, replaced where the interval is another one, cancelled by ``stop_auto_rerun``, and all
of them at each full run and change of page. Two things a browser sends are left out: the states of the widgets it has
drawn, and what components ask for.
"""

import asyncio
import contextlib
import os
import random
import time
from typing import Any

__all__ = ["PAGES", "tour", "visit"]

PAGES = ("", "train", "temperature", "methods", "compress", "robustness", "compare", "benchmark", "playground")
LOOKS_SECONDS = (2.0, 6.0)
# After so long a run counts as lost.
PATIENCE_SECONDS = 60.0
NO_ANSWER = "The lab cannot answer"


def visit(address: str, visitors: int, seconds: float, seed: int) -> dict[str, Any]:
    """What so many visitors met in so long; in a process of its own."""
    if hasattr(os, "nice"):
        os.nice(10)  # visitors have processors of their own
    began = time.process_time()
    runs = asyncio.run(_all(address, visitors, seconds, seed))
    return {"runs": runs, "processor_seconds": time.process_time() - began}


def tour(address: str) -> dict[str, Any]:
    """One visitor opens every page once, so that what is read once is read; ``pages`` are their names by the server's
    hashes."""
    return asyncio.run(_tour(address))


async def _tour(address: str) -> dict[str, Any]:
    async with _Visitor(address) as visitor:
        for page in PAGES:
            await visitor.open(page)
    return {"runs": visitor.runs, "pages": {script: page for page, script in visitor.hashes.items()}}


async def _all(address: str, visitors: int, seconds: float, seed: int) -> list[dict[str, Any]]:
    ends = time.monotonic() + seconds
    came = await asyncio.gather(*(_one(address, ends, random.Random(f"{seed} {n}")) for n in range(visitors)))
    return [run for runs in came for run in runs]


async def _one(address: str, ends: float, chance: random.Random) -> list[dict[str, Any]]:
    await asyncio.sleep(chance.uniform(0.0, LOOKS_SECONDS[1]))
    visitor = _Visitor(address)
    try:
        async with visitor:
            page = ""
            while time.monotonic() < ends:
                await visitor.open(page)
                await asyncio.sleep(chance.uniform(*LOOKS_SECONDS))
                page = chance.choice([other for other in PAGES if other != page])
    except Exception as error:
        visitor.runs.append({"page": "", "kind": "session", "ms": None, "bytes": 0, "error": repr(error)})
    return visitor.runs


class _Visitor:
    """One session. ``runs`` has a row a page and a tick: ms from the message to ``script_finished``; ``hashes`` are the
    server's of its pages."""

    def __init__(self, address: str) -> None:
        self.runs: list[dict[str, Any]] = []
        self._address = address
        self._page = ""
        self._query = ""
        self.hashes: dict[str, str] = {}
        self._drawn = ""
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._asked: dict[str, float] = {}
        self._opened: tuple[float, asyncio.Future[float]] | None = None
        self._error = ""
        self._bytes = 0

    async def __aenter__(self) -> "_Visitor":
        from websockets.asyncio.client import connect

        self._socket = await connect(
            f"{self._address.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=self._address,  # type: ignore[arg-type]
            max_size=None,
            compression=None,
            open_timeout=PATIENCE_SECONDS,
        )
        self._listener = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_timers()
        self._listener.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._listener
        await self._socket.close()

    async def open(self, page: str) -> None:
        """Go to a page, and wait until it stands."""
        self._stop_timers()
        self._page, self._query, self._error, self._bytes = page, "", "", 0
        self._opened = (time.perf_counter(), asyncio.get_running_loop().create_future())
        await self._send()
        row: dict[str, Any] = {"page": page, "kind": "page", "ms": None}
        try:
            await asyncio.wait_for(asyncio.shield(self._opened[1]), PATIENCE_SECONDS)
            row["ms"] = 1000 * self._opened[1].result()
        except TimeoutError:
            self._error = self._error or "no script_finished"
        self._opened = None
        self.runs.append({**row, "bytes": self._bytes, "error": self._error})

    async def _send(self, fragment: str = "") -> None:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._query
        state.page_script_hash = self.hashes.get(self._page, "")
        state.page_name = "" if state.page_script_hash else self._page
        state.fragment_id = fragment
        state.is_auto_rerun = bool(fragment)
        state.widget_states.SetInParent()
        state.context_info.timezone, state.context_info.locale = "Europe/Vienna", "en-GB"
        state.context_info.url, state.context_info.color_scheme = f"{self._address}/{self._page}", "light"
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        try:
            async for data in self._socket:
                self._bytes += len(data)
                message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                heard = getattr(self, f"_on_{message.WhichOneof('type')}", None)
                if heard:
                    heard(message)
        except Exception as error:
            self._lost(repr(error))
        else:
            self._lost("the server closed the session")

    def _lost(self, why: str) -> None:
        self._error = why
        if self._opened and not self._opened[1].done():
            self._opened[1].set_exception(ConnectionError(why))

    def _on_new_session(self, message: Any) -> None:
        if not message.metadata.run.fragment_ids:
            self._stop_timers()

    def _on_navigation(self, message: Any) -> None:
        self._drawn = message.navigation.page_script_hash
        for page in message.navigation.app_pages:
            self.hashes["" if page.is_default else page.url_pathname] = page.page_script_hash

    def _on_page_info_changed(self, message: Any) -> None:
        self._query = message.page_info_changed.query_string

    def _on_delta(self, message: Any) -> None:
        if message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "exception":
                self._error = element.exception.message
            elif kind == "alert" and (element.alert.format == element.alert.ERROR or element.alert.title == NO_ANSWER):
                self._error = element.alert.body

    def _on_script_finished(self, message: Any) -> None:
        now, fragments = time.perf_counter(), list(message.metadata.run.fragment_ids)
        for fragment in fragments:
            if came := self._asked.pop(fragment, None):
                row = {"page": self._page, "kind": "tick", "ms": 1000 * (now - came), "bytes": 0, "error": ""}
                self.runs.append(row)
        # A tick that found the page out of date draws the page before once more.
        ours = not fragments and self._drawn == self.hashes.get(self._page)
        ended = message.script_finished == message.FINISHED_SUCCESSFULLY
        if ours and ended and self._opened and not self._opened[1].done():
            self._opened[1].set_result(now - self._opened[0])

    def _on_auto_rerun(self, message: Any) -> None:
        fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
        known = self._timers.get(fragment)
        if known and known[0] == interval:
            return
        if known:
            known[1].cancel()
        self._timers[fragment] = (interval, asyncio.create_task(self._tick(fragment, interval)))

    def _on_stop_auto_rerun(self, message: Any) -> None:
        for fragment in message.stop_auto_rerun.fragment_ids:
            if fragment in self._timers:
                self._timers.pop(fragment)[1].cancel()

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            # What is asked again before it was answered is answered once.
            self._asked.setdefault(fragment, time.perf_counter())
            await self._send(fragment)

    def _stop_timers(self) -> None:
        for _, task in self._timers.values():
            task.cancel()
        self._timers.clear()
        self._asked.clear()
