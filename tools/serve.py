"""Runs a server until it ends or Ctrl-C ends it, and says honestly which: serve.py COMMAND [ARGUMENT ...]

Streamlit exits with 1 on Ctrl-C as it does where the port is in use. Ctrl-C is no failure; the rest stays one.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

__all__ = ["serve"]

AFTER_INTERRUPT = (0, 1, 130, -signal.SIGINT)


def serve(command: Sequence[str]) -> int:
    """Run ``command`` in the foreground and answer the exit status that the caller should have."""
    interrupted = False

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True  # the terminal has told the server as well: it is in the same process group

    signal.signal(signal.SIGINT, on_interrupt)
    server = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.terminate())
    status = server.wait()
    if interrupted and status in AFTER_INTERRUPT:
        return 0
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
