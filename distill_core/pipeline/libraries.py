"""What training needs and pages do not wait for: loaded by the worker, asked about by everybody else."""

__all__ = ["load_libraries", "loaded"]

_state = {"loaded": False}


def load_libraries() -> None:
    """Import what every job needs; the first time takes some seconds."""
    import sklearn.metrics
    import torch
    import torchvision

    del sklearn, torch, torchvision
    _state["loaded"] = True


def loaded() -> bool:
    """Whether all of it is there. Two threads that import torchvision at once can see it half made, so a page asks
    here and not ``sys.modules``."""
    return _state["loaded"]
