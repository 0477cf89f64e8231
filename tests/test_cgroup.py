from pathlib import Path

import pytest

from distill_core import machine
from distill_core.cgroup import MemoryLimit, memory_limit, processor_quota, threads_of

pytestmark = pytest.mark.anywhere

V2 = "40 30 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"


def laid_out(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def version_2(root: Path, path: str, files: dict[str, str]) -> Path:
    about = {"proc/self/cgroup": f"0::{path}\n", "proc/self/mountinfo": f"{V2}\n"}
    return laid_out(root, about | {f"sys/fs/cgroup/{name}": text for name, text in files.items()})


def version_1(root: Path, mounted: str, files: dict[str, str]) -> Path:
    """As in a container of Docker: the process's path is the host's, and the mount shows that group as its top."""
    about = {
        "proc/self/cgroup": "9:memory:/docker/77\n5:cpu,cpuacct:/docker/77\n0::/docker/77\n",
        "proc/self/mountinfo": (
            "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
            f"2 1 0:30 {mounted} /sys/fs/cgroup/cpu,cpuacct ro master:11 - cgroup cgroup rw,cpu,cpuacct\n"
            f"3 1 0:31 {mounted} /sys/fs/cgroup/memory ro master:12 - cgroup cgroup rw,memory\n"
        ),
    }
    return laid_out(root, about | {f"sys/fs/cgroup/{name}": text for name, text in files.items()})


@pytest.mark.parametrize(("cpu_max", "quota"), [("150000 100000", 1.5), ("max 100000", None), ("25000 50000", 0.5)])
def test_version_2_says_its_quota(tmp_path, cpu_max, quota):
    assert processor_quota(version_2(tmp_path, "/", {"cpu.max": f"{cpu_max}\n"})) == quota


def test_the_smallest_quota_on_the_way_up_holds(tmp_path):
    files = {"a/cpu.max": "200000 100000", "a/b/cpu.max": "400000 100000", "a/b/c/cpu.max": "max 100000"}
    assert processor_quota(version_2(tmp_path, "/a/b/c", files)) == 2.0


@pytest.mark.parametrize("mounted", ["/docker/77", "/elsewhere"])
def test_version_1_says_its_quota_in_a_container(tmp_path, mounted):
    files = {"cpu,cpuacct/cpu.cfs_quota_us": "320000", "cpu,cpuacct/cpu.cfs_period_us": "100000"}
    assert processor_quota(version_1(tmp_path, mounted, files)) == 3.2


def test_version_1_says_its_quota_on_the_host(tmp_path):
    files = {
        "cpu,cpuacct/docker/77/cpu.cfs_quota_us": "-1",
        "cpu,cpuacct/docker/77/cpu.cfs_period_us": "100000",
        "cpu,cpuacct/docker/cpu.cfs_quota_us": "50000",
        "cpu,cpuacct/docker/cpu.cfs_period_us": "100000",
    }
    assert processor_quota(version_1(tmp_path, "/", files)) == 0.5


@pytest.mark.parametrize("text", ["", "0 100000", "100000 0", "-1 5", "many few", "100000"])
def test_what_is_no_quota_limits_nothing(tmp_path, text):
    assert processor_quota(version_2(tmp_path, "/", {"cpu.max": text})) is None


@pytest.mark.parametrize(("quota", "threads"), [(0.1, 1), (1.0, 1), (1.5, 1), (2.0, 2), (3.99, 3)])
def test_threads_take_the_whole_processors_of_a_quota(quota, threads):
    assert threads_of(quota) == threads


def test_a_container_gets_no_more_threads_than_its_quota(monkeypatch):
    alone = machine.available_threads()
    monkeypatch.setattr(machine, "processor_quota", lambda: 0.5)
    assert machine.available_threads() == 1
    monkeypatch.setattr(machine, "processor_quota", lambda: 1000.0)
    assert machine.available_threads() == alone


def test_pages_of_files_that_can_be_dropped_are_free(tmp_path):
    files = {"memory.max": "1000000\n", "memory.current": "700000\n", "memory.stat": "anon 5\ninactive_file 200000\n"}
    limit = memory_limit(version_2(tmp_path, "/", files))
    assert limit == MemoryLimit(1_000_000, 500_000)
    assert limit.free_bytes == 500_000


def test_the_fullest_group_limits_memory(tmp_path):
    files = {
        "a/memory.max": "1000",
        "a/memory.current": "950",
        "a/b/memory.max": "400",
        "a/b/memory.current": "100",
    }
    assert memory_limit(version_2(tmp_path, "/a/b", files)).free_bytes == 50


def test_version_1_limits_memory_and_says_unlimited_with_a_large_number(tmp_path):
    files = {
        "memory/memory.limit_in_bytes": "2000",
        "memory/memory.usage_in_bytes": "2500",
        "memory/memory.stat": "cache 1\ntotal_inactive_file 100\n",
    }
    assert memory_limit(version_1(tmp_path, "/docker/77", files)).free_bytes == 0
    (tmp_path / "sys/fs/cgroup/memory/memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert memory_limit(tmp_path) is None


def test_elsewhere_nothing_is_limited(tmp_path):
    assert processor_quota(tmp_path) is None
    assert memory_limit(tmp_path) is None
