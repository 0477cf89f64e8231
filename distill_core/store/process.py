"""Who works on a job: a process, known by its number and the moment it began, since numbers are used again."""

import psutil

__all__ = ["is_alive", "this_process"]

# Systems tell when a process began by the wall clock, which is set now and then; one number is not used again so fast.
TOLERANCE_SECONDS = 2.0


def this_process() -> str:
    own = psutil.Process()
    return f"{own.pid}:{own.create_time():.2f}"


def is_alive(process: str) -> bool:
    """Whether the process that wrote this about itself is still there."""
    pid, _, began = process.partition(":")
    try:
        other = psutil.Process(int(pid))
        if abs(other.create_time() - float(began)) > TOLERANCE_SECONDS:
            return False
        return bool(other.status() != psutil.STATUS_ZOMBIE)
    except (psutil.Error, ValueError, OverflowError):
        return False
