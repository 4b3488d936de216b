"""Sixty conventions drawn at random on real pairs, scored by ``evaluate``, printed as papers do, and audited.

The right class of a case is strict in three ways: the true convention's signature must be among the conventions of the
*first* class; all conventions of that class must print the claimed numbers (checked here from their own means); and
they must be one protocol for both numbers, or all two.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize
from harness.images import find_images, read_picture
from harness.jobs.audit.facts import Facts
from harness.jobs.audit.named import named_conventions
from harness.jobs.audit.rules import SPREADS, protocol_of
from harness.jobs.audit.space import full_space
from srmetrics import EvaluationProtocol, evaluate, format_signature

Pixels = NDArray[Any]
CASES = 60
LEAST = 57
"""95 %."""

FACTS = Facts(255.0, grey=False, colour=True, alpha=False, sizes_differ=False, deeper=False, volumes=False)


def blurred(image: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(image, (7, 7), 1.6))


def noisy(image: Pixels) -> Pixels:
    noise = np.random.default_rng(11).normal(0, 10, image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def as_jpeg(image: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])


@pytest.fixture(scope="module")
def sets(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, int]]:
    """Pairs of folders with their scale: RCAN's outputs, bicubic, blur, noise and JPEG on real images."""
    from skimage import data

    root = tmp_path_factory.mktemp("sets")
    rcan = data_folder / "rcan_set5"
    found = [
        (str(rcan / "HR" / "x4" / "b*.png"), str(rcan / "RCAN" / "x4" / "b*.png"), 4),
        (str(rcan / "HR" / "x2" / "[hw]*.png"), str(rcan / "RCANplus" / "x2" / "[hw]*.png"), 2),
    ]
    set14 = {
        f"img_{at:03}": np.asarray(Image.open(data_folder / "Set14" / "image_SRF_3" / f"img_{at:03}_SRF_3_HR.png"))
        for at in (5, 9, 13)
    }
    photographs = {"coffee": data.coffee()[100:292, 150:390], "chelsea": data.chelsea()[40:232, 100:340]}
    for name, images, degrade, scale in (
        ("bicubic", set14, lambda image: imresize(imresize(image, 1 / 3), 3)[: image.shape[0], : image.shape[1]], 3),
        ("blur", photographs, blurred, 4),
        ("noise", photographs, noisy, 2),
        ("jpeg", photographs, as_jpeg, 2),
    ):
        for folder in ("HR", name):
            (root / name / folder).mkdir(parents=True)
        for key, image in images.items():
            Image.fromarray(image).save(root / name / "HR" / f"{key}.png")
            Image.fromarray(degrade(image)).save(root / name / name / f"{key}.png")
        found.append((str(root / name / "HR"), str(root / name / name), scale))
    return found


def drawn(rng: random.Random, scale: int) -> EvaluationProtocol:
    """Draw a convention of the search space that a signature can say, all alike."""
    space = full_space(FACTS, scale, named_conventions(scale))
    rules = [pair for pair in space.joint() if pair[0].range not in SPREADS and pair[0].pooling == "image"]
    protocol = protocol_of(*rng.choice(rules), 255.0)
    assert protocol is not None
    return protocol


def without_eps(signature: str | None) -> str:
    """Return a signature without piq's 1e-8, which moves no printed digit under 50 dB."""
    return (signature or "").replace("psnr_eps:1e-08", "psnr_eps:none")


@pytest.mark.data
def test_conventions_drawn_at_random_are_found_in_the_right_class(
    sets: list[tuple[str, str, int]], tmp_path: Path, srmetrics: Callable[..., Any], record_property: Any
) -> None:
    rng = random.Random(2026)
    images = [
        [[read_picture(file.path).pixels for file in find_images(place).files] for place in places]
        for *places, _ in sets
    ]
    cases = []
    for case in range(CASES):
        reference, candidate, scale = sets[case % len(sets)]
        protocol = drawn(rng, scale)
        scores = [evaluate(*pair, protocol) for pair in zip(*images[case % len(sets)], strict=True)]
        psnr, ssim = fmean(one["psnr"] for one in scores), fmean(one["ssim"] for one in scores)
        signature = format_signature(protocol)
        cases.append((signature, reference, candidate, scale, f"{psnr:.2f}", f"{ssim:.4f}"))
    with (tmp_path / "claims.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("reference", "candidate", "scale", "psnr", "ssim"))
        writer.writerows(row[1:] for row in cases)
    done = srmetrics("audit", "/", "/", "--claimed-csv", tmp_path / "claims.csv", "--format", "json")
    assert done.code in (0, 3), done.err
    lines = json.loads(done.out)["lines"]
    assert CASES == len(lines)
    right, alone, first_group, first_named, sizes, n_groups = 0, 0, 0, 0, [], []
    for (signature, *_, psnr, ssim), line in zip(cases, lines, strict=True):
        if not line["classes"]:
            continue
        best = line["classes"][0]
        members = [one for group in best["groups"] for one in group]
        printed = {(f"{one['psnr']:.2f}", f"{one['ssim']:.4f}") for one in members}
        strict = printed == {(psnr, ssim)} and {best["mixed"]} == {one["mixed"] for one in members}
        mine = [one["signatures"].get("both") for one in members]
        right += strict and signature in mine
        alone += strict and {without_eps(signature)} == {without_eps(one) for one in mine}
        first_group += signature in [one["signatures"].get("both") for one in best["groups"][0]]
        first_named += without_eps(signature) == without_eps(mine[0])
        sizes.append(best["n_conventions"])
        n_groups.append(len(best["groups"]))
    classes = [line["n_classes"] for line in lines]
    figure = (
        f"{right} of {CASES} in the right class ({alone} alone in it, but for 1e-8 added to the MSE); "
        f"classes per case: median {median(classes)}; "
        f"conventions in the first class: median {median(sizes)}, in groups: median {median(n_groups)}; truth in the "
        f"first group: {first_group}; truth named first: {first_named}"
    )
    record_property("identified", figure)
    print(figure)
    assert right >= LEAST, figure
