"""Where a browser finds what it runs: handed to the components, and the routes' own patterns."""

from ui.browser import engine, scripts

__all__ = ["ENGINE", "MEASUREMENTS", "MODEL", "REFERENCE", "SCRIPT", "addresses"]

ENGINE = "/browser/onnxruntime-web/{version}/{name}"
SCRIPT = "/browser/lab/{digest}/{name}"
MODEL = "/browser/models/{run_id}/{precision}.onnx"
REFERENCE = "/browser/reference/{run_id}/{precision}"
MEASUREMENTS = "/browser/measurements"


def addresses() -> dict[str, str | None]:
    """``engine`` is None where it is not installed; each ends where a name, or a run's id, begins."""
    here = None if engine.missing() else ENGINE.format(version=engine.version(), name="")
    return {
        "engine": here,
        "scripts": SCRIPT.format(digest=scripts.digest(), name=""),
        "models": "/browser/models/",
        "reference": "/browser/reference/",
        "measurements": MEASUREMENTS,
    }
