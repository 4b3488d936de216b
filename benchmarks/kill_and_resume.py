"""Kill a run at random moments and resume it each time: what it ends with must be what an uninterrupted one has.

    python benchmarks/kill_and_resume.py [--kills 10] [--seed 0]

Each task blurs an image and takes its singular values. On threads, processes and a Dask cluster of two workers; then
on threads with results of 1 MB, killed as soon as the file of results grows, which is in the middle of a line.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from harness.engine.executor import choose_executor
from harness.engine.plain import to_json
from harness.engine.results_file import RESULTS_NAME
from harness.engine.runner import run_tasks
from harness.engine.store import open_run, read_run

TASKS = 150
LARGE = "large"
"""Threads, with large results."""


@dataclass(frozen=True, slots=True)
class Image:
    """A task: an image that its number draws."""

    number: int
    fingerprint: str = ""

    @property
    def key(self) -> str:
        """Say which."""
        return f"image {self.number:03d}"


@dataclass(frozen=True)
class Measure:
    """What is done with each: about 20 milliseconds of one core."""

    notes: Path
    pixels: int

    def __call__(self, task: Image) -> dict[str, object]:
        """Blur it and take its singular values, after noting that it was begun."""
        with self.notes.open("ab", buffering=0) as file:
            file.write(f"{task.key}\n".encode())
        image = np.random.RandomState(task.number).uniform(size=(128, 128))
        blurred = cv2.GaussianBlur(image, (11, 11), 1.5)
        return {
            "singular": np.linalg.svd(blurred, compute_uv=False),
            "pixels": np.resize(blurred, self.pixels),
            "nan": np.nan,
        }


def run(folder: Path, kind: str) -> None:
    """Run what the folder's run lacks."""
    dask = kind if kind.startswith("tcp://") else None
    executor = choose_executor(2, dask, "processes" if kind == "processes" else "threads")
    measure = Measure(folder / "begun.txt", 50_000 if kind == LARGE else 5_000)
    with open_run(folder, {"tasks": tasks_of(kind)}) as store:
        run_tasks([Image(number) for number in range(tasks_of(kind))], measure, store, executor)


def tasks_of(kind: str) -> int:
    """Return how many tasks the run has."""
    return TASKS // 3 if kind == LARGE else TASKS


def contents(folder: Path) -> dict[str, str]:
    """Return key to result, as JSON."""
    return {key: to_json(record.value) for key, record in sorted(read_run(folder).records.items())}


def begun(folder: Path) -> list[str]:
    """Return the keys of the tasks that were begun, once for each time."""
    path = folder / "begun.txt"
    return path.read_text().splitlines() if path.exists() else []


def start(folder: Path, kind: str) -> subprocess.Popen[bytes]:
    """Start the run in a process of its own."""
    return subprocess.Popen([sys.executable, __file__, "--run", str(folder), "--kind", kind])


def kill_and_resume(folder: Path, kind: str, kills: int, moments: random.Random, expected: dict[str, str]) -> None:
    """Kill the run so many times and print what each kill left; exit if anything is lost, repeated or different."""
    folder.mkdir()
    name, count = kind.split(":")[0], tasks_of(kind)
    for number in range(kills):
        finished = set(contents(folder)) if (folder / RESULTS_NAME).exists() else set()
        before = len(begun(folder))
        process = start(folder, kind)
        # So many tasks into what is left of the run, and a little: anywhere from its first task to near its last.
        wanted = moments.randint(1, max(1, min(2 * count // kills - 3, count - len(finished) - 8)))
        while len(begun(folder)) < before + wanted and process.poll() is None:
            time.sleep(0.001)
        if kind == LARGE:
            size = size_of(folder)
            while size_of(folder) <= size and process.poll() is None:
                pass
        else:
            time.sleep(moments.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
        time.sleep(0.3)  # Tasks of a cluster that were in flight end by themselves.
        content = (folder / RESULTS_NAME).read_bytes() if (folder / RESULTS_NAME).exists() else b""
        torn = bool(content) and not content.endswith(b"\n")
        now = contents(folder) if content else {}
        how = "" if not killed else "in the middle of a line" if torn else "between two lines"
        print(f"{name:9}  kill {number + 1:2}  finished {len(now):3} of {count}  {how or 'ended before'}", flush=True)
        again = finished & set(begun(folder)[before:])
        if again or not now.items() <= expected.items() or not finished <= set(now):
            sys.exit(f"lost or done twice: {sorted(again or finished - set(now))}")
    last, before = set(contents(folder)), len(begun(folder))
    if start(folder, kind).wait() != 0 or contents(folder) != expected:
        sys.exit("the resumed run did not end as the uninterrupted one")
    print(f"{name:9}  resumed: {count - len(last)} left, {len(begun(folder)) - before} begun, contents identical")


def size_of(folder: Path) -> int:
    """Return the size of the file of results."""
    path = folder / RESULTS_NAME
    return path.stat().st_size if path.exists() else 0


@contextmanager
def two_dask_workers() -> Iterator[str]:
    """Start a cluster of two processes and yield its address."""
    from distributed import LocalCluster

    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0) as cluster:
        yield cluster.scheduler_address


def main() -> None:
    """Kill and resume on every executor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run is not None:
        run(options.run, options.kind)
        return
    moments = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as work, two_dask_workers() as address:
        expected = {}
        for kind in ("threads", LARGE):
            began = time.perf_counter()
            run(Path(work, f"uninterrupted {kind}"), kind)
            print(f"{kind:9}  uninterrupted: {tasks_of(kind)} tasks in {time.perf_counter() - began:.1f} s", flush=True)
            expected[kind] = contents(Path(work, f"uninterrupted {kind}"))
        for kind in ("threads", "processes", address, LARGE):
            folder = Path(work, kind.split(":")[0])
            kill_and_resume(folder, kind, options.kills, moments, expected[LARGE if kind == LARGE else "threads"])


if __name__ == "__main__":
    main()
