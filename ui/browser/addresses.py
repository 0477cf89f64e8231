"""Where a browser finds what it runs: handed to the components, and the routes' own patterns, below the path under
which the lab is served (Streamlit's ``server.baseUrlPath``)."""

import streamlit as st

from distill_core.errors import DistillError
from ui.browser import engine, scripts

__all__ = [
    "CLASSES",
    "ENGINE",
    "FEATURES",
    "MEASUREMENTS",
    "MODEL",
    "RECORDINGS",
    "REFERENCE",
    "SCRIPT",
    "SHIPPED",
    "TEN_BITS",
    "addresses",
    "base_path",
    "missing",
]

ENGINE = "/browser/onnxruntime-web/{version}/{name}"
SCRIPT = "/browser/lab/{digest}/{name}"
MODEL = "/browser/models/{run_id}/{precision}.onnx"
# What stands there in place of a precision: the run's own file, with its weights in 10 bits on the way.
TEN_BITS = "ten_bits"
SHIPPED = "/browser/shipped/{name}.onnx"
REFERENCE = "/browser/reference/{run_id}/{precision}"
MEASUREMENTS = "/browser/measurements"
FEATURES = "/browser/sound_features.onnx"
RECORDINGS = "/browser/recordings"
CLASSES = "/browser/classes"


def base_path() -> str:
    """The path under which this server answers: "" or "/lab"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def missing() -> str | None:
    """Why no network can run in a browser here; None where one can."""
    try:
        engine.version()
        scripts.digest()
    except DistillError as error:
        return error.text
    return None


def addresses() -> dict[str, str]:
    """Each ends where a name, or a run's id, begins. Raises MissingData, CorruptFile where something is ``missing``.

    They are relative to the page that is shown, since a proxy in front may serve the lab under a path that it takes off
    before it asks here: every page lies directly below the lab's own path.
    """
    known = {
        "engine": ENGINE.format(version=engine.version(), name=""),
        "scripts": SCRIPT.format(digest=scripts.digest(), name=""),
        "models": "/browser/models/",
        "reference": "/browser/reference/",
        "measurements": MEASUREMENTS,
        "features": FEATURES,
        "recordings": RECORDINGS,
        "classes": CLASSES,
    }
    return {name: address.removeprefix("/") for name, address in known.items()}
