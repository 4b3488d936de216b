"""``srmetrics verify`` holds clean runs for right, and catches what was changed, through the real command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_shelf import Shelf, pair_of
from PIL import Image


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def fill(shelf: Shelf, *, images: int = 3, methods: tuple[str, ...] = ("ours", "theirs")) -> None:
    """Write references, and outputs that are noisier from method to method."""
    for at in range(images):
        reference, _ = pair_of(at)
        shelf.put(f"HR/img_{at}.png", reference)
        for worse, method in enumerate(methods, start=1):
            noise = np.random.default_rng(10 * at + worse).integers(-4 * worse, 4 * worse + 1, reference.shape)
            shelf.put(f"{method}/img_{at}.png", np.clip(reference + noise, 0, 255).astype(np.uint8))


def verified(srmetrics, run: Path, *options: object) -> tuple[int, dict[str, Any]]:
    """Return the exit code of the command, and what it said as JSON."""
    done = srmetrics("verify", run, "--format", "json", *options)
    return done.code, json.loads(done.out)


def found(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["status"], one["table"], one["row"]) for one in answer["verdicts"] if one["status"] != "identical"]


def forge(run: Path) -> None:
    """Write the digests of the CSVs into run.json as they are now."""
    import hashlib

    facts = json.loads((run / "run.json").read_text())
    facts["sha256"] = {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in facts["sha256"]}
    (run / "run.json").write_text(json.dumps(facts))


def change_pixel(path: Path) -> None:
    pixels = np.array(Image.open(path))
    pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, 0] ^= 1
    Image.fromarray(pixels).save(path)


def test_a_clean_run_holds(srmetrics, shelf) -> None:
    fill(shelf)
    assert 0 == srmetrics("compare", shelf.root / "HR", shelf.root / "ours", "--out", shelf.root / "run").code
    done = srmetrics("verify", shelf.root / "run")
    assert 0 == done.code
    assert "All holds: every digest, row and score is what the run recorded." in done.out


def test_one_changed_pixel_is_named_with_the_scores_that_it_changed(srmetrics, shelf) -> None:
    fill(shelf)
    srmetrics("compare", shelf.root / "HR", shelf.root / "ours", shelf.root / "theirs", "--out", shelf.root / "run")
    change_pixel(shelf.root / "theirs" / "img_1.png")
    code, answer = verified(srmetrics, shelf.root / "run")
    assert 1 == code
    expected = [("different", "pixels", "img_1, theirs"), ("different", "per_image.csv", "img_1, theirs, image")]
    assert expected == found(answer)
    cells = next(one["cells"] for one in answer["verdicts"] if one["row"] == "img_1, theirs, image")
    assert ["psnr", "ssim"] == [cell["column"] for cell in cells]
    assert all(0 < cell["by"] < 0.01 for cell in cells)
    done = srmetrics("verify", shelf.root / "run")
    assert "different: pixels, img_1, theirs: its pixels are not those that were scored" in done.out
    assert "psnr recorded " in done.out
