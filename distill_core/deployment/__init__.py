"""Deployment of stored runs: ONNX export, int8 and float16 files, latency."""
