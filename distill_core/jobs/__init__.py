"""Jobs: a queue with one worker thread, its worker pool, background tasks and a heartbeat.

No other room uses threads; what several threads share elsewhere takes its lock from here.
"""

from threading import Lock

__all__ = ["Lock"]
