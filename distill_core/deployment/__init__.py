"""From a stored run to a file, and from a file to milliseconds: ONNX export, int8 and float16, latency."""
