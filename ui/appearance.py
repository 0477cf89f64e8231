"""Draw the page anew when a visitor turns it from light to dark: charts carry their colours with them.

Streamlit tells a script the appearance at its next run only (https://github.com/streamlit/streamlit/issues/11920), so
this empty component asks for that run.
"""

import streamlit as st

__all__ = ["follow"]

# Runs again on every change of the theme; says something only where the page differs from what Python drew.
_SCRIPT = """
export default function ({ data, setTriggerValue }) {
  const ground = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor
  const [red, green, blue] = ground.match(/[0-9.]+/g).map(Number)
  const dark = red + green + blue < 384
  if (dark !== data.dark) setTriggerValue("turned", dark)
}
"""
_component = st.components.v2.component("appearance", js=_SCRIPT)


def follow(*, dark: bool) -> None:
    """``dark`` is the appearance that this run draws."""
    _component(key="appearance", data={"dark": dark}, on_turned_change=lambda: None, height=1)
