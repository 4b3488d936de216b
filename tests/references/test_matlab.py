"""MATLAB's own numbers, on the real images that they were computed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize
from reference_outputs.recorded import HERE, read_rows, read_source
from srmetrics import Scores, evaluate

pytestmark = [pytest.mark.matlab, pytest.mark.data]

RCAN = HERE / "matlab-rcan-set5"
BICUBIC = HERE / "matlab-selfexsr-bicubic"
PUBLISHED = HERE / "published-bicubic"


def read(path: Path) -> NDArray[Any]:
    with Image.open(path) as image:
        return np.asarray(image)


def row_id(row: dict[str, str]) -> str:
    return "-".join(value for name, value in row.items() if name not in ("psnr_db", "ssim"))


@pytest.fixture(scope="module")
def bicubic(data_folder: Path) -> Callable[[dict[str, str]], Scores]:
    """Score bicubic upscaling of one LR image under sr-y8, once for all the tests that ask for it."""
    done: dict[tuple[str, str], Scores] = {}

    def score(row: dict[str, str]) -> Scores:
        key = row["dataset"], row["image"]
        if key not in done:
            scale = int(row["scale"])
            folder = data_folder / row["dataset"] / f"image_SRF_{scale}"
            reference, low = (read(folder / f"{row['image']}_{kind}.png") for kind in ("HR", "LR"))
            done[key] = evaluate(reference, imresize(low, scale), "sr-y8", scale=scale)
        return done[key]

    return score


@pytest.mark.parametrize("row", read_rows(RCAN / "values.csv"), ids=row_id)
def test_rcan_outputs_score_what_matlab_recorded(row: dict[str, str], data_folder: Path) -> None:
    tolerance = read_source(RCAN)["tolerance"]
    scale, method, image = int(row["scale"]), row["method"], row["image"]
    folder = data_folder / "rcan_set5"
    reference = read(folder / "HR" / f"x{scale}" / f"{image}_HR_x{scale}.png")
    candidate = read(folder / method / f"x{scale}" / f"{image}_{method}_x{scale}.png")
    scores = evaluate(reference, candidate, "sr-y", scale=scale)
    assert float(row["psnr_db"]) == pytest.approx(scores["psnr"], abs=tolerance["psnr_db"], rel=0)
    assert float(row["ssim"]) == pytest.approx(scores["ssim"], abs=tolerance["ssim"], rel=0)


def test_the_mean_of_rcan_x4_is_the_published_one(data_folder: Path) -> None:
    """MATLAB's means to the sixth decimal, as RCAN's authors recorded them: 32.633562 dB and 0.900241."""
    folder = data_folder / "rcan_set5"
    scores = [
        evaluate(
            read(folder / "HR" / "x4" / f"{image}_HR_x4.png"),
            read(folder / "RCAN" / "x4" / f"{image}_RCAN_x4.png"),
            "sr-y",
            scale=4,
        )
        for image in ("baby", "bird", "butterfly", "head", "woman")
    ]
    assert 32.633562 == pytest.approx(fmean(one["psnr"] for one in scores), abs=5e-7, rel=0)
    assert 0.900241 == pytest.approx(fmean(one["ssim"] for one in scores), abs=5e-7, rel=0)


@pytest.mark.parametrize("row", read_rows(BICUBIC / "values.csv"), ids=row_id)
def test_bicubic_scores_what_matlab_recorded(row: dict[str, str], bicubic: Callable[[dict[str, str]], Scores]) -> None:
    tolerance = read_source(BICUBIC)["tolerance"]
    scores = bicubic(row)
    assert float(row["psnr_db"]) == pytest.approx(scores["psnr"], abs=tolerance["psnr_db"], rel=0)
    assert float(row["ssim"]) == pytest.approx(scores["ssim"], abs=tolerance["ssim"], rel=0)


@pytest.mark.parametrize(("column", "metric"), [("psnr_db", "psnr"), ("ssim", "ssim")])
def test_most_bicubic_scores_are_matlabs_to_the_last_digits(
    column: str, metric: str, bicubic: Callable[[dict[str, str]], Scores]
) -> None:
    rows = read_rows(BICUBIC / "values.csv")
    assert len(rows) == 57
    apart = [abs(float(row[column]) - bicubic(row)[metric]) for row in rows]
    assert median(apart) <= read_source(BICUBIC)["tolerance"]["median"]


@pytest.mark.parametrize("published", read_rows(PUBLISHED / "values.csv"), ids=row_id)
def test_published_rows_are_reproduced(published: dict[str, str], bicubic: Callable[[dict[str, str]], Scores]) -> None:
    tolerance = read_source(PUBLISHED)["tolerance"]
    scores = [
        bicubic(row)
        for row in read_rows(BICUBIC / "values.csv")
        if (row["dataset"], row["scale"]) == (published["dataset"], published["scale"])
    ]
    assert float(published["psnr_db"]) == pytest.approx(
        fmean(one["psnr"] for one in scores), abs=tolerance["psnr_db"], rel=0
    )
    assert float(published["ssim"]) == pytest.approx(fmean(one["ssim"] for one in scores), abs=tolerance["ssim"], rel=0)


def test_the_one_grey_file_of_set14_moves_its_mean_by_its_grey_policy(data_folder: Path) -> None:
    """Set14 x2: keeping img_003's one channel or expanding it to RGB (studio Y) is 20 log10(255 / 219) on one of 14.

    That is 1.322 dB / 14 = 0.0944 dB of the mean, less what rounding Y adds.
    """
    folder = data_folder / "Set14" / "image_SRF_2"
    reference, low = (read(folder / f"img_003_SRF_2_{kind}.png") for kind in ("HR", "LR"))
    assert reference.ndim == 2
    candidate = imresize(low, 2)
    keep = evaluate(reference, candidate, "sr-y8", scale=2)["psnr"]
    expanded = (np.repeat(image[:, :, None], 3, axis=2) for image in (reference, candidate))
    expand = evaluate(*expanded, "sr-y8", scale=2)["psnr"]
    assert 0.094 == pytest.approx((expand - keep) / 14, abs=1e-3)


def test_the_copies_here_are_the_files_that_the_authors_published(data_folder: Path) -> None:
    for folder, original in ((RCAN, "rcan_set5/matlab_reference.csv"), (BICUBIC, "matlab_bicubic_reference.csv")):
        rows = read_rows(folder / "values.csv")
        assert [{name: row[name] for name in rows[0]} for row in read_rows(data_folder / original)] == rows
