"""The peak of memory of one large pair (DESIGN 10: 4096 x 4096 RGB in under 400 MB)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# The peak of the process's own memory. Linux's VmHWM starts anew with the program, where ru_maxrss may remember the
# parent that it was forked from.
PROGRAM = """
import json, resource, sys
from pathlib import Path
import numpy as np
import srmetrics

side = 4096
reference = np.empty((side, side, 3), np.uint8)
candidate = np.empty_like(reference)
for row in range(side):
    reference[row] = (np.arange(side * 3) * (row + 1) % 251).reshape(side, 3)
    candidate[row] = reference[row] // 2 + row % 100
mask = None
if sys.argv[1] == "masked":
    mask = np.zeros((side, side), np.uint8)
    mask[1000:3000, 500:3000] = 255
scores = [dict(srmetrics.evaluate(reference, candidate, name, scale=4, mask=mask)) for name in ("native", "sr-y")]
status = Path("/proc/self/status")
if status.exists():
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    peak = int(line.split()[1]) * 1024
else:
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
print(json.dumps({"peak": peak, "scores": scores}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="reads the peak of memory as Linux and macOS tell it")
@pytest.mark.parametrize("region", ["whole", "masked"])
def test_a_pair_of_4096_x_4096_takes_less_than_400_mb(region: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, region], capture_output=True, text=True, check=True, timeout=300
    )
    said = json.loads(done.stdout)
    assert all(0 < scores["ssim"] < 1 for scores in said["scores"])
    # The two images alone are 100 MB, Python with numpy, scipy and OpenCV about 80.
    assert said["peak"] < 400e6
