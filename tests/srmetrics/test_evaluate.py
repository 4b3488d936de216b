"""Several metrics at once: one preparation, one signature, and an error for each that cannot be computed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from srmetrics import EvaluationProtocol, evaluate, evaluate_regions, format_signature
from srmetrics.errors import MaskError, MetricError, NonFiniteError, ProtocolError, SizeError
from srmetrics.pool import ZEROED_NOTE, Pool

RANDOM = np.random.RandomState(21)
REFERENCE = RANDOM.randint(0, 256, (20, 22, 3)).astype(np.uint8)
CANDIDATE = RANDOM.randint(0, 256, (20, 22, 3)).astype(np.uint8)
MASK = RANDOM.rand(20, 22) < 0.7
ERROR = (REFERENCE.astype(np.float64) - CANDIDATE) ** 2


def test_psnr_and_ssim_of_the_whole_image_are_given_by_default() -> None:
    scores = evaluate(REFERENCE, CANDIDATE)
    assert list(scores) == ["psnr", "ssim"]
    assert scores["psnr"] == pytest.approx(10 * np.log10(255**2 / ERROR.mean()), abs=1e-12)
    assert scores.region == "image"
    assert scores.n_pixels == 20 * 22
    assert scores.n_sampled == 10 * 12
    assert scores.mask_support is None
    assert scores.protocol == EvaluationProtocol(range=255)
    assert scores.notes == ()
    assert scores.errors == {}
    assert scores.channels == {}


def test_all_metrics_stand_in_the_order_asked_for_once_each() -> None:
    names = ["nrmse", "mse", "psnr", "ssim", "mae", "rmse"]
    assert list(evaluate(REFERENCE, CANDIDATE, metrics=[*names, "mse", "ssim"])) == names
    assert evaluate(REFERENCE, CANDIDATE, metrics=["ssim", "ssim"]).n_sampled == 10 * 12
    assert list(evaluate(REFERENCE, CANDIDATE, metrics="psnr")) == ["psnr"]
    assert list(evaluate(REFERENCE, CANDIDATE, metrics=())) == []
    with pytest.raises(MetricError, match="there is no such metric; found 'pnsr'"):
        evaluate(REFERENCE, CANDIDATE, metrics=["psnr", "pnsr"])


def test_a_protocol_may_be_a_name_a_signature_or_itself() -> None:
    by_name = evaluate(REFERENCE, CANDIDATE, "ntire", scale=2)
    assert by_name.protocol == EvaluationProtocol(crop=8, range=255)
    assert by_name.n_pixels == 4 * 6
    again = evaluate(REFERENCE, CANDIDATE, by_name.signature)
    assert again.signature == by_name.signature == format_signature(by_name.protocol)
    assert again["psnr"] == by_name["psnr"]
    assert evaluate(REFERENCE, CANDIDATE, by_name.signature_of("psnr"))["psnr"] == by_name["psnr"]
    assert evaluate(REFERENCE, CANDIDATE, by_name.protocol)["psnr"] == by_name["psnr"]


def test_the_range_can_be_told() -> None:
    told = evaluate(REFERENCE / 255, CANDIDATE / 255, data_range=1.0)
    plain = evaluate(REFERENCE, CANDIDATE)
    assert told["psnr"] == pytest.approx(plain["psnr"], abs=1e-12)
    assert told["ssim"] == pytest.approx(plain["ssim"], abs=1e-12)
    assert told.protocol.range == 1.0


def test_channels_are_listed_where_they_are_scored_apart() -> None:
    scores = evaluate(REFERENCE, CANDIDATE, EvaluationProtocol(colour="mean-of-channels"))
    assert list(scores.channels) == ["psnr_c0", "psnr_c1", "psnr_c2", "ssim_c0", "ssim_c1", "ssim_c2"]
    for channel in range(3):
        alone = evaluate(REFERENCE[:, :, channel], CANDIDATE[:, :, channel])
        assert scores.channels[f"psnr_c{channel}"] == pytest.approx(alone["psnr"], abs=1e-12)
        assert scores.channels[f"ssim_c{channel}"] == pytest.approx(alone["ssim"], abs=1e-12)


def test_a_mask_makes_the_region_of_that_name() -> None:
    scores = evaluate(REFERENCE, CANDIDATE, mask=MASK)
    assert scores.region == "mask"
    assert scores.n_pixels == MASK.sum()
    assert scores.n_sampled == MASK[5:-5, 5:-5].sum()
    assert scores["psnr"] == pytest.approx(10 * np.log10(255**2 / ERROR[MASK].mean()), abs=1e-12)
    assert scores.mask_support is not None
    assert 0.6 < scores.mask_support < 0.8


def test_pixels_are_counted_after_the_crop() -> None:
    scores = evaluate(REFERENCE, CANDIDATE, EvaluationProtocol(crop=3), mask=MASK)
    assert scores.n_pixels == MASK[3:-3, 3:-3].sum()
    assert scores["psnr"] == pytest.approx(
        10 * np.log10(255**2 / ERROR[3:-3, 3:-3][MASK[3:-3, 3:-3]].mean()), abs=1e-12
    )


@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_the_masking_in_force_stands_in_the_signature(masking: str) -> None:
    protocol = EvaluationProtocol(covariance="sample", window="uniform-3")
    scores = evaluate(REFERENCE, CANDIDATE, protocol, mask=MASK, masking=masking)
    assert f"|masking:{masking}|" in scores.signature
    # Normalised windows may hold one pixel, for which n - 1 has no meaning.
    assert scores.protocol.covariance == ("population" if masking == "normalised" else "sample")
    own = evaluate(REFERENCE, CANDIDATE, EvaluationProtocol(
        covariance="sample", window="uniform-3", masking=masking), mask=MASK)  # fmt: skip
    assert own.signature == scores.signature
    assert own["ssim"] == scores["ssim"]
    whole = evaluate(REFERENCE, CANDIDATE, protocol, masking=masking)
    assert whole.protocol.covariance == "sample"


def test_an_unknown_masking_is_refused() -> None:
    with pytest.raises(ProtocolError) as caught:
        evaluate(REFERENCE, CANDIDATE, mask=MASK, masking="inside")
    assert str(caught.value) == (
        "there is no such masking; found 'inside'; expected one of normalised, interior, map, zeroed."
    )


def test_several_regions_share_one_preparation() -> None:
    regions = {"image": None, "lesion": MASK, "rest": ~MASK}
    scores = evaluate_regions(REFERENCE, CANDIDATE, regions, metrics=("psnr", "ssim"))
    assert [one.region for one in scores] == ["image", "lesion", "rest"]
    assert [one.n_pixels for one in scores] == [440, MASK.sum(), (~MASK).sum()]
    assert scores[0]["ssim"] == evaluate(REFERENCE, CANDIDATE)["ssim"]
    assert scores[1]["ssim"] == evaluate(REFERENCE, CANDIDATE, mask=MASK)["ssim"]
    assert scores[2]["ssim"] == evaluate(REFERENCE, CANDIDATE, mask=~MASK)["ssim"]


def test_a_mask_of_another_size_is_refused_for_all() -> None:
    with pytest.raises(MaskError, match="the mask's size is not the reference's"):
        evaluate_regions(REFERENCE, CANDIDATE, {"image": None, "mask": MASK[1:]})


@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_an_empty_region_is_nan_with_a_count_of_0_and_a_warning(masking: str) -> None:
    scores = evaluate(
        REFERENCE, CANDIDATE, mask=MASK & False, masking=masking, metrics=("psnr", "ssim", "mse", "nrmse")
    )
    assert all(math.isnan(value) for value in scores.values())
    assert scores.n_pixels == 0
    assert scores.n_sampled == 0
    assert scores.errors == {}
    assert scores.notes[0] == "the region 'mask' is empty: its scores are NaN"
    assert len(scores.notes) == (2 if masking == "zeroed" else 1)


@pytest.mark.parametrize("masking", ["normalised", "interior", "map"])
def test_a_region_in_the_unsampled_border_has_a_psnr_and_no_ssim(masking: str) -> None:
    mask = np.zeros((20, 22), np.bool_)
    mask[:5, :4] = True
    scores = evaluate(REFERENCE, CANDIDATE, mask=mask, masking=masking)
    assert math.isfinite(scores["psnr"])
    assert math.isnan(scores["ssim"])
    assert (scores.n_pixels, scores.n_sampled) == (20, 0)
    what = "no window lies wholly" if masking == "interior" else "no window's centre lies"
    assert scores.notes == (f"{what} inside the region, so that it has no SSIM",)


def test_zeroed_is_flagged_wherever_it_is_used() -> None:
    assert evaluate(REFERENCE, CANDIDATE, mask=MASK, masking="zeroed").notes == (ZEROED_NOTE,)
    assert evaluate(REFERENCE, CANDIDATE, mask=MASK, masking="zeroed", metrics=("mse",)).notes == (ZEROED_NOTE,)
    assert evaluate(REFERENCE, CANDIDATE, masking="zeroed").notes == ()
    assert ZEROED_NOTE == (
        "masking zeroed: the black surroundings are scored too, which inflates PSNR and SSIM of small regions; for "
        "reproducing published numbers only"
    )


def test_a_metric_that_cannot_be_computed_fails_alone() -> None:
    scores = evaluate(REFERENCE[:6], CANDIDATE[:6], metrics=("psnr", "ssim", "ms_ssim"))
    assert math.isfinite(scores["psnr"])
    assert math.isnan(scores["ssim"])
    assert math.isnan(scores["ms_ssim"])
    assert list(scores.errors) == ["ssim", "ms_ssim"]
    assert all(isinstance(error, SizeError) for error in scores.errors.values())
    assert scores.n_sampled is None
    assert scores.notes == ()


def test_ms_ssim_and_a_mask_do_not_go_together() -> None:
    scores = evaluate(REFERENCE, CANDIDATE, mask=MASK, metrics=("psnr", "ms_ssim"))
    assert math.isfinite(scores["psnr"])
    assert isinstance(scores.errors["ms_ssim"], MetricError)
    assert math.isnan(scores["ms_ssim"])


def test_notes_of_the_pair_come_with_the_scores() -> None:
    grey = REFERENCE[:, :, 0]
    scores = evaluate(grey, np.dstack([grey] * 3))
    assert scores.notes == ("the candidate's three equal channels were collapsed to one, as the reference has one",)
    assert scores["psnr"] == math.inf


def holed(place: tuple[int, int]) -> np.ndarray:
    image = REFERENCE / 255.0
    image[place] = np.nan
    return image


@pytest.mark.parametrize("masking", ["normalised", "interior", "zeroed"])
def test_what_is_no_number_may_stand_outside_a_mask(masking: str) -> None:
    mask = np.ones((20, 22), np.bool_)
    mask[0, 0] = False
    scores = evaluate(holed((0, 0)), CANDIDATE / 255, mask=mask, masking=masking, data_range=1.0)
    assert scores.errors == {}
    assert all(math.isfinite(value) for value in scores.values())


@pytest.mark.parametrize("fields", [{"alpha": "composite"}, {"value_window": "40/400"}, {"colour": "y-bt601"}])
def test_infinity_outside_a_mask_is_never_reckoned_with(fields: dict[str, Any]) -> None:
    mask = np.ones((20, 22), np.bool_)
    mask[0, 0] = False
    protocol = EvaluationProtocol(**fields, range=255)
    alpha = np.where(mask, 0.5, 0.0)[:, :, None]
    pairs = []
    for outside in (7.0, np.inf):
        images = [np.where(mask[:, :, None], image, outside).astype(float) for image in (REFERENCE, CANDIDATE)]
        if "alpha" in fields:
            images = [np.concatenate([image, alpha], axis=2) for image in images]
        pairs.append(evaluate(*images, protocol, mask=mask))
    assert dict(pairs[0]) == dict(pairs[1])
    assert not pairs[1].errors


@pytest.mark.parametrize(("mask", "masking"), [(None, None), (np.ones((20, 22)), "normalised"), (MASK & False, "map")])
def test_what_is_no_number_is_an_error_where_it_is_seen(mask: Any, masking: str | None) -> None:
    # Under `map` windows see outside of the region.
    scores = evaluate(holed((0, 0)), CANDIDATE / 255, mask=mask, masking=masking, data_range=1.0)
    assert list(scores.errors) == ["psnr", "ssim"]
    assert all(isinstance(error, NonFiniteError) for error in scores.errors.values())
    assert all(math.isnan(value) for value in scores.values())


def test_a_region_that_cannot_be_scored_leaves_the_others_alone() -> None:
    mask = np.ones((20, 22), np.bool_)
    mask[0, 0] = False
    whole, inside = evaluate_regions(holed((0, 0)), CANDIDATE / 255, {"image": None, "inside": mask}, data_range=1.0)
    assert whole.errors
    assert not inside.errors
    assert math.isfinite(inside["ssim"])


def test_zero_over_zero_is_an_error_in_a_region_of_one_pixel_too() -> None:
    black, mask = np.zeros((12, 12)), np.zeros((12, 12))
    mask[6, 6] = 1
    scores = evaluate(black, black, EvaluationProtocol(k=(0, 0), range=1), mask=mask)
    assert str(scores.errors["ssim"]) == "ssim does not exist for this pair; found zero divided by zero."


def test_an_empty_pool_has_no_scores() -> None:
    with pytest.raises(RuntimeError, match="nothing was added"):
        Pool([]).scores()
