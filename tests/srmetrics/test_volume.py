"""Volumes: one MSE over all slices, SSIM the mean of the slices', the range of the whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from srmetrics import EvaluationProtocol, evaluate, evaluate_regions, evaluate_volume
from srmetrics.errors import ArrayError, MaskError, ProtocolError, SizeError

RANDOM = np.random.RandomState(22)
REFERENCE = RANDOM.rand(4, 16, 18) * np.array([1.0, 3.0, 2.0, 1.0])[:, None, None]
CANDIDATE = REFERENCE + RANDOM.normal(0, 0.1, REFERENCE.shape)
MASK = RANDOM.rand(4, 16, 18) < 0.6
VOLUME = EvaluationProtocol(pooling="volume", range=3)


def test_a_volume_has_one_mse_and_the_mean_of_its_slices_ssim() -> None:
    (scores,) = evaluate_volume(REFERENCE, CANDIDATE, VOLUME, metrics=("psnr", "ssim", "mse"))
    error = np.mean((REFERENCE - CANDIDATE) ** 2)
    assert scores["mse"] == pytest.approx(error, rel=1e-13)
    assert scores["psnr"] == pytest.approx(10 * np.log10(9 / error), abs=1e-12)
    slices = [evaluate(*pair, EvaluationProtocol(range=3))["ssim"] for pair in zip(REFERENCE, CANDIDATE, strict=True)]
    assert scores["ssim"] == pytest.approx(np.mean(slices), abs=1e-14)
    assert scores.n_pixels == 4 * 16 * 18
    assert scores.n_sampled == 4 * 6 * 8
    assert scores.region == "image"
    assert "|pooling:volume|" in scores.signature


def test_scale_and_range_reach_the_slices() -> None:
    protocol = EvaluationProtocol(pooling="volume", crop="scale", window="uniform-3")
    (direct,) = evaluate_volume(REFERENCE, CANDIDATE, protocol, scale=2, data_range=3.0)
    assert direct.protocol == EvaluationProtocol(pooling="volume", crop=2, range=3, window="uniform-3")
    through = evaluate(REFERENCE, CANDIDATE, protocol, scale=2, data_range=3.0)
    assert dict(through) == dict(direct)
    error = np.mean((REFERENCE - CANDIDATE)[:, 2:-2, 2:-2] ** 2)
    assert direct["psnr"] == pytest.approx(10 * np.log10(9 / error), abs=1e-12)


def test_fastmri_takes_the_range_from_the_whole_volume() -> None:
    (scores,) = evaluate_volume(REFERENCE, CANDIDATE)
    peak = REFERENCE.max()
    assert scores["psnr"] == pytest.approx(10 * np.log10(peak**2 / np.mean((REFERENCE - CANDIDATE) ** 2)), abs=1e-12)
    fixed = EvaluationProtocol(range=float(peak), window="uniform-7", covariance="sample")
    slices = [evaluate(*pair, fixed)["ssim"] for pair in zip(REFERENCE, CANDIDATE, strict=True)]
    assert scores["ssim"] == pytest.approx(np.mean(slices), abs=1e-14)
    assert "|range:reference-max|" in scores.signature


def test_the_volumes_maximum_passes_over_what_is_not_finite_and_over_alpha() -> None:
    reference = REFERENCE.copy()
    reference[1, 0, 0] = np.inf
    inside = np.ones(reference.shape, np.bool_)
    inside[1, 0, 0] = False
    scores = evaluate(reference, CANDIDATE, "fastmri", mask=inside)
    peak = reference[np.isfinite(reference)].max()
    assert scores["psnr"] == pytest.approx(
        10 * np.log10(peak**2 / np.mean((reference[inside] - CANDIDATE[inside]) ** 2)), abs=1e-12
    )
    both = (np.stack([volume, np.full_like(volume, 100.0)], axis=3) for volume in (REFERENCE, CANDIDATE))
    dropped = evaluate(*both, EvaluationProtocol(pooling="volume", range="reference-max", alpha="drop"))
    assert dropped["psnr"] == evaluate(REFERENCE, CANDIDATE, "fastmri")["psnr"]


def test_evaluate_takes_an_array_of_slices() -> None:
    (expected,) = evaluate_volume(list(REFERENCE), list(CANDIDATE), VOLUME)
    scores = evaluate(REFERENCE, CANDIDATE, VOLUME)
    assert dict(scores) == dict(expected)
    assert scores.signature == expected.signature
    one = evaluate(REFERENCE[0], CANDIDATE[0], VOLUME)
    assert one["ssim"] == pytest.approx(
        evaluate(REFERENCE[0], CANDIDATE[0], EvaluationProtocol(range=3))["ssim"], abs=1e-14
    )
    assert one.n_pixels == 16 * 18


def test_colour_slices_stand_in_four_dimensions() -> None:
    reference, candidate = RANDOM.randint(0, 256, (2, 3, 12, 12, 3)).astype(np.uint8)
    scores = evaluate(reference, candidate, EvaluationProtocol(pooling="volume", colour="mean-of-channels"))
    error = (reference.astype(np.float64) - candidate) ** 2
    expected = 10 * np.log10(255**2 / error.mean(axis=(0, 1, 2)))
    assert scores["psnr"] == pytest.approx(expected.mean(), abs=1e-12)
    np.testing.assert_allclose([scores.channels[f"psnr_c{index}"] for index in range(3)], expected, rtol=1e-13)


def test_a_mask_of_the_volume_is_read_slice_by_slice() -> None:
    mask = MASK.copy()
    mask[2] = False
    scores = evaluate(REFERENCE, CANDIDATE, VOLUME, mask=mask)
    assert scores.region == "mask"
    assert scores.n_pixels == mask.sum()
    assert scores["psnr"] == pytest.approx(10 * np.log10(9 / np.mean((REFERENCE - CANDIDATE)[mask] ** 2)), abs=1e-12)
    slices = [
        evaluate(REFERENCE[index], CANDIDATE[index], EvaluationProtocol(range=3), mask=mask[index])
        for index in (0, 1, 3)
    ]
    # The slice without the region has no SSIM and is left out of the mean.
    assert scores["ssim"] == pytest.approx(np.mean([one["ssim"] for one in slices]), abs=1e-14)
    assert scores.n_sampled == sum(one.n_sampled or 0 for one in slices)
    assert scores.mask_support == pytest.approx(np.mean([one.mask_support for one in slices]), abs=1e-14)


def test_one_mask_of_a_slice_holds_for_all() -> None:
    stacked = np.stack([MASK[0]] * 4)
    assert dict(evaluate(REFERENCE, CANDIDATE, VOLUME, mask=MASK[0])) == dict(
        evaluate(REFERENCE, CANDIDATE, VOLUME, mask=stacked)
    )


def test_several_regions_of_a_volume_are_pooled_apart() -> None:
    scores = evaluate_regions(REFERENCE, CANDIDATE, {"image": None, "in": MASK, "out": ~MASK}, VOLUME, metrics=("mse",))
    assert [one.region for one in scores] == ["image", "in", "out"]
    whole, inside, outside = scores
    total = inside["mse"] * inside.n_pixels + outside["mse"] * outside.n_pixels
    assert whole["mse"] * whole.n_pixels == pytest.approx(total, rel=1e-13)


def test_slices_may_be_read_one_at_a_time() -> None:
    class OnDisk:
        def __init__(self, volume: np.ndarray) -> None:
            self.volume, self.read = volume, 0

        def __len__(self) -> int:
            return len(self.volume)

        def __getitem__(self, index: int) -> np.ndarray:
            self.read += 1
            return self.volume[index]

    lazy = OnDisk(REFERENCE), OnDisk(CANDIDATE)
    (scores,) = evaluate_volume(*lazy, VOLUME, regions_at=lambda index: {"mask": MASK[index]})  # type: ignore[arg-type]
    assert dict(scores) == dict(evaluate(REFERENCE, CANDIDATE, VOLUME, mask=MASK))
    assert [one.read for one in lazy] == [4, 4]


@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_a_region_that_is_empty_in_every_slice_is_nan(masking: str) -> None:
    scores = evaluate(REFERENCE, CANDIDATE, VOLUME, mask=MASK & False, masking=masking)
    assert all(math.isnan(value) for value in scores.values())
    assert scores.n_pixels == 0
    assert scores.notes[0] == "the region 'mask' is empty: its scores are NaN"


def test_an_error_in_one_slice_is_an_error_of_the_volume() -> None:
    holed = REFERENCE.copy()
    holed[2, 3, 4] = np.nan
    scores = evaluate(holed, CANDIDATE, VOLUME)
    assert list(scores.errors) == ["psnr", "ssim"]
    assert all(math.isnan(value) for value in scores.values())
    small = evaluate(REFERENCE[:, :8], CANDIDATE[:, :8], VOLUME)
    assert list(small.errors) == ["ssim"]
    assert math.isfinite(small["psnr"])


def test_notes_of_the_slices_are_given_once() -> None:
    scores = evaluate(REFERENCE, CANDIDATE, EvaluationProtocol(pooling="volume", range=0.5))
    assert len(scores.notes) == 4  # the largest value, another one in each slice
    low = np.full((3, 12, 12), 100, np.uint16)
    assert len(evaluate(low, low, EvaluationProtocol(pooling="volume")).notes) == 1


@pytest.mark.parametrize(
    ("reference", "candidate", "options", "error", "message"),
    [
        (REFERENCE, CANDIDATE[:3], {}, SizeError,
         "the two volumes do not have the same number of slices; found 3 slices in the candidate; expected 4, at "
         "least 1."),
        (REFERENCE[:0], CANDIDATE[:0], {}, SizeError,
         "the two volumes do not have the same number of slices; found 0 slices in the candidate; expected 0, at "
         "least 1."),
        (REFERENCE, CANDIDATE, {"protocol": "native"}, ProtocolError,
         "this protocol does not pool volumes; found pooling: image; expected pooling: volume."),
    ],
)  # fmt: skip
def test_what_is_no_pair_of_volumes_is_refused(
    reference: Any, candidate: Any, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        evaluate_volume(reference, candidate, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(), (5,), (1, 2, 3, 4, 5)])
@pytest.mark.parametrize("role", ["reference", "candidate"])
def test_an_array_of_another_dimension_is_no_volume(role: str, shape: tuple[int, ...]) -> None:
    volumes = {"reference": REFERENCE, "candidate": CANDIDATE, role: np.zeros(shape)}
    with pytest.raises(ArrayError) as caught:
        evaluate(volumes["reference"], volumes["candidate"], VOLUME)
    assert str(caught.value) == (
        f"the {role} is not a volume; found shape {shape}; expected D x H x W or D x H x W x C."
    )


@pytest.mark.parametrize("slices", [1, 3, 5])
def test_a_mask_must_have_the_volumes_slices(slices: int) -> None:
    mask = np.ones((slices, 16, 18), np.bool_)
    with pytest.raises(MaskError) as caught:
        evaluate_regions(REFERENCE, CANDIDATE, {"image": None, "lesion": mask}, VOLUME)
    assert str(caught.value) == (
        f"the mask of region 'lesion' does not have the volume's slices; found {slices} slices; expected 4, or one "
        "mask of H x W for all of them."
    )
