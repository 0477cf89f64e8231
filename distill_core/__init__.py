"""The engine of Distill Lab: trains small teacher/student pairs and measures them. Knows nothing of Streamlit."""

__version__ = "0.1.0"
