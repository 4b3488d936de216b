"""Tasks for the engine's tests: small, of real arithmetic, some of which kill, raise or tell."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from harness.engine.news import is_heard, tell


@dataclass(frozen=True, slots=True)
class Numbered:
    """A task that a number says wholly."""

    number: int

    @property
    def key(self) -> str:
        return f"task {self.number:03d}"

    @property
    def fingerprint(self) -> str:
        return f"made from {self.number}"


def numbered(count: int) -> list[Numbered]:
    return [Numbered(number) for number in range(count)]


def measure(task: Numbered) -> dict[str, object]:
    """Blur, solve and sum: OpenCV, LAPACK and NumPy, and the floats that JSON has no numbers for."""
    image = np.random.RandomState(task.number).uniform(size=(96, 96))
    blurred = cv2.GaussianBlur(image, (11, 11), 1.5)
    singular = np.linalg.svd(blurred.T @ image, compute_uv=False)
    return {
        "sum": float(blurred.sum()),
        "singular": singular,
        "single": np.float32(singular[-1]),
        "infinite": -np.inf if task.number % 2 else np.inf,
        "nothing": float("nan"),
    }


@dataclass(frozen=True)
class Slowly:
    """Measures, after writing its name and process to a file and a pause."""

    folder: Path
    seconds: float = 0.02

    def __call__(self, task: Numbered) -> dict[str, object]:
        note(self.folder, f"{task.key} {os.getpid()}")
        time.sleep(self.seconds)
        return measure(task)


@dataclass(frozen=True)
class KillsItsWorker:
    """Measures, but the first times that it gets one task it kills the process that it is in."""

    folder: Path
    number: int
    times: int

    def __call__(self, task: Numbered) -> dict[str, object]:
        note(self.folder, f"{task.key} {os.getpid()}")
        if task.number == self.number and len(starts(self.folder, task)) <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return measure(task)


@dataclass(frozen=True)
class Raises:
    """Measures, but raises over one task."""

    number: int
    error: Exception

    def __call__(self, task: Numbered) -> dict[str, object]:
        if task.number == self.number:
            raise self.error
        return measure(task)


def threads_in_use(task: Numbered) -> dict[str, object]:
    """Tell how many threads each library would use here."""
    from threadpoolctl import threadpool_info

    time.sleep(0.05)  # So that no worker gets all tasks.
    return {
        "opencv": cv2.getNumThreads(),
        "variable": os.environ.get("OMP_NUM_THREADS"),
        "pools": sorted({pool["num_threads"] for pool in threadpool_info()}),
    }


def note(folder: Path, line: str) -> None:
    """Add a line to the folder's notes: whole, whoever writes beside."""
    with (folder / "notes.txt").open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def notes(folder: Path) -> list[str]:
    path = folder / "notes.txt"
    return path.read_text().splitlines() if path.exists() else []


def starts(folder: Path, task: Numbered) -> list[str]:
    return [line for line in notes(folder) if line.startswith(f"{task.key} ")]


_inside = threading.Semaphore(100)


def neighbours(task: Numbered) -> int:
    """Tell how many tasks are in this process together with this one, itself among them."""
    with _inside:
        time.sleep(0.05)
        return 100 - _inside._value


def give_lock(task: Numbered) -> object:
    """Give what cannot be sent anywhere."""
    return threading.Lock()


class Unloadable:
    """Can be sent, but not received."""

    def __call__(self, task: Numbered) -> object:
        raise NotImplementedError

    def __reduce__(self) -> tuple[object, ...]:
        return (_refuse, ())


def _refuse() -> object:
    raise ValueError("not loaded here")


def tells(task: Numbered) -> dict[str, object]:
    """Measure, telling of it before and after; what cannot be read elsewhere too."""
    tell(("begins", task.number))
    tell(Unreadable())
    result = measure(task)
    tell(("ends", task.number))
    return {**result, "heard": is_heard()}


class Unreadable:
    """Pickles, and cannot be unpickled."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _cannot_be_read, ()


def _cannot_be_read() -> None:
    raise ValueError("not here")
