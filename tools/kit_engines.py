"""Which engines that nobody here wrote answer the files of export kits as onnxruntime does.

    python tools/kit_engines.py write DIR               kits of untrained networks, one an architecture and kind
    OTHER/bin/python tools/kit_engines.py try DIR OUT   asks OpenVINO and OpenCV's dnn, writes OUT as CSV

The first command runs in the lab's environment; the second one in another, which has numpy, openvino and
opencv-python-headless alone. What ships in assets/kit/known_to_run.csv is that CSV; model cards say it.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TASKS_OF = ("fashion_mnist_small", "spoken_digits", "languages", "scenes")
PRECISIONS = ("float32", "float16", "int8")
HEAD = ("engine", "version", "kind", "architecture", "file", "precision", "answers", "difference")
ENGINES = ("OpenVINO", "OpenCV dnn")
EXAMPLES, WARM_UP = 8, 64
PATIENCE_SECONDS = 300
Ask = Callable[[dict[str, np.ndarray], list[str]], list[np.ndarray]]


def write(folder: Path) -> None:
    """Write the kit of each architecture of each kind, with its kind and name in ``kit.json``."""
    sys.path.insert(0, str(ROOT))
    from distill_core.deployment.kit.build import build_kit, write_folder
    from distill_core.networks import ARCHITECTURES
    from distill_core.tasks import TASKS

    for name in TASKS_OF:
        task = TASKS.get(name)
        data = task.load(folder, lambda _: None)
        for entry in ARCHITECTURES:
            if not entry.takes(task.input, task.target.positions):
                continue
            place = folder / f"{name}_{entry.name}"
            if place.exists():
                continue
            write_folder(build_kit(untrained(entry, task, data), PRECISIONS), place)
            told = {"kind": task.kind.name, "architecture": entry.name}
            (place / "kit.json").write_text(json.dumps(told), encoding="utf-8")
            print(place.name, flush=True)


def untrained(entry: Any, task: Any, data: Any) -> Any:
    """What the kit of a network with random weights is made of; its norms have seen training examples."""
    import dataclasses

    import torch

    from distill_core.deployment.float16 import to_float16
    from distill_core.deployment.int8 import to_int8
    from distill_core.deployment.onnx_export import export_onnx
    from distill_core.deployment.runtime import run_onnx
    from distill_core.networks import Blueprint, build
    from tests.kits import source

    blueprint = Blueprint(
        architecture=entry.name, classes=len(task.classes), input=task.input, positions=task.target.positions
    )
    torch.manual_seed(0)
    network = build(blueprint)
    train = task.dataset(task, data.train).batch(np.arange(WARM_UP)).contiguous()
    with torch.no_grad():
        for _ in range(3):
            network(train)
    whole = export_onnx(network.eval(), blueprint).data
    examples = task.dataset(task, data.test).batch(np.arange(EXAMPLES)).contiguous().numpy()
    made = {
        "float32": lambda: whole,
        "float16": lambda: to_float16(whole).data,
        "int8": lambda: to_int8(whole, train.numpy(), way="static", per_channel=True).data,
    }
    known = source("image")
    return dataclasses.replace(
        known,
        run=dataclasses.replace(known.run, architecture=entry.name, task=task.name),
        task=task,
        test=data.test,
        examples=examples,
        logits_N=run_onnx(whole, examples),
        file=lambda precision: made[precision](),
    )


def attempt(folder: Path, out: Path) -> None:
    """Ask both engines about every kit, each file in a process that may end."""
    rows = []
    for engine in ENGINES:
        for kit in sorted(path.parent for path in folder.glob("*/kit.json")):
            rows += [*asked(engine, kit)]
            print(f"{engine} {kit.name}: {', '.join(row[6] for row in rows[-6:])}", flush=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(sorted(rows))


def asked(engine: str, kit: Path) -> Iterator[list[str]]:
    """A row for each ONNX file of a kit."""
    about = json.loads((kit / "kit.json").read_text(encoding="utf-8"))
    names = sorted(json.loads((kit / "reference" / "reference.json").read_text(encoding="utf-8"))["files"])
    told: dict[str, list[str]] = {}
    while names:
        command = [sys.executable, __file__, "ask", str(kit), engine, *names]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
            lines = done.stdout.splitlines()
        except subprocess.TimeoutExpired as ended:
            lines = (ended.stdout or b"").decode().splitlines()
        for line in lines:
            if line.startswith("ROW "):
                name, *rest = json.loads(line[4:])
                told[name] = rest
        left = [name for name in names if name not in told]
        if left:  # the first one of them ended the process, or took for ever
            told[left[0]] = ["", "ends the process", ""]
        names = left[1:]
    for name, (version, answers, difference) in told.items():
        file, precision = name.removesuffix(".onnx").split("_")
        yield [engine, version, about["kind"], about["architecture"], file, precision, answers, difference]


def ask(kit: Path, engine: str, names: list[str]) -> None:
    """Print a line for each file: the version, what came of it, and the largest difference."""
    files = json.loads((kit / "reference" / "reference.json").read_text(encoding="utf-8"))["files"]
    for name in names:
        version, opener = {"OpenVINO": of_openvino, "OpenCV dnn": of_opencv}[engine]()
        try:
            answers, difference = held(opener(kit / name), kit, files[name])
        except Exception as error:  # each engine has its own
            answers, difference = "does not run it", ""
            print(error, file=sys.stderr)
        print("ROW " + json.dumps([name, version, answers, difference]), flush=True)


def held(answer: Ask, kit: Path, cases: list[dict[str, Any]]) -> tuple[str, str]:
    """Answers of an engine held against onnxruntime's. Classes of pixels follow from the probabilities, and networks
    with random weights have many ties."""
    largest, same = 0.0, True
    for case in cases:
        outputs = list(case["outputs"])
        given = answer({name: array(kit, told) for name, told in case["inputs"].items()}, outputs)
        for name, numbers in zip(outputs, given, strict=True):
            if name == "classes":
                continue
            wanted = array(kit, case["outputs"][name])
            apart = np.abs(np.asarray(numbers, np.float64).reshape(wanted.shape) - wanted)
            difference = float(apart.max()) if np.isfinite(apart).all() else float("inf")
            largest, same = max(largest, difference), same and difference <= case["tolerances"][name]
    return "the same" if same else "other ones", f"{largest:.1e}"


def array(kit: Path, told: dict[str, Any]) -> np.ndarray:
    return np.fromfile(kit / told["path"], told["dtype"]).reshape(told["shape"])


def of_openvino() -> tuple[str, Callable[[Path], Ask]]:
    import openvino

    def opened(path: Path) -> Ask:
        exact = {"INFERENCE_PRECISION_HINT": "f32"}  # some CPUs would take bfloat16
        compiled = openvino.Core().compile_model(str(path), "CPU", exact)
        return lambda feeds, outputs: [compiled(feeds)[name] for name in outputs]

    return openvino.__version__.split("-")[0], opened


def of_opencv() -> tuple[str, Callable[[Path], Ask]]:
    import cv2

    def opened(path: Path) -> Ask:
        net = cv2.dnn.readNetFromONNX(str(path))

        def answer(feeds: dict[str, np.ndarray], outputs: list[str]) -> list[np.ndarray]:
            for name, feed in feeds.items():
                net.setInput(np.ascontiguousarray(feed), name)
            return list(net.forward(outputs))

        return answer

    return cv2.__version__, opened


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["write", "try", "ask"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="*")
    chosen = parser.parse_args()
    if chosen.step == "write":
        chosen.folder.mkdir(parents=True, exist_ok=True)
        write(chosen.folder)
    elif chosen.step == "try":
        attempt(chosen.folder, Path(chosen.words[0]))
    else:
        ask(chosen.folder, chosen.words[0], chosen.words[1:])


if __name__ == "__main__":
    main()
