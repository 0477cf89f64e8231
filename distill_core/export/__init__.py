"""Export: files for other machines, their parity with torch, and how fast they run here."""

from distill_core.export.disturbance import disturbance
from distill_core.export.eager import EAGER, measure_eager
from distill_core.export.environment import available_threads, device_name, environment
from distill_core.export.int8 import Way, to_int8
from distill_core.export.int8_cpu import int8_instruction
from distill_core.export.latency import BackendTiming, Timing, measure, measure_onnx, measure_round
from distill_core.export.onnx_file import OnnxFile, export_onnx, graph_hash
from distill_core.export.parity import agreement
from distill_core.export.precision import to_float16
from distill_core.export.runtime import answering, answers
from distill_core.export.spread import Histogram, Spread, nearest_rank, spread

__all__ = [
    "EAGER",
    "BackendTiming",
    "Histogram",
    "OnnxFile",
    "Spread",
    "Timing",
    "Way",
    "agreement",
    "answering",
    "answers",
    "available_threads",
    "device_name",
    "disturbance",
    "environment",
    "export_onnx",
    "graph_hash",
    "int8_instruction",
    "measure",
    "measure_eager",
    "measure_onnx",
    "measure_round",
    "nearest_rank",
    "spread",
    "to_float16",
    "to_int8",
]
