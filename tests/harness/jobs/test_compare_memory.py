"""Memory is bounded by the workers and not by the folder."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

PEAK = """
import sys, harness
board = harness.compare(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))
assert len(board.per_image) == int(sys.argv[4])
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0])  # getrusage would count the process that started this one
"""


def peak(folder: Path, workers: int, pairs: int) -> int:
    """Return the peak of a process of its own, in KiB."""
    arguments = [sys.executable, "-c", PEAK, folder / "HR", folder / "ours", str(workers), str(pairs)]
    return int(subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_folder_takes_no_more_than_its_workers_take_for_one_pair_each(tmp_path: Path) -> None:
    def filled(name: str, side: int, pairs: int) -> Path:
        small = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
        image = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
        for folder in ("HR", "ours"):
            (tmp_path / name / folder).mkdir(parents=True)
            cv2.imwrite(str(tmp_path / name / folder / "0.png"), image // (1 + (folder == "ours")))
            for index in range(1, pairs):
                os.link(tmp_path / name / folder / "0.png", tmp_path / name / folder / f"{index}.png")
        return tmp_path / name

    base = peak(filled("tiny", 16, 1), 1, 1)
    one = peak(filled("one", 1400, 1), 1, 1) - base
    many = peak(filled("many", 1400, 8), 2, 8) - base
    # Two images of 5.6 MiB at the least; and a tenth for how the allocator cuts its pages. All 8 pairs held at once
    # would take 8 times as much.
    assert one > 2 * 1400 * 1400 * 3 / 1024
    assert many < 2.2 * one
