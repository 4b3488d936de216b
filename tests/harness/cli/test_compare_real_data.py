"""The real command on the real images: MATLAB's numbers, regions of cells, pairing under removal, medical formats."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from image_shelf import psnr
from PIL import Image

pytestmark = pytest.mark.data


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.matlab
@pytest.mark.parametrize("scale", ["2", "4"])
def test_rcan_on_set5_scores_what_matlab_recorded(srmetrics, data_folder, tmp_path, scale) -> None:
    folder, place = data_folder / "rcan_set5", f"x{scale}"
    candidates = [folder / method / place for method in ("RCAN", "RCANplus")]
    options = ("--protocol", "sr-y", "--scale", scale, "--out", tmp_path)
    assert 0 == srmetrics("compare", folder / "HR" / place, *candidates, *options).code
    expected = {
        (row["method"], f"{row['image']}_HR_{place}"): (float(row["psnr_db"]), float(row["ssim"]))
        for row in rows_of(folder / "matlab_reference.csv")
        if row["scale"] == scale
    }
    found = {
        (row["method"], row["image"]): (float(row["psnr"]), float(row["ssim"]))
        for row in rows_of(tmp_path / "per_image.csv")
    }
    assert expected.keys() == found.keys()
    for key, values in expected.items():
        # MATLAB's are rounded to six decimals.
        assert values == pytest.approx(found[key], abs=1e-6), key


def test_cells_report_nucleus_cytoplasm_and_background_apart(srmetrics, data_folder, tmp_path) -> None:
    cells = data_folder / "wbc" / "images_and_masks"
    some = [f"{number:03}" for number in range(1, 21)]
    for folder in ("HR", "ours", "masks"):
        (tmp_path / folder).mkdir()
    images = {}
    for name in some:
        image = np.asarray(Image.open(cells / f"{name}.bmp"))
        (tmp_path / "HR" / f"{name}.bmp").symlink_to(cells / f"{name}.bmp")
        (tmp_path / "masks" / f"{name}.png").symlink_to(cells / f"{name}.png")
        made = np.clip(image.astype(int) + np.random.default_rng(int(name)).integers(-9, 10, image.shape), 0, 255)
        Image.fromarray(made.astype(np.uint8)).save(tmp_path / "ours" / f"{name}.png")
        images[name] = image, made, np.asarray(Image.open(cells / f"{name}.png"))
    labels = {"nucleus": 255, "cytoplasm": 128, "background": 0}
    done = srmetrics(
        *("compare", tmp_path / "HR" / "*.bmp", tmp_path / "ours", "--metric", "psnr", "--out", tmp_path / "run"),
        *("--masks", tmp_path / "masks" / "*.png", "--labels", "255=nucleus,128=cytoplasm,0=background"),
    )
    assert 0 == done.code, done.err
    found = {(row["image"], row["region"]): row for row in rows_of(tmp_path / "run" / "per_image.csv")}
    assert 20 * 4 == len(found)
    for name, (image, made, mask) in images.items():
        for region, value in labels.items():
            inside = mask == value
            row = found[name, region]
            assert str(inside.sum()) == row["n_pixels"]
            if inside.any():
                assert psnr(image[inside], made[inside]) == pytest.approx(float(row["psnr"]), abs=1e-9)
    assert ["image", *labels] == [row["region"] for row in rows_of(tmp_path / "run" / "leaderboard.csv")]


def test_set14_with_files_missing_pairs_and_scores_the_rest_as_before(srmetrics, data_folder, tmp_path) -> None:
    images = data_folder / "Set14" / "image_SRF_2"
    numbers = range(1, 15)

    def scored(hr: set[int], lr: set[int], turn: str) -> dict[str, str]:
        for folder, word, kept in (("HR", "HR", hr), ("LR", "LR", lr)):
            (tmp_path / turn / folder).mkdir(parents=True)
            for number in kept:
                name = f"img_{number:03}_SRF_2_{word}.png"
                (tmp_path / turn / folder / name).symlink_to(images / name)
        done = srmetrics(
            *("compare", tmp_path / turn / "HR", tmp_path / turn / "LR", "--metric", "mae", "--align", "crop"),
            *("--alpha", "drop", "--out", tmp_path / turn / "run"),
        )
        assert done.code in (0, 3), done.err
        return {row["image"]: row["mae"] for row in rows_of(tmp_path / turn / "run" / "per_image.csv")}

    whole = scored(set(numbers), set(numbers), "whole")
    assert 14 == len(whole)
    rest = scored(set(numbers) - {1, 2, 10, 14}, set(numbers) - {3, 4, 10}, "rest")
    assert {name: mae for name, mae in whole.items() if int(name[4:7]) in {5, 6, 7, 8, 9, 11, 12, 13}} == rest


@pytest.mark.parametrize(
    ("folder", "options", "images"),
    [
        ("dicom", (), {"693_UNCI": 1, "SC_rgb_16bit": 1, "emri_small": 10}),
        ("nifti", ("--data-range", "32767"), {"anatomical": 25, "functional": 60}),
        ("tiff", (), {"img2d": 1, "img3d": 31, "mask2d": 1}),
    ],
)
def test_real_medical_and_microscopy_files_are_scored_slice_by_slice(
    srmetrics, data_folder, tmp_path, folder, options, images
) -> None:
    place = data_folder / "formats" / folder
    out = ("--metric", "mse", "--keep-constant", "--out", tmp_path)
    done = srmetrics("compare", place, f"same={place}", *options, *out)
    assert 0 == done.code, done.err
    rows = rows_of(tmp_path / "per_image.csv")
    found = [row["image"].partition("#")[0] for row in rows]
    assert images == {name: found.count(name) for name in images}
    assert {"0.0"} == {row["mse"] for row in rows}
    digests = json.loads((tmp_path / "run.json").read_text())["inputs"]["reference"]
    assert len(rows) == len(digests)
