"""Text of Streamlit's that can be read in light and in dark, and the page anew when a visitor turns it from one to the
other: charts carry their colours with them.

Streamlit tells a script the appearance at its next run only (https://github.com/streamlit/streamlit/issues/11920), so
this empty component asks for that run.
"""

import streamlit as st

from ui.networks import style

__all__ = ["follow", "readable"]

# White text wants a dark primary colour, so that colour is no text on a dark page: what is chosen was 3.6:1, and a
# button under the pointer 4.0:1, where 4.5 is wanted. Streamlit's faded texts were 4.4:1 on the light page, a link
# among them 2.9:1, the name of a widget that is switched off 2.4:1. Above the title it leaves 28 px more than its
# header needs, and around it up to 36: they push each page's picture off the first screen. Two cards stand side by
# side on a phone, where a number of its size left no room for its interval, and the label of a checkbox with a help
# was cut off where it would go into two lines, as was what stands above and below the number of a card.
_READABLE = """<style>
[data-testid="stButtonGroup"] [data-selected="true"], [data-testid="stButtonGroup"] [data-selected="true"] *,
[data-testid="stSliderThumbValue"],
[data-testid="stTab"][aria-selected="true"], [data-testid="stTab"][aria-selected="true"] * {{ color: {link}; }}
[data-testid="stCaptionContainer"] {{ opacity: 1; color: {muted}; }}
[data-testid="stCaptionContainer"] :is(p, li, small, span) {{ opacity: 1; color: {muted}; }}
[data-testid="stWidgetLabel"][disabled] {{ color: {muted}; }}
button:is([kind^="secondary"], [kind^="tertiary"]):is(:hover, :focus, :active):not(:disabled) {{ color: {link}; }}
[data-testid="stExpander"] summary, [data-testid="stExpander"] summary * {{ opacity: 1; }}
[data-testid="stMain"] [data-testid="stMainBlockContainer"] {{ padding-top: 4.25rem; }}
[data-testid="stMain"] h1 {{ padding-block: 0; }}
[data-testid="stCheckbox"] [data-testid="stMarkdownContainer"], [data-testid="stCheckbox"] p {{ white-space: normal; }}
[data-testid="stMetric"] :is([data-testid="stMetricLabel"], [data-testid="stMetricDelta"])
  :is([data-testid="stMarkdownContainer"], p) {{ white-space: normal; overflow: visible; overflow-wrap: anywhere; }}
[data-testid="stMetricDelta"] {{ border-radius: 0.5rem; }}
@media (max-width: 640px) {{ [data-testid="stMetricValue"] {{ font-size: 1.25rem; }} }}
</style>"""
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


def readable(*, dark: bool) -> None:
    """First on every page: the text that Streamlit draws too faintly, and the room that it leaves above."""
    colours = style.theme(dark)
    st.html(_READABLE.format(link=colours.link, muted=colours.muted))


def follow(*, dark: bool) -> None:
    """``dark`` is the appearance that this run draws."""
    _component(key="appearance", data={"dark": dark}, on_turned_change=lambda: None, height=1)
