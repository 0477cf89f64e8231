"""Makes assets/screens: pictures of the pages, taken in a real Chromium after a real comparison.

    python tools/make_screens.py [--seeds 3] [--out assets/screens] [--only NAME] [--all]

CHROMIUM names the browser, else the one on PATH is taken. ``--all`` takes every page in light and dark, wide and
narrow, to look at; without it only the pictures of the README are made. On the Benchmark page the browser measures.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.lab import Lab  # noqa: E402
from distill_core.templates.presets import default_experiment  # noqa: E402
from tests.browser.conftest import served  # noqa: E402

CHART, CURVES, BUTTON = (f"[data-testid={name}]" for name in ("stPlotlyChart", "stVegaLiteChart", "stButton"))
# The name of a picture, the address of the page, and what stands there once it is drawn.
PAGES = (
    ("home", "", CHART),
    ("train", "train", BUTTON),
    ("compare", "compare", CHART),
    ("compress", "compress", BUTTON),
    ("robustness", "robustness", BUTTON),
    ("methods", "methods", CURVES),
    ("methods-graph", "methods?family=relations+and+graphs", CURVES),
    ("methods-comparison", "methods?part=Compare+methods", BUTTON),
    *((f"temperature-{look}", f"temperature?look={look}", CURVES) for look in ("image", "gradient", "loss")),
    *((f"temperature-{look}", f"temperature?look={look}", CURVES) for look in ("classes", "calibration")),
    ("temperature-proved", "temperature?view=Proved+by+training", CURVES),
    ("temperature-labels", "temperature?view=Labels+and+width", CHART),
    ("temperature-lessons", "temperature?view=Lessons", CHART),
    ("benchmark", "benchmark?backend=wasm-1&backend=wasm-n&auto=1", "text=/measurements done, kept as/"),
    ("devices", "benchmark?show=Devices", CURVES),
    ("playground", "playground?sample=60", "text=/teacher.s answer: /"),
)
README = ("compare", "benchmark", "playground")


def main() -> None:
    settings = _arguments()
    settings.out.mkdir(parents=True, exist_ok=True)
    home = settings.home or Path(tempfile.mkdtemp())
    lab = Lab.open(home)
    job = lab.wait(lab.submit(default_experiment(settings.seeds)), 3_600)
    lab.close()
    if job.state != "finished":
        raise SystemExit(f"{job.state}: {job.error}")
    with served(home) as address:
        _take(address, settings.out, settings.only, everything=settings.all)


def _take(address: str, out: Path, only: str | None, *, everything: bool) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        looks = (
            [("light", 1400)]
            if not everything
            else [(mode, width) for mode in ("light", "dark") for width in (1400, 420)]
        )
        for mode, width in looks:
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=mode)  # type: ignore[arg-type]
            for name, path, drawn in PAGES:
                if name != only if only else not everything and name not in README:
                    continue
                page.goto(f"{address}/{path}")
                page.locator(drawn).first.wait_for(timeout=90_000)
                page.wait_for_timeout(2_500)
                file = out / (f"{name}-{mode}-{width}.png" if everything else f"{name}.png")
                _whole(page, file, whole=everything)
        browser.close()


def _whole(page: object, file: Path, *, whole: bool) -> None:
    # Streamlit scrolls inside the page, so the window is made as tall as what it holds.
    if whole:
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")  # type: ignore[attr-defined]
        width = page.viewport_size["width"]  # type: ignore[attr-defined]
        page.set_viewport_size({"width": width, "height": min(6_000, int(height) + 40)})  # type: ignore[attr-defined]
        page.wait_for_timeout(1_500)  # type: ignore[attr-defined]
    page.screenshot(path=file)  # type: ignore[attr-defined]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "screens")
    parser.add_argument("--home", type=Path, help="a lab's folder to use and keep")
    parser.add_argument("--only", choices=[name for name, _, _ in PAGES])
    parser.add_argument("--all", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
