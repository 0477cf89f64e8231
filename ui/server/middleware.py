"""The middleware of the lab's server, from the outermost inwards, as its owner set it."""

import logging
import os
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from starlette.middleware import Middleware

from distill_core.errors import DistillError
from distill_core.lab.home import home_of
from ui.browser.device import Recognised
from ui.server import frames, hosts, sessions
from ui.server.encoded import Encoded
from ui.server.failures import Failures
from ui.server.headers import Guarded, Isolated
from ui.server.hosts import Hosts
from ui.server.in_sight import InSight
from ui.server.sessions import Sessions

__all__ = ["middleware"]

T = TypeVar("T")
LOG = logging.getLogger(__name__)


def middleware(base: str) -> list[Middleware]:
    """For a server below the path ``base`` (as "/lab"). A setting that is wrong is told in the log, and the lab's own
    holds in its place: a server that does not start shows nothing."""
    files = sessions.raise_open_files()
    return [
        Middleware(Isolated),
        Middleware(Guarded, ancestors=_chosen(frames.SETTING, frames.policy)),
        Middleware(Failures),
        Middleware(Hosts, names=_chosen(hosts.SETTING, hosts.known)),
        Middleware(Sessions, most=_chosen(sessions.SETTING, partial(sessions.most, files))),
        Middleware(Recognised, base=base),
        Middleware(InSight, base=base),
        Middleware(Encoded, base=base, folder=home_of() / "compressed"),
    ]


def _chosen(setting: str, read: Callable[[str], T]) -> T:
    """What a setting says; where it is wrong, what holds without it."""
    try:
        return read(os.environ.get(setting, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return read("")
