"""Real-ESRGAN's degradation, from the first pixel to the last, against BasicSR's functions with the same draws."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from basicsr.data import degradations as basicsr
from skimage.data import astronaut

from degradations import degrade
from degradations.step import Image, Record
from degradations.steps.noise import normal_field
from degradations.steps.poisson import PoissonNoise

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def paths() -> ModuleType:
    """Load the benchmark's chain of BasicSR's functions, which a record drives."""
    spec = importlib.util.spec_from_file_location("basicsr_paths", BENCHMARKS / "basicsr_paths.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def use_our_noise(patch: pytest.MonkeyPatch, paths: ModuleType, records: list[Record]) -> None:
    """Let BasicSR's functions add the fields and counts that our record names."""
    noises = iter(record for name, record in paths.events(records) if name in ("gaussian", "poisson"))

    def gaussian(image: Image, sigma: float, gray_noise: bool) -> Image:
        shape = image.shape[:2] if gray_noise else image.shape
        field = normal_field(next(noises)["field"], shape, np.dtype(np.float64))
        patch.setattr(np.random, "randn", lambda *_: field if gray_noise else field[..., ::-1])  # theirs are BGR
        return original_gaussian(image, sigma, gray_noise=gray_noise)

    def poisson(image: Image, scale: float, gray_noise: bool) -> Image:
        noisy = PoissonNoise((scale, scale)).apply(image[..., ::-1].copy(), next(noises))
        return np.ascontiguousarray(noisy[..., ::-1])

    original_gaussian = basicsr.add_gaussian_noise
    patch.setattr(basicsr, "add_gaussian_noise", gaussian)
    patch.setattr(basicsr, "add_poisson_noise", poisson)  # its own equality is held in test_poisson


@pytest.mark.parametrize("recipe", ["realesrgan-x4plus", "realesrgan-x2plus-nousm"])
@pytest.mark.parametrize("draw", range(12))
def test_equals_basicsrs_functions_within_rounding(
    recipe: str, draw: int, paths: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = astronaut()[40:200, 60:220]
    made, record = degrade(image, recipe, seed=7, key="pixels", draw=draw)
    records = [each["drew"] for each in record["draws"]]
    use_our_noise(monkeypatch, paths, records)
    sharpened = "nousm" not in recipe
    expected = paths.by_numpy(np.ascontiguousarray(image[..., ::-1]), records, sharpened)[..., ::-1]
    difference = np.abs(expected.astype(int) - made)
    # Float32 sums in another order (1e-6) move a level only where a value lies on a tie: at most a few pixels. But
    # where that happens before a JPEG, one coefficient of its block may fall to the next step, and that whole block
    # moves a little.
    assert np.mean(difference > 0) < 0.03
    assert difference.mean() < 0.05
