"""The default classifier needs no torch, and those that do name the way to install it."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys

class Absent:  # as if torch were not installed
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")

sys.meta_path.insert(0, Absent)
import numpy as np
from harness.classifiers import build_classifier, classify
from srmetrics.errors import DependencyError

rng = np.random.RandomState(0)
images = {f"{n:02d}": rng.randint(0, 100 + 100 * (n % 2), (24, 24, 3), dtype=np.uint8) for n in range(20)}
labels = {key: "ab"[int(key) % 2] for key in images}
rows = classify({"hr": images}, labels, None, {"default": build_classifier("default")}).rows
print(len(rows))
for spec in ("small-resnet", "torchvision:resnet18", "timm:resnet10t"):
    try:
        build_classifier(spec)
    except DependencyError as error:
        print(error)
"""


def test_the_default_runs_without_torch_and_the_others_say_how_to_install_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    rows, *errors = done.stdout.splitlines()
    assert "40" == rows, done.stderr  # five repeats of four test images in two modes
    assert 3 == len(errors)
    assert all("pip install 'srmetrics[" in error for error in errors), errors
