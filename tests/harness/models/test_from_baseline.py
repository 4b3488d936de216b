from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srmetrics
from degradations import imresize
from harness.models import Baseline, ImageFacts, LoadSettings, load_upscaler, restore
from srmetrics.errors import ModelError


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_bicubic_scores_what_matlab_recorded_for_every_image_of_set5(scale: int, set5: Any, data_folder: Path) -> None:
    with (data_folder / "matlab_bicubic_reference.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["dataset"] == "Set5" and int(row["scale"]) == scale]
    recorded = {row["image"]: float(row["psnr_db"]) for row in rows}
    bicubic = load_upscaler("bicubic", LoadSettings(scale=scale))
    for number, (lr, hr) in enumerate(set5(scale), start=1):
        output = restore(bicubic, lr, dtype=np.uint8)
        # 5e-5 dB: a few pixels whose values end in .5 before they are rounded.
        assert srmetrics.psnr(hr, output, "sr-y8", scale=scale) == pytest.approx(
            recorded[f"img_{number:03d}_SRF_{scale}"], abs=5e-5
        )


@pytest.mark.parametrize(
    ("name", "kernel"),
    [("nearest", "nearest"), ("bilinear", "bilinear"), ("bicubic", "bicubic"), ("lanczos", "lanczos3")],
)
def test_each_baseline_is_matlabs_kernel(name: str, kernel: Any, photograph: np.ndarray) -> None:
    upscaler = load_upscaler(f"{name}?scale=3")
    np.testing.assert_array_equal(imresize(photograph, 3, kernel=kernel), upscaler.upscale(photograph))
    assert name == upscaler.description.name


def test_floats_stay_floats_and_take_the_references_units(photograph: np.ndarray) -> None:
    unit = photograph[:, :, 0] / 255.0
    plain = Baseline("bicubic", 2).upscale(unit)
    scaled = Baseline("bicubic", 2).upscale(unit, ImageFacts(data_range=1.0, reference_range=255.0))
    np.testing.assert_array_equal(imresize(unit, 2), plain)
    np.testing.assert_array_equal(plain * 255.0, scaled)
    assert plain.min() < unit.min()  # the overshoot of the kernel is not clipped


@pytest.mark.parametrize("dtype", [np.int16, np.float16])
def test_signed_images_of_scanners_and_half_floats_are_resized_as_numbers(dtype: type) -> None:
    image = np.array([[-1000, 400], [30, 3000]], dtype)
    np.testing.assert_array_equal(imresize(image.astype(float), 2), Baseline("bicubic", 2).upscale(image))


def test_a_baseline_without_a_scale_is_refused_with_the_way_out() -> None:
    with pytest.raises(ModelError, match=r"bicubic needs a scale.*Write bicubic\?scale=4, or --scale 4"):
        load_upscaler("bicubic")


def test_a_baseline_of_a_file_is_refused() -> None:
    with pytest.raises(ModelError, match="works on no file"):
        load_upscaler("bicubic:x.png?scale=2")
