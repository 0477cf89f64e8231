"""What the address of a page may say."""

import math
from functools import wraps
from typing import Any

from streamlit.runtime.state import session_state

__all__ = ["refuse_infinite"]


def refuse_infinite() -> None:
    """Make Streamlit treat ``inf`` and ``nan`` in an address as it treats any other wrong value of a widget: the
    default is shown, and the value leaves the address. Its own ``int(inf)`` raises OverflowError in place of the page.

    Here and not before a page is drawn, since only the widget knows that it wants a number: a student may be named
    "nan". Calling it again changes nothing.
    """
    parse = session_state.parse_url_param
    if getattr(parse, "finite", False):
        return

    @wraps(parse)
    def parse_finite(value: str | list[str], value_type: str) -> Any:
        parsed = parse(value, value_type)
        several = parsed if isinstance(parsed, list) else [parsed]
        if any(isinstance(one, float) and not math.isfinite(one) for one in several):
            raise ValueError(f"no finite number: {value}")
        return parsed

    parse_finite.finite = True  # type: ignore[attr-defined]
    session_state.parse_url_param = parse_finite
