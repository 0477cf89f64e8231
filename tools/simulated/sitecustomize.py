"""Loaded by every Python process of a simulated machine, before anything else: a wall clock that is set now and then,
and a resolver that knows no other machine. ``SIMULATED`` names which of both."""

import ctypes
import datetime
import gc
import itertools
import os
import socket
import time

DAY_SECONDS = 86_400
LOOKS = 40  # how often a process looks at the clock until somebody sets it
LOCAL = {"", "0.0.0.0", "127.0.0.1", "::1", "::", "localhost"}


def set_the_clock() -> None:
    """Set the clock a day ahead, back, ahead, ... while the monotonic clock goes on."""
    real_time_ns, looks = time.time_ns, itertools.count()

    def time_ns() -> int:
        ahead = next(looks) // LOOKS % 2 == 0
        return real_time_ns() + (DAY_SECONDS * 10**9 if ahead else 0)

    def now(cls: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
        return cls.fromtimestamp(time.time(), tz)

    time.time_ns, time.time = time_ns, lambda: time_ns() / 10**9
    # The type itself stays: pandas and pydantic know its layout, so a class of the same name would not do.
    (members,) = gc.get_referents(datetime.datetime.__dict__)
    members |= {"now": classmethod(now), "today": classmethod(now)}
    members["utcnow"] = classmethod(lambda cls: now(cls, datetime.UTC).replace(tzinfo=None))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))


def block_the_resolver() -> None:
    """For where no network can be taken away: names and addresses of other machines lead nowhere."""
    real_getaddrinfo, real_connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host: object, *rest: object, **more: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOCAL:
            raise socket.gaierror(socket.EAI_AGAIN, "this simulated machine has no network")
        return real_getaddrinfo(host, *rest, **more)  # type: ignore[arg-type]

    class Socket(socket.socket):
        def connect(self, address: object) -> None:
            if isinstance(address, tuple) and address[0] not in LOCAL:
                raise OSError("this simulated machine has no network")
            real_connect(self, address)  # type: ignore[arg-type]

    socket.getaddrinfo, socket.socket = getaddrinfo, Socket  # type: ignore[assignment, misc]


_simulated = os.environ.get("SIMULATED", "").split(",")
if "clock" in _simulated:
    set_the_clock()
if "resolver" in _simulated:
    block_the_resolver()
