"""Makes assets/screens: pictures of the pages in a real Chromium, as a new home with the example shows them.

    python tools/make_screens.py [--home DIR] [--out assets/screens] [--only NAME] [--all]

CHROMIUM names the browser, else the one on PATH is taken. ``--all`` takes every page and its parts in light and dark,
wide and narrow, to look at; without it the pictures of the README are made, one a page. On the Benchmark page the
browser measures. ``--home``: another lab's folder. A home without own data gets the lab's own sample for the page Data.
"""

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.lab import Lab  # noqa: E402
from distill_core.tasks.own.sample import sample_zip  # noqa: E402
from tests.browser.conftest import AS_IT_IS, served  # noqa: E402

CHART, CURVES, BUTTON, TABLE = (
    f"[data-testid={name}]" for name in ("stPlotlyChart", "stVegaLiteChart", "stButton", "stDataFrame")
)
# The name of a picture, the address of the page, and what stands there once it is drawn.
PAGES = (
    ("home", "", CHART),
    ("temperature", "temperature", CURVES),
    ("methods", "methods", TABLE),
    ("glossary", "glossary", "h1"),
    ("train", "train", BUTTON),
    ("data", "data", "[data-testid=stImage]"),
    ("compress", "compress", CHART),
    ("robustness", "robustness", CHART),
    ("compare", "compare", CHART),
    ("benchmark", "benchmark?backend=wasm-1&backend=wasm-n&auto=1", "text=/measurements done, kept as/"),
    ("playground", "playground?sample=60", "text=/teacher.s answer: /"),
)
PARTS = (
    ("methods-explore", "methods?part=Explore+a+method", CURVES),
    ("methods-graph", "methods?family=relations+and+graphs", CURVES),
    ("methods-comparison", "methods?part=Compare+methods", BUTTON),
    *((f"temperature-{look}", f"temperature?look={look}", CURVES) for look in ("gradient", "loss")),
    *((f"temperature-{look}", f"temperature?look={look}", CURVES) for look in ("classes", "calibration")),
    ("temperature-proved", "temperature?view=Grid+search+(T+×+α)", CURVES),
    ("temperature-labels", "temperature?view=Label+budget+and+student+width", CHART),
    ("temperature-lessons", "temperature?view=Lessons", CHART),
    ("compress-form", "compress?compress_show=Set+up", BUTTON),
    ("compress-goal", "compress?c_mode=By+goal&goal_kb=60", BUTTON),
    ("devices", "benchmark?show=Devices", CURVES),
    ("data", "data", BUTTON),
)


def main() -> None:
    settings = _arguments()
    settings.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = settings.home or Path(folder)
        _with_data(home)
        with served(home, script=AS_IT_IS, DISTILL_EXAMPLE="1") as address:
            _take(address, settings.out, settings.only, everything=settings.all)


def _with_data(home: Path) -> None:
    with closing(Lab.open(home)) as lab, tempfile.TemporaryDirectory() as folder:
        if not lab.own_data.listed():
            packed = Path(folder) / "shapes.zip"
            packed.write_bytes(sample_zip())
            lab.own_data.add_images(packed, "Shapes", source="drawn by this lab")


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
            for name, path, drawn in (*PAGES, *PARTS):
                if name != only if only else not everything and (name, path, drawn) in PARTS:
                    continue
                # Charts below the window are not drawn.
                page.set_viewport_size({"width": width, "height": 2_400 if everything else 900})
                page.goto(f"{address}/{path}")
                page.locator(drawn).locator("visible=true").first.wait_for(timeout=90_000)
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
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "screens")
    parser.add_argument("--home", type=Path, help="a lab's folder to use and keep")
    parser.add_argument("--only", choices=[name for name, _, _ in (*PAGES, *PARTS)])
    parser.add_argument("--all", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
