"""Each suspicion is found where it is planted, and not where nothing is."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from image_shelf import Shelf
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize
from harness.jobs.audit import Audit, audit
from srmetrics import evaluate

Pixels = NDArray[Any]
Images = dict[str, Pixels]


@pytest.fixture(scope="module")
def references() -> Images:
    """Four RGB images with real content, small enough to be quick."""
    from skimage import data

    coffee, cat = data.coffee(), data.chelsea()
    return {
        "cup": coffee[100:196, 200:296],
        "spoon": coffee[220:316, 60:156],
        "eye": cat[80:176, 120:216],
        "fur": cat[150:246, 250:346],
    }


@pytest.fixture(scope="module")
def candidates(references: Images) -> Images:
    return {name: np.asarray(imresize(imresize(image, 0.5), 2)) for name, image in references.items()}


def audited(folder: Path, references: Images, candidates: Images, claimed: str) -> Audit:
    for name, images in (("HR", references), ("SR", candidates)):
        (folder / name).mkdir()
        for key, image in images.items():
            Image.fromarray(image).save(folder / name / f"{key}.png")
    return audit(folder / "HR", folder / "SR", claimed, scale=2, workers=1)


def mean_of(references: Images, candidates: Images, protocol: str = "sr-y") -> tuple[float, float]:
    scores = [evaluate(references[key], candidates[key], protocol, scale=2) for key in references]
    return fmean(one["psnr"] for one in scores), fmean(one["ssim"] for one in scores)


def printed(numbers: tuple[float, float]) -> str:
    return f"{numbers[0]:.3f}/{numbers[1]:.5f}"


def explaining(found: Audit) -> list[str]:
    return [one.words for one in found.suspects if one.verdict == "explains"]


def test_a_claim_that_sr_y_gives_needs_no_suspects(tmp_path: Path, references: Images, candidates: Images) -> None:
    found = audited(tmp_path, references, candidates, printed(mean_of(references, candidates)))
    assert ("sr-y",) == found.classes[0].first.names
    assert (0, ()) == (found.exit_code, found.suspects)


def test_channels_swapped_in_the_candidate_are_found(tmp_path: Path, references: Images, candidates: Images) -> None:
    claimed = printed(mean_of(references, candidates, "native"))
    found = audited(tmp_path, references, {key: image[:, :, ::-1] for key, image in candidates.items()}, claimed)
    assert 3 == found.exit_code
    (words,) = explaining(found)
    assert words.startswith("native gives")
    assert words.endswith("when the candidate's red and blue are swapped")


def test_bgr_read_as_rgb_in_both_images_is_found(tmp_path: Path, references: Images, candidates: Images) -> None:
    turned = [{key: image[:, :, ::-1] for key, image in images.items()} for images in (references, candidates)]
    found = audited(tmp_path, references, candidates, printed(mean_of(turned[0], turned[1])))
    (words,) = explaining(found)
    assert words.startswith("sr-y gives")
    assert words.endswith("swapped in both (BGR read as RGB)")


def test_the_grey_of_scikit_image_is_found(tmp_path: Path, references: Images, candidates: Images) -> None:
    from skimage.color import rgb2gray
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    pairs = [(rgb2gray(references[key]), rgb2gray(candidates[key])) for key in references]
    psnr = fmean(float(peak_signal_noise_ratio(*pair, data_range=1.0)) for pair in pairs)
    ssim = fmean(float(structural_similarity(*pair, data_range=1.0)) for pair in pairs)
    found = audited(tmp_path, references, candidates, printed((psnr, ssim)))
    (words,) = explaining(found)
    assert words.startswith("skimage gives")
    assert "BT.709" in words


def test_ssim_of_floats_with_a_range_of_255_is_found(tmp_path: Path, references: Images, candidates: Images) -> None:
    from skimage.metrics import structural_similarity

    psnr, _ = mean_of(references, candidates, "native")
    ssim = fmean(
        float(structural_similarity(references[key] / 255.0, candidates[key] / 255.0, channel_axis=2, data_range=255))
        for key in references
    )
    assert ssim > 0.999  # such an SSIM is nearly blind
    found = audited(tmp_path, references, candidates, f"{psnr:.3f}/{ssim:.8f}")
    (words,) = explaining(found)
    assert words.endswith("values from 0 to 1 were scored with a range of 255")


def test_psnr_with_a_peak_of_1_on_bytes_is_found(tmp_path: Path, references: Images, candidates: Images) -> None:
    psnr, ssim = mean_of(references, candidates)
    wrong = psnr - 20 * np.log10(255)
    found = audited(tmp_path, references, candidates, f"psnr={wrong:.3f},ssim={ssim:.5f}")
    assert any("48.13 dB below sr-y" in words for words in explaining(found))


@pytest.mark.parametrize("which", ["pooled", "median", "left out", "one alone"])
def test_another_average_is_found(which: str, tmp_path: Path, references: Images, candidates: Images) -> None:
    scores = {key: evaluate(references[key], candidates[key], "sr-y", scale=2) for key in references}
    psnr, ssim = [np.array([one[name] for one in scores.values()]) for name in ("psnr", "ssim")]
    keys = list(references)
    claimed, said = {
        "pooled": ((-10 * np.log10(np.mean(10 ** (-psnr / 10))), ssim.mean()), "pooled over all images"),
        "median": ((np.median(psnr), np.median(ssim)), "the median over the images"),
        "left out": ((psnr[1:].mean(), ssim[1:].mean()), f"the mean without {keys[0]!r}"),
        "one alone": ((psnr[2], ssim[2]), f"the score of {keys[2]!r} alone"),
    }[which]
    found = audited(tmp_path, references, candidates, printed(claimed))
    assert any(said in words and "under sr-y" in words for words in explaining(found))


@pytest.mark.parametrize("quality", [95, 75])
def test_results_saved_as_jpeg_are_found(quality: int, tmp_path: Path, references: Images, candidates: Images) -> None:
    import cv2

    lossy = {}
    for key, image in candidates.items():
        _, stored = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        lossy[key] = cv2.imdecode(stored, cv2.IMREAD_COLOR)[:, :, ::-1]
    found = audited(tmp_path, references, candidates, printed(mean_of(references, lossy)))
    (words,) = explaining(found)
    assert words.startswith(f"saved as JPEG of quality {quality} first, sr-y gives")


@pytest.mark.parametrize("shift", [(1.0, 0.0), (0.5, 0.5)])
def test_a_shift_is_measured_and_undone(
    shift: tuple[float, float], tmp_path: Path, references: Images, candidates: Images
) -> None:
    from scipy import ndimage

    moved = {
        key: np.clip(ndimage.shift(image.astype(float), (*shift, 0), order=5, mode="mirror") + 0.5, 0, 255).astype(
            np.uint8
        )
        for key, image in candidates.items()
    }
    found = audited(tmp_path, references, moved, printed(mean_of(references, candidates)))
    (words,) = [one.words for one in found.suspects if one.name == "shift"]
    assert words.startswith(
        f"4 of 4 candidates are shifted, by ({shift[0]:+.2f}, {shift[1]:+.2f}) pixels in the middle"
    )
    # What both still have is not the whole image: the claim itself need not come out, but its neighbourhood does.
    undone = float(words.rpartition("gives ")[2].partition("/")[0])
    assert mean_of(references, candidates)[0] == pytest.approx(undone, abs=0.5)
    assert mean_of(references, moved)[0] < undone - 2


@pytest.mark.parametrize(
    ("wrong", "said"), [("swapped", "with two digits swapped"), ("replaced", "with one digit mistyped")]
)
def test_a_slip_of_the_pen_is_found(
    wrong: str, said: str, tmp_path: Path, references: Images, candidates: Images
) -> None:
    psnr, ssim = (
        f"{number:.{digits}f}" for number, digits in zip(mean_of(references, candidates), (2, 4), strict=True)
    )
    if wrong == "swapped":
        place = next(at for at in range(2, 5) if ssim[at] != ssim[at + 1])
        slip = ssim[:place] + ssim[place + 1] + ssim[place] + ssim[place + 2 :]
    else:
        slip = ssim[:2] + str((int(ssim[2]) + 5) % 10) + ssim[3:]
    found = audited(tmp_path, references, candidates, f"{psnr}/{slip}")
    (words,) = [one.words for one in found.suspects if one.name == "digits"]
    assert f"{ssim} {said}, which sr-y gives here ({psnr}/{ssim})" in words


def pairs_said(found: Audit) -> list[tuple[str, str]]:
    return [(one.verdict, one.words) for one in found.suspects if one.name == "pairs"]


def test_exchanged_candidates_are_paired_as_they_look(tmp_path: Path, references: Images, candidates: Images) -> None:
    exchanged = candidates | {"cup": candidates["fur"], "fur": candidates["cup"]}
    found = audited(tmp_path, references, exchanged, printed(mean_of(references, candidates)))
    ((verdict, words),) = pairs_said(found)
    assert "explains" == verdict
    assert words.startswith("2 of 4 candidates show another reference than the one of its name: 'cup' shows 'fur'")
    assert f"paired as they look, sr-y gives {printed(mean_of(references, candidates))}" in words
    assert found.suspects[0].name == "pairs"


def test_one_output_under_two_names_is_told_though_no_other_pairing_is_known(
    tmp_path: Path, references: Images, candidates: Images
) -> None:
    doubled = candidates | {"cup": candidates["fur"]}
    found = audited(tmp_path, references, doubled, printed(mean_of(references, candidates)))
    ((verdict, words),) = pairs_said(found)
    assert ("likely", "1 of 4 candidates shows another reference") == (
        verdict,
        words[: len(words.partition(" than")[0])],
    )
    assert words.endswith("'cup' shows 'fur'")


def test_candidates_that_are_the_references_are_told(tmp_path: Path, references: Images, candidates: Images) -> None:
    found = audited(tmp_path, references, references, printed(mean_of(references, candidates)))
    ((verdict, words),) = pairs_said(found)
    assert "likely" == verdict
    assert words.startswith("4 of 4 candidates are the reference itself, pixel by pixel: PSNR is infinite there")


def test_one_copied_reference_is_told_and_the_mean_of_the_others_explains(
    tmp_path: Path, references: Images, candidates: Images
) -> None:
    three = {key: image for key, image in references.items() if key != "eye"}
    found = audited(tmp_path, references, candidates | {"eye": references["eye"]}, printed(mean_of(three, candidates)))
    assert "1 of 4 candidates is the reference itself, pixel by pixel ('eye')" in pairs_said(found)[0][1]
    (words,) = explaining(found)
    assert words.startswith("the claim is the mean over the 3 images that differ from their references under sr-y")


def test_no_shift_is_denied_of_pictures_that_do_not_match(
    tmp_path: Path, references: Images, candidates: Images
) -> None:
    rng = np.random.default_rng(0)
    noise = {key: rng.integers(0, 256, image.shape, dtype=np.uint8) for key, image in candidates.items()}
    found = audited(tmp_path, references, noise, printed(mean_of(references, candidates)))
    ((verdict, words),) = pairs_said(found)
    assert "likely" == verdict
    assert words.startswith("4 of 4 candidates do not look like the reference, nor like another")
    (shift,) = [one.words for one in found.suspects if one.name == "shift"]
    assert "no shift can be measured: no candidate has the size and look of its reference" == shift


def test_a_shift_of_the_pictures_that_match_is_denied_for_those_alone(
    tmp_path: Path, references: Images, candidates: Images
) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, candidates["fur"].shape, dtype=np.uint8)
    found = audited(tmp_path, references, candidates | {"fur": noise}, printed(mean_of(references, candidates)))
    (shift,) = [one.words for one in found.suspects if one.name == "shift"]
    assert shift.endswith("but for 1 of another size or look, where none can be measured")


def test_good_pairs_are_said_to_be_their_own(tmp_path: Path, references: Images, candidates: Images) -> None:
    found = audited(tmp_path, references, candidates, "31.4159/0.27182")
    assert [("no", "every candidate looks like its own reference, and none is a copy of it")] == pairs_said(found)


def test_a_number_that_was_rounded_twice_is_told_from_a_mistyped_one(
    tmp_path: Path, references: Images, candidates: Images
) -> None:
    """As tables of three decimals are copied with two: 26.8647 is printed as 26.865, and that as 26.87."""
    scores = {name: mean_of(references, candidates, name) for name in ("sr-y", "sr-y8", "native", "ntire", "skimage")}
    # A score and a number of digits after which 45 to 49 follow: the second rounding goes up, a single one does not.
    name, digits = next(
        (name, digits) for digits in range(2, 8) for name in scores if 0.45 <= scores[name][0] * 10**digits % 1 < 0.49
    )
    psnr, ssim = scores[name]
    once, finer = f"{psnr:.{digits}f}", f"{psnr:.{digits + 1}f}"
    twice = f"{float(once) + 10.0**-digits:.{digits}f}"
    assert finer == f"{once}5"
    found = audited(tmp_path, references, candidates, f"{twice}/{ssim:.5f}")
    (words,) = explaining(found)
    assert f"PSNR {twice} is {finer} rounded again: {name} gives" in words


def test_images_of_another_size_are_aligned_and_said(
    shelf: Shelf, tmp_path: Path, references: Images, candidates: Images
) -> None:
    cut = {key: image[:-2, :-1] for key, image in candidates.items()}
    scores = [evaluate(references[key][:-2, :-1], cut[key], "sr-y", scale=2) for key in references]
    claimed = printed((fmean(one["psnr"] for one in scores), fmean(one["ssim"] for one in scores)))
    found = audited(tmp_path, references, cut, claimed)
    assert found.classes[0].first.psnr_rule.reading.align == "crop"
    assert ("sr-y",) == found.classes[0].first.names


def test_nothing_explains_a_number_out_of_the_air(tmp_path: Path, references: Images, candidates: Images) -> None:
    found = audited(tmp_path, references, candidates, "31.4159/0.27182")
    assert (3, []) == (found.exit_code, explaining(found))
    assert found.nearest
