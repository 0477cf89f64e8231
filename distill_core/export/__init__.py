"""Export: files for other machines, their parity with torch, and how fast they run here."""

from distill_core.export.environment import available_threads, device_name, environment
from distill_core.export.latency import OnnxTiming, Timing, measure, measure_onnx, nearest_rank
from distill_core.export.onnx_file import OnnxFile, export_onnx, graph_hash

__all__ = [
    "OnnxFile",
    "OnnxTiming",
    "Timing",
    "available_threads",
    "device_name",
    "environment",
    "export_onnx",
    "graph_hash",
    "measure",
    "measure_onnx",
    "nearest_rank",
]
