"""How often the parts of a page with a clock of their own are drawn anew: more rarely, the more visitors there are."""

import math

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from ui.server import sessions

__all__ = ["MOST_A_SECOND", "again", "seconds"]

# Of one part of the page, by all visitors together: each costs a few milliseconds of the cores that train meanwhile.
MOST_A_SECOND = 4.0


def seconds(wanted: float) -> float:
    """Between two ticks of a part that should have so many; in whole seconds where there are more visitors, so that it
    stays the same while they come and go one by one."""
    return max(wanted, float(math.ceil(sessions.visitors() / MOST_A_SECOND)))


def again(every_seconds: float) -> None:
    """Tell the browser, inside a tick, after how long the next one comes: it may be long since the page was drawn."""
    context, part = get_script_run_ctx(), ThreadState.get().fragment_id
    if context is None or part is None or not context.fragment_ids_this_run:
        return
    message = ForwardMsg()
    message.auto_rerun.interval = every_seconds
    message.auto_rerun.fragment_id = part
    context.enqueue(message)
