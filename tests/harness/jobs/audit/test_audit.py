"""The audit in Python: what it takes, what it returns, single images, tables, volumes, floats."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from harness.jobs.audit import audit, audit_table
from harness.jobs.audit.words import signatures
from srmetrics import PRESETS, EvaluationProtocol, evaluate, evaluate_volume, parse_signature
from srmetrics.errors import UsageError

Pixels = NDArray[Any]


def noisy(image: Pixels, seed: int, most: int = 9) -> Pixels:
    noise = np.random.default_rng(seed).integers(-most, most + 1, image.shape)
    return np.clip(image.astype(int) + noise, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def references() -> dict[str, Pixels]:
    from skimage import data

    coffee = data.coffee()
    return {f"image{at}": coffee[80 + 50 * at : 150 + 50 * at, 200:280] for at in range(4)}


@pytest.fixture(scope="module")
def folders(references: dict[str, Pixels], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("audit")
    for folder in ("HR", "ours", "theirs"):
        (root / folder).mkdir()
    for seed, (name, image) in enumerate(references.items()):
        Image.fromarray(image).save(root / "HR" / f"{name}.png")
        Image.fromarray(noisy(image, seed)).save(root / "ours" / f"{name}.png")
        Image.fromarray(noisy(image, seed, 20)).save(root / "theirs" / f"{name}.png")
    return root


def scores(references: dict[str, Pixels], protocol: str, most: int = 9) -> dict[str, tuple[float, float]]:
    found = {}
    for seed, (name, image) in enumerate(references.items()):
        one = evaluate(image, noisy(image, seed, most), protocol, scale=4)
        found[name] = one["psnr"], one["ssim"]
    return found


def claim(found: dict[str, tuple[float, float]]) -> str:
    psnr, ssim = (fmean(column) for column in zip(*found.values(), strict=True))
    return f"{psnr:.2f}/{ssim:.4f}"


@pytest.mark.parametrize("preset", ["sr-y", "sr-y8", "native", "ntire", "skimage", "matlab-ssim"])
def test_every_reported_signature_gives_the_claim_back(
    preset: str, folders: Path, references: dict[str, Pixels]
) -> None:
    claimed = claim(scores(references, preset))
    found = audit(folders / "HR", folders / "ours", claimed, scale=4, workers=1)
    assert preset in found.classes[0].first.names
    assert (
        PRESETS[preset].protocol.resolve(scale=4, data_range=255)
        == parse_signature(signatures(found.classes[0].first, 255.0)["both"]).protocol
    )
    for one in found.classes[0].conventions[:4]:
        again = scores(references, signatures(one, 255.0)["both"])
        if one.agreement == "rounded":
            assert claimed == claim(again)


def test_without_a_scale_the_crop_tells_it(folders: Path, references: dict[str, Pixels]) -> None:
    psnr, ssim = (fmean(column) for column in zip(*scores(references, "sr-y").values(), strict=True))
    found = audit(folders / "HR", folders / "ours", f"{psnr:.4f}/{ssim:.6f}", workers=1)
    assert ("sr-y", 4) == (found.classes[0].first.nearest.name, found.classes[0].first.nearest.scale)


def test_single_images_tell_apart_what_their_mean_cannot(
    folders: Path, references: dict[str, Pixels], tmp_path: Path
) -> None:
    single = scores(references, "skimage")
    table = tmp_path / "single.csv"
    lines = [f"{name},{psnr:.2f},{ssim:.4f}" for name, (psnr, ssim) in single.items()]
    table.write_text("\n".join(["image,psnr,ssim", *lines]), encoding="utf-8")
    found = audit(folders / "HR", folders / "ours", claimed_images=table, scale=4, workers=1)
    mean_only = audit(folders / "HR", folders / "ours", claim(single), scale=4, workers=1)
    assert ("skimage",) == found.classes[0].first.names
    # All that agrees prints the same digits on every image, by construction: one group is left.
    assert [1] == [len(each.groups) for each in found.classes if not each.first.mixed]
    many = sum(len(each.conventions) for each in mean_only.classes)
    assert sum(len(each.conventions) for each in found.classes) <= many


def test_a_single_image_that_is_not_there_is_refused_by_name(folders: Path, tmp_path: Path) -> None:
    table = tmp_path / "single.csv"
    table.write_text("image,psnr\nimage9,30.00\n", encoding="utf-8")
    with pytest.raises(UsageError, match="image9"):
        audit(folders / "HR", folders / "ours", claimed_images=table, workers=1)


def test_an_image_that_is_claimed_twice_is_refused(folders: Path, tmp_path: Path) -> None:
    table = tmp_path / "single.csv"
    table.write_text("image,psnr\nimage1,30.00\nimage1,31.00\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"line 3 of single\.csv claims an image again"):
        audit(folders / "HR", folders / "ours", claimed_images=table, workers=1)


def test_a_table_is_audited_line_by_line_and_exchanged_lines_are_told(
    folders: Path, references: dict[str, Pixels], tmp_path: Path
) -> None:
    ours, theirs = claim(scores(references, "sr-y")), claim(scores(references, "sr-y", 20))
    table = tmp_path / "table.csv"
    rows = [("ours", theirs), ("theirs", ours)]
    table.write_text(
        "Method,PSNR,SSIM,scale\n" + "".join(f"{name},{both.replace('/', ',')},x4\n" for name, both in rows), "utf-8"
    )
    found = audit_table(folders / "HR", folders, table, workers=1)
    assert 3 == found.exit_code
    assert [
        f"ours: {theirs} is what theirs scores under sr-y: rows exchanged?",
        f"theirs: {ours} is what ours scores under sr-y: rows exchanged?",
    ] == list(found.remarks)


def test_a_method_without_a_folder_is_not_given_the_scores_of_another(
    folders: Path, references: dict[str, Pixels], tmp_path: Path
) -> None:
    both = claim(scores(references, "sr-y"))
    table = tmp_path / "table.csv"
    lines = "".join(f"{name},{both.replace('/', ',')}\n" for name in ("ours", "EDSR"))
    table.write_text("method,psnr,ssim\n" + lines, "utf-8")
    found = audit_table(folders / "HR", folders / "ours", table, scale=4, workers=1)
    assert 3 == found.exit_code
    assert [False, True] == [line.audit is None for line in found.lines]
    assert "there is no folder of the method 'EDSR'" in found.lines[1].error
    assert [f"EDSR: {both} is what ours scores under sr-y: rows exchanged?"] == list(found.remarks)


@pytest.mark.parametrize(
    ("reference", "candidate", "side"), [("A", "", "candidate"), ("", "A", "reference"), ("", "", "reference")]
)
def test_a_data_set_without_a_folder_is_not_given_the_scores_of_another(
    reference: str, candidate: str, side: str, folders: Path, references: dict[str, Pixels], tmp_path: Path
) -> None:
    """Sets number their images alike: image1 of A would be scored against image1 of B."""
    shutil.copytree(folders / "HR", tmp_path / "HR" / reference)
    shutil.copytree(folders / "ours", tmp_path / "ours" / candidate)
    table = tmp_path / "table.csv"
    line = claim(scores(references, "sr-y")).replace("/", ",")

    def errors(text: str) -> list[str]:
        table.write_text(text, "utf-8")
        return [one.error for one in audit_table(tmp_path / "HR", tmp_path / "ours", table, scale=4, workers=1).lines]

    first, second = errors(f"dataset,psnr,ssim\nA,{line}\nB,{line}\n")
    assert "there is no folder of the data set 'A'; found a table of 2 data sets" in first
    assert f"a column {side} that says where its images lie" in first
    assert "there is no folder of the data set 'B'" in second
    told = f"A,{reference or '.'},{candidate or '.'},{line}"
    first, second = errors(f"dataset,reference,candidate,psnr,ssim\n{told}\nB,,,{line}\n")
    assert "" == first
    assert "there is no folder of the data set 'B'" in second


def test_a_table_names_the_convention_that_gives_most_lines(
    folders: Path, references: dict[str, Pixels], tmp_path: Path
) -> None:
    lines = [("ours", "sr-y", 9), ("theirs", "sr-y", 20), ("ours", "native", 9)]
    text = "".join(
        f"{name},{claim(scores(references, preset, most)).replace('/', ',')}\n" for name, preset, most in lines
    )
    table = tmp_path / "table.csv"
    table.write_text("method,psnr,ssim\n" + text, "utf-8")
    found = audit_table(folders / "HR", folders, table, scale=4, workers=1)
    assert 0 == found.exit_code
    assert ("sr-y", 2) == found.conventions[0]


def test_a_line_whose_folder_is_not_there_fails_alone(folders: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("candidate,psnr\nours,30.00\nnowhere,30.00\n", "utf-8")
    found = audit_table(folders / "HR", folders, table, scale=4, workers=1)
    assert [False, True] == [line.audit is None for line in found.lines]
    assert "nowhere" in found.lines[1].error
    assert 3 == found.exit_code


def test_a_volume_is_found_to_be_scored_as_fastmri_does(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    volumes = []
    for which in ("HR", "SR"):
        (tmp_path / which).mkdir()
    for name in ("knee", "brain"):
        smooth = np.cumsum(rng.normal(size=(5, 40, 48)), axis=2)
        reference = (smooth - smooth.min()) * 7
        candidate = reference + rng.normal(size=reference.shape)
        volumes.append((reference, candidate))
        np.save(tmp_path / "HR" / f"{name}.npy", reference)
        np.save(tmp_path / "SR" / f"{name}.npy", candidate)
    expected = [evaluate_volume(*pair, "fastmri")[0] for pair in volumes]
    psnr, ssim = fmean(one["psnr"] for one in expected), fmean(one["ssim"] for one in expected)
    found = audit(tmp_path / "HR", tmp_path / "SR", f"{psnr:.3f}/{ssim:.5f}", workers=1)
    assert ("fastmri",) == found.classes[0].first.names


def test_floats_that_were_saved_with_8_bits_first_are_found(references: dict[str, Pixels], tmp_path: Path) -> None:
    for folder in ("HR", "SR"):
        (tmp_path / folder).mkdir()
    found = []
    for seed, (name, image) in enumerate(references.items()):
        output = image / 255.0 + np.random.default_rng(seed).normal(0, 0.02, image.shape)
        np.save(tmp_path / "HR" / f"{name}.npy", image / 255.0)
        np.save(tmp_path / "SR" / f"{name}.npy", output)
        saved = np.clip(np.floor(output * 255.0 + 0.5), 0, 255).astype(np.uint8)
        found.append(evaluate(image, saved, "sr-y8", scale=2))
    psnr, ssim = fmean(one["psnr"] for one in found), fmean(one["ssim"] for one in found)
    answer = audit(tmp_path / "HR", tmp_path / "SR", f"{psnr:.4f}/{ssim:.6f}", scale=2, workers=1)
    first = answer.classes[0].first
    assert ("sr-y8",) == first.names
    assert first.psnr_rule.reading.stored == "8-bit"
    assert any("do not say their data range" in note for note in answer.notes)


def test_two_odd_conventions_that_agree_one_by_one_are_not_called_found(
    folders: Path, references: dict[str, Pixels]
) -> None:
    """Among so many PSNR and SSIM conventions some two always agree with anything."""
    odd = EvaluationProtocol(
        colour="luma-bt601", round="integer", crop=3, window="uniform-7", edges="reflect", covariance="sample"
    )
    psnr = fmean(one[0] for one in scores(references, "sr-y").values())
    ssim = fmean(evaluate(image, noisy(image, seed), odd)["ssim"] for seed, image in enumerate(references.values()))
    found = audit(folders / "HR", folders / "ours", f"{psnr:.3f}/{ssim:.6f}", scale=4, workers=1)
    assert 3 == found.exit_code
    assert "sr-y" in found.alone[0][0].names


def test_nothing_claimed_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing is claimed"):
        audit("HR", "SR")
