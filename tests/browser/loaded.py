"""What servers of tests load, before they are forked: no thread, which would not come along."""

import gc
import importlib
import pkgutil

import tests.browser.hurry  # noqa: F401  (before pages take what is there)
import ui
from distill_core.jobs import torch_import

FOREIGN = ("altair", "onnx", "onnxruntime", "pandas", "plotly.graph_objects", "scipy.stats", "streamlit.web.cli")
OWN = [module.name for module in pkgutil.walk_packages(ui.__path__, "ui.") if module.name != "ui.main"]  # a script
for name in (*FOREIGN, "streamlit.web.server.starlette.starlette_server", *OWN):
    importlib.import_module(name)
torch_import._load()
torch_import._state["loaded"] = False  # each server tells when it has come that far
gc.freeze()  # else each fork copies it when it collects
