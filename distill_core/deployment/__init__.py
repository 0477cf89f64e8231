"""Export: files for other machines, their parity with torch, and how fast they run here."""

from distill_core.deployment.disturbance import disturbance
from distill_core.deployment.eager import EAGER, measure_eager
from distill_core.deployment.environment import available_threads, device_name, environment
from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import Way, to_int8
from distill_core.deployment.int8_cpu import int8_instruction
from distill_core.deployment.latency import BackendTiming, Timing, measure, measure_onnx, measure_round
from distill_core.deployment.onnx_export import OnnxFile, export_onnx, graph_hash
from distill_core.deployment.parity import within_tolerance
from distill_core.deployment.percentiles import Histogram, LatencySummary, nearest_rank, summarize_latency
from distill_core.deployment.runtime import onnx_predictor, run_onnx

__all__ = [
    "EAGER",
    "BackendTiming",
    "Histogram",
    "LatencySummary",
    "OnnxFile",
    "Timing",
    "Way",
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
    "onnx_predictor",
    "run_onnx",
    "summarize_latency",
    "to_float16",
    "to_int8",
    "within_tolerance",
]
