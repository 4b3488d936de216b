"""The demo's classification leaderboard, on patches of photographs that ship with scikit-image."""

from __future__ import annotations

import subprocess
import sys

import pytest

from harness.jobs.bench_result import BenchResult
from harness.jobs.demo_textures import run_texture_demo


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> BenchResult:
    return run_texture_demo(tmp_path_factory.mktemp("demo"))


def test_a_classifier_trained_on_hr_is_best_on_hr(result: BenchResult) -> None:
    assert result.classification is not None
    accuracy = {one.arm: one.metrics["accuracy"].value for one in result.classification.arms if one.mode == "frozen"}
    assert {"hr", "lr", "nearest", "bicubic", "lanczos"} == set(accuracy)
    assert accuracy["hr"] == max(accuracy.values())


def test_lanczos_restores_textures_best_and_nearest_worst(result: BenchResult) -> None:
    psnr = {row.method: row.cells["psnr"].summary.mean for row in result.leaderboard.rows}
    assert ["nearest", "bicubic", "lanczos"] == sorted(psnr, key=lambda method: psnr[method])


def test_the_printed_text_shows_every_leaderboard(result: BenchResult) -> None:
    text = str(result)
    for words in ("skimage-textures x4", "classification: default, retrain", "classification: default, frozen"):
        assert words in text


def test_the_demo_loads_no_torch() -> None:
    code = "import sys, harness.jobs.demo_textures, harness.jobs.bench_text; assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
