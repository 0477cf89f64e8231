"""A session's values one by one: Streamlit makes a dictionary of all of them at each widget, to look up one."""

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

__all__ = ["one_by_one"]

_whole = SafeSessionState.filtered_state


class _Values(Mapping[str, Any]):
    """What ``filtered_state`` holds, made whole only for those who go through it."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __contains__(self, key: object) -> bool:
        return key in self._state

    def __iter__(self) -> Iterator[str]:
        return iter(_whole.__get__(self._state))

    def __len__(self) -> int:
        return len(_whole.__get__(self._state))


def one_by_one() -> None:
    """Let widgets look up their own value alone: with what nine pages keep, a page of forty widgets spent most of its
    time on the values of the others. Calling it again changes nothing."""
    SafeSessionState.filtered_state = property(_Values)  # type: ignore[assignment, method-assign]
