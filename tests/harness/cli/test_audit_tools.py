"""What other tools give by their own defaults is traced to their conventions by ``srmetrics audit``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from importlib.util import find_spec
from statistics import fmean
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize

Pixels = NDArray[Any]
Pair = tuple[Pixels, Pixels]
Lines = dict[str, dict[str, Any]]


def photographs() -> dict[str, Pixels]:
    """Two images of scikit-image: SSIM's automatic rules make one smaller, the other does not fill its range."""
    from skimage import data

    coffee = data.coffee()[80:280, 120:360]
    return {"astronaut": data.astronaut()[:392, 60:452], "coffee": (30 + 0.7 * coffee).astype(np.uint8)}


def mean(score: Callable[[Pixels, Pixels], Any], pairs: list[Pair]) -> float:
    return fmean(float(score(*pair)) for pair in pairs)


def tensors(function: Callable[..., Any], white: float = 1.0, **options: Any) -> Callable[[Pixels, Pixels], Any]:
    """Feed a tool with tensors from 0 to ``white``; these tools take the candidate first, and all are symmetric."""

    def call(reference: Pixels, candidate: Pixels) -> Any:
        import torch

        images = (
            torch.from_numpy(np.moveaxis(one * (white / 255.0), 2, 0)[None].copy()) for one in (candidate, reference)
        )
        return function(*images, **options)

    return call


def luma_psnr(reference: Pixels, candidate: Pixels) -> float:
    """PSNR of OpenCV's grey of floats, 0.299 R + 0.587 G + 0.114 B, without a border of 4."""
    grey = [
        cv2.cvtColor(one.astype(np.float32), cv2.COLOR_RGB2GRAY)[4:-4, 4:-4].astype(float)
        for one in (reference, candidate)
    ]
    return float(10 * np.log10(255.0**2 / np.mean((grey[0] - grey[1]) ** 2)))


def claims(pairs: list[Pair]) -> dict[str, tuple[str, str]]:
    """Return what the installed tools give, printed as papers do."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    def default_ssim(*pair: Pixels) -> float:
        return float(structural_similarity(*pair, channel_axis=2))

    skimage_psnr = f"{mean(peak_signal_noise_ratio, pairs):.2f}"
    found = {
        "skimage": (skimage_psnr, f"{mean(default_ssim, pairs):.4f}"),
        "luma": (f"{mean(luma_psnr, pairs):.3f}", ""),
        "mixed": (f"{mean(luma_psnr, pairs):.3f}", f"{mean(default_ssim, pairs):.5f}"),
    }
    if find_spec("piq"):
        import piq

        found["piq"] = f"{mean(tensors(piq.psnr), pairs):.2f}", f"{mean(tensors(piq.ssim), pairs):.4f}"
    if find_spec("torchmetrics"):
        from torchmetrics.functional.image import peak_signal_noise_ratio as psnr
        from torchmetrics.functional.image import structural_similarity_index_measure as ssim

        decibels = f"{mean(tensors(psnr, data_range=1.0), pairs):.2f}"
        found["torchmetrics"] = decibels, f"{mean(tensors(ssim, data_range=1.0), pairs):.5f}"
        found["torchmetrics-no-range"] = decibels, f"{mean(tensors(ssim), pairs):.5f}"
    if find_spec("pytorch_msssim"):
        import pytorch_msssim

        found["pytorch-msssim"] = "", f"{mean(tensors(pytorch_msssim.ssim, 255.0), pairs):.4f}"
    return found


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory, srmetrics: Callable[..., Any]) -> Lines:
    """One table with a line for each tool, audited by the command; the answers by the tool's name."""
    root = tmp_path_factory.mktemp("tools")
    pairs = {name: (image, imresize(imresize(image, 0.25), 4)) for name, image in photographs().items()}
    for which, folder in enumerate(("HR", "bicubic")):
        (root / folder).mkdir()
        for name, images in pairs.items():
            Image.fromarray(images[which]).save(root / folder / f"{name}.png")
    with (root / "claims.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("method", "candidate", "psnr", "ssim"))
        writer.writerows((name, ".", *numbers) for name, numbers in claims(list(pairs.values())).items())
    done = srmetrics(
        "audit", root / "HR", root / "bicubic", "--claimed-csv", root / "claims.csv", "--scale", 4, "--format", "json"
    )
    # Two tools in one line are two conventions, which may agree by accident.
    assert done.code == 3, done.out + done.err
    return {line["name"]: line for line in json.loads(done.out)["lines"]}


def first(lines: Lines, name: str) -> dict[str, Any]:
    if name not in lines:
        pytest.skip(f"{name} is not installed")
    return dict(lines[name]["classes"][0]["groups"][0][0])


@pytest.mark.parametrize("tool", ["skimage", "piq", "torchmetrics", "torchmetrics-no-range"])
def test_what_a_tool_gives_by_its_defaults_is_found_to_be_its_own_convention(tool: str, lines: Lines) -> None:
    assert [tool] == first(lines, tool)["names"]


def test_pytorch_msssim_is_found_beside_native_which_is_the_same_at_a_range_of_255(lines: Lines) -> None:
    assert {"native", "pytorch-msssim"} <= set(first(lines, "pytorch-msssim")["names"])


def test_psnr_on_full_range_luma_is_named_as_such_with_its_gap(lines: Lines) -> None:
    assert "luma" in first(lines, "luma")["names"]
    (remark,) = lines["luma"]["remarks"]
    assert "PSNR on full-range luma lies 20 log10(255/219) = 1.32 dB below PSNR on studio-range Y" in remark


def test_two_conventions_in_one_line_are_told_apart_with_a_signature_each(lines: Lines) -> None:
    found = first(lines, "mixed")
    assert found["mixed"]
    assert ["mixed"] == [name for name, line in lines.items() if line["exit_code"]]
    assert lines["mixed"]["verdict"].startswith("Agrees, perhaps by accident: PSNR: luma; SSIM: skimage gives it")
    assert "PSNR: luma; SSIM: skimage" == found["convention"]
    assert "psnr|colour:luma-bt601" == found["signatures"]["psnr"][:22]
    assert "window:uniform-7" in found["signatures"]["ssim"]
