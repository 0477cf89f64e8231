"""The middleware of the lab's server, from the outermost inwards, as its owner set it."""

import logging
import os

from starlette.middleware import Middleware

from distill_core.errors import DistillError
from ui.browser.device import Recognised
from ui.server import frames, hosts, sessions
from ui.server.encoded import Encoded
from ui.server.failures import Failures
from ui.server.headers import Guarded, Isolated
from ui.server.hosts import Hosts
from ui.server.sessions import Sessions

__all__ = ["middleware"]

LOG = logging.getLogger(__name__)


def middleware(base: str) -> list[Middleware]:
    """For a server below the path ``base`` (as "/lab"). A setting that is wrong is told in the log, and the lab's own
    holds in its place: a server that does not start tells nobody."""
    return [
        Middleware(Isolated),
        Middleware(Guarded, ancestors=_ancestors()),
        Middleware(Failures),
        Middleware(Hosts, names=_names()),
        Middleware(Sessions, most=_most_visitors()),
        Middleware(Recognised, base=base),
        Middleware(Encoded, base=base),
    ]


def _ancestors() -> str:
    try:
        return frames.policy(os.environ.get(frames.SETTING, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return frames.policy("")


def _names() -> tuple[str, ...]:
    try:
        return hosts.known(os.environ.get(hosts.SETTING, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return hosts.known("")


def _most_visitors() -> int:
    files = sessions.raise_open_files()
    try:
        return sessions.most(files, os.environ.get(sessions.SETTING, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return sessions.most(files, "")
