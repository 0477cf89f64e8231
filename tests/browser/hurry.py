"""Less time for what a server of the tests does: a twentieth of the default comparison's updates, latencies of five
runs here, a tenth of a measurement's time in a browser, a fifteenth of the teacher's updates on digits, goals among two
families of networks with short trainings, and the pace of this machine as the lab takes it without measuring. How long
each takes is no matter of a page."""

import functools
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from distill_core.execution import pace_measurement
from distill_core.lab import Lab, goals
from distill_core.networks import taking
from distill_core.planning.teacher_sources import trained
from distill_core.spec import Budget, Experiment
from distill_core.templates import presets
from distill_core.templates.goal import Goal
from tests.quick import QUICK_TIMER
from ui.browser import scripts

LONG, SHORT = "runs: 200, ms: 2000", "runs: 200, ms: 200"
default_experiment = presets.default_experiment


def short_experiment(seeds: int = 1) -> Experiment:
    known = default_experiment(seeds)
    budget = known.budget.model_copy(update={"updates": known.budget.updates // 20})
    return known.model_copy(update={"budget": budget})


presets.default_experiment = short_experiment
(digits,) = trained.QUICK_RECIPES.values()
trained.QUICK_RECIPES["digits"] = digits.model_copy(update={"budget": Budget(updates=20, batch_size=64)})
Goal.model_fields["budget"].default = Budget(updates=8, batch_size=16)
Goal.model_rebuild(force=True)
# A goal looks for its network among two families.
goals.taking = lambda *given: tuple(one for one in taking(*given) if one.name in ("plain_cnn", "resnet8"))  # type: ignore[attr-defined]

with tempfile.TemporaryDirectory() as folder:
    hurried = shutil.copytree(scripts.FOLDER, Path(folder) / "js")
    timing = (hurried / "timing.js").read_text(encoding="utf-8")
    assert timing.count(LONG) == 1
    (hurried / "timing.js").write_text(timing.replace(LONG, SHORT), encoding="utf-8")
    # What is served is bundled once, of what is there then.
    scripts.FOLDER, own = hurried, scripts.FOLDER
    scripts.digest()
    scripts.FOLDER = own
Lab.open = functools.partial(Lab.open, timer=QUICK_TIMER)  # type: ignore[method-assign]
pace_measurement._measured.append(replace(pace_measurement.machine_pace(), measured=True))
