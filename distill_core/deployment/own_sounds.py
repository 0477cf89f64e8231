"""Recordings of classes, from a folder or a zip file, as the arrays and the description of a task: what networks
hear of them, no sound. In this room since the features are an ONNX graph.

N recordings, C coefficients, T frames.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.deployment.sound_features import features
from distill_core.errors import InvalidSetting, said
from distill_core.tasks.own.array_file import FILE, array_file
from distill_core.tasks.own.class_folders import Sorted, check_count, sort_files, told
from distill_core.tasks.own.refusals import Refused, RefusedFile
from distill_core.tasks.own.sources import Source, open_source
from distill_core.tasks.own.speakers import is_speakers, parts_by_speaker, speakers_of
from distill_core.tasks.own.splitting import FEWEST, Parted, counted, parted, places_of, reported
from distill_core.tasks.own.tasks import SOUND_ARRAYS
from distill_core.tasks.own.worker import on_file, run
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.sound.recording import FORMATS, MOST_BYTES, read_recording

ENDINGS = frozenset({".wav", ".flac", ".ogg", ".oga", ".mp3"})
# By what ``read_recording`` expected.
_REASONS = {"a voice": "silent", FORMATS: "format", "at most {seconds} s": "long", "at least {seconds:g} s": "short"}
Heard = tuple[np.ndarray, int]


def main() -> None:
    """The process that reads strangers' recordings."""
    run({"sounds": _sounds})


def _sounds(request: Mapping[str, Any], path: Path, into: Path) -> dict[str, Any]:
    source = open_source(path)
    try:
        return import_sounds(source, into, crashed=set(request["crashed"]))
    finally:
        source.close()


def import_sounds(source: Source, into: Path, *, crashed: Collection[int]) -> dict[str, Any]:
    """Write the features to ``into``; returns what ``OwnData`` holds of them. ``crashed``: numbers of files that are
    not read, since an earlier try ended on them. A table speakers.csv beside the folders tells whose voice a file is
    (columns file and speaker): no voice is then in two parts.

    Raises: InvalidSetting where they make no task.
    """
    listed = source.files()
    voices = speakers_of(source, listed)
    folders = sort_files([found for found in listed if not is_speakers(found)], ENDINGS)
    files, heard, refusals, keys = [], [], list(folders.refused), []
    for number, file in enumerate(folders.files):
        on_file(number, len(folders.files))
        try:
            if voices and "/".join(file.found.path[-2:]) not in voices:
                raise Refused("no_speaker")
            if number in crashed:
                raise Refused("crashed")
            samples = _read(source.read(file.found, MOST_BYTES))
        except Refused as error:
            refusals.append(RefusedFile(told(file.found), error.reason))
            continue
        files.append(file)
        heard.append((features(samples)["without_mean"][0], 1 + len(samples) // mfcc.HOP))
        keys.append(hashlib.sha256(samples.tobytes()).digest())
    given = [file.part for file in files]
    if voices:
        given = parts_by_speaker([voices["/".join(file.found.path[-2:])] for file in files])
    split = parted(keys, [file.label for file in files], given)
    refusals += [RefusedFile(told(files[at].found), reason) for at, reason in split.reasons.items()]
    classes = [folders.classes[label] for label in split.classes]
    check_count(
        classes, said("give each at least {least} recordings that can be heard and are not all the same", FEWEST)
    )
    names = [voices.get("/".join(file.found.path[-2:]), "") for file in files]
    return {
        "kind": "sounds",
        "classes": classes,
        **reported(split, given, refusals),
        **_write(files, heard, split, into / FILE, names),
    }


def _read(data: bytes) -> np.ndarray:
    try:
        return read_recording(data)
    except InvalidSetting as error:
        expected = getattr(error.args[0], "places", {}).get("expected")
        raise Refused(_REASONS.get(getattr(expected, "template", str(expected)), "broken")) from error


def _write(
    files: Sequence[Sorted], heard: Sequence[Heard], split: Parted, path: Path, names: Sequence[str]
) -> dict[str, Any]:
    numbers = {label: number for number, label in enumerate(split.classes)}
    kept = [at for places in places_of(split).values() for at in places]
    speakers = {name: number for number, name in enumerate(sorted({names[at] for at in kept}))}
    parts = {}
    with array_file(path) as arrays:
        for part, places in places_of(split).items():
            whose = [speakers[names[at]] for at in places]
            parts[part] = _part([heard[at] for at in places], [numbers[files[at].label] for at in places], whose)
            for name in SOUND_ARRAYS:
                array: np.ndarray = getattr(parts[part], name)
                arrays.add(f"{part}_{name}", array.shape, array.__getitem__)
    told = {"speakers": list(speakers), "test_speakers": len(set(parts["test"].speakers_N.tolist()))}
    return {**counted(parts, len(numbers)), **(told if any(speakers) else {})}


def _part(heard: Sequence[Heard], labels: Sequence[int], whose: Sequence[int]) -> Recordings:
    values_NCT = np.stack([values_CT for values_CT, _ in heard])
    return Recordings(
        values_NTC=np.ascontiguousarray(mfcc.to_bytes(values_NCT).transpose(0, 2, 1)),
        means_NC=np.full((len(heard), mfcc.COEFFICIENTS), mfcc.ZERO, np.uint8),
        frames_N=np.array([frames for _, frames in heard], np.int64),
        labels_N=np.array(labels, np.int64),
        speakers_N=np.array(whose, np.int64),
    )
