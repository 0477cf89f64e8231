"""What a container may use: the limits of Linux control groups (cgroup v1 and v2), which Python itself does not see.

A group's limits hold for the groups below it too, so each limit is the smallest on the way up from this process's own
group. Source: docs.kernel.org, admin-guide/cgroup-v2 and admin-guide/cgroup-v1/memory, scheduler/sched-bwc.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# cgroup v1 says "unlimited" with the largest multiple of a page.
V1_UNLIMITED = 1 << 60


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """Bytes that a group may have, and has; pages of files that can be dropped at once do not count as used."""

    limit_bytes: int
    used_bytes: int

    @property
    def free_bytes(self) -> int:
        return max(0, self.limit_bytes - self.used_bytes)


def processor_quota(root: Path = Path("/")) -> float | None:
    """The number of processors whose time this process may use, such as 1.5; None where nothing limits it."""
    quotas = [_quota_v2(group) for group in _groups(root, "")]
    quotas += [_quota_v1(group) for group in _groups(root, "cpu")]
    return min((quota for quota in quotas if quota is not None), default=None)


def threads_of(quota: float) -> int:
    """The threads for a quota: the whole processors in it, at least 1. Threads of a step wait for each other, so one
    that is throttled holds up all: on a quota of 1.5, two were never faster than one. Pages use what is left."""
    return max(1, math.floor(quota))


def memory_limit(root: Path = Path("/")) -> MemoryLimit | None:
    """The limit that leaves the fewest bytes free; None where nothing limits this process's memory."""
    limits = [_memory(group, "memory.max", "memory.current", "inactive_file") for group in _groups(root, "")]
    v1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    limits += [_memory(group, *v1) for group in _groups(root, "memory")]
    return min((limit for limit in limits if limit is not None), key=lambda limit: limit.free_bytes, default=None)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of this process's group and of those above it; ``controller`` "" is version 2."""
    path = _path(root, controller)
    if path is None:
        return
    for mounted, mount_point in _mounts(root, controller):
        # In a container a mount may show the container's own group as its top, whatever the path says.
        below = path.relative_to(mounted) if path.is_relative_to(mounted) else PurePosixPath()
        top = root / mount_point.relative_to("/")
        folder = top / below
        while folder != top:
            yield folder
            folder = folder.parent
        yield top


def _path(root: Path, controller: str) -> PurePosixPath | None:
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if path.startswith("/") and controller in controllers.split(","):
            return PurePosixPath(path)
    return None


def _mounts(root: Path, controller: str) -> list[tuple[PurePosixPath, PurePosixPath]]:
    """What of the hierarchy is mounted, and where."""
    mounts = []
    for line in _text(root / "proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(kind) < 3 or not fields[4].startswith("/"):
            continue
        if kind[0] == "cgroup" and controller in kind[2].split(",") if controller else kind[0] == "cgroup2":
            mounts.append((PurePosixPath(fields[3]), PurePosixPath(fields[4])))
    return mounts


def _quota_v2(group: Path) -> float | None:
    quota, _, period = _text(group / "cpu.max").strip().partition(" ")
    return _share(quota, period)


def _quota_v1(group: Path) -> float | None:
    return _share(_text(group / "cpu.cfs_quota_us").strip(), _text(group / "cpu.cfs_period_us").strip())


def _share(quota: str, period: str) -> float | None:
    if not (quota.isdecimal() and period.isdecimal() and int(period)):  # "max" and -1: no limit
        return None
    return int(quota) / int(period) or None


def _memory(group: Path, limit: str, usage: str, droppable: str) -> MemoryLimit | None:
    limit_text, usage_text = _text(group / limit).strip(), _text(group / usage).strip()
    if not (limit_text.isdecimal() and usage_text.isdecimal()) or int(limit_text) >= V1_UNLIMITED:
        return None
    counters = (line.split(" ") for line in _text(group / "memory.stat").splitlines())
    dropped = next((int(counter[1]) for counter in counters if counter[0] == droppable), 0)
    return MemoryLimit(int(limit_text), max(0, int(usage_text) - dropped))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
