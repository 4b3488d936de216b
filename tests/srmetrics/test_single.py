"""The front doors for one number, and the maps."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import srmetrics
from srmetrics import EvaluationProtocol, SrmetricsWarning, evaluate
from srmetrics.errors import MetricError, NonFiniteError, ProtocolError, RangeError, SizeError

RANDOM = np.random.RandomState(23)
REFERENCE = RANDOM.randint(0, 256, (170, 165, 3)).astype(np.uint8)
CANDIDATE = np.clip(REFERENCE + RANDOM.normal(0, 9, REFERENCE.shape), 0, 255).astype(np.uint8)
MASK = RANDOM.rand(170, 165) < 0.5
NAMES = ["psnr", "ssim", "ms_ssim", "mse", "rmse", "mae", "nrmse"]


@pytest.mark.parametrize("name", NAMES)
def test_each_door_gives_the_metric_of_its_name(name: str) -> None:
    door: Callable[..., float] = getattr(srmetrics, name)
    for protocol, scale, told in [("native", None, None), ("sr-y", 2, None), ("native", None, 300.0)]:
        expected = evaluate(REFERENCE, CANDIDATE, protocol, metrics=(name,), scale=scale, data_range=told)
        found = door(REFERENCE, CANDIDATE, protocol, scale=scale, data_range=told)
        assert found == expected[name]
        assert type(found) is float


@pytest.mark.parametrize("name", ["psnr", "ssim", "mse", "rmse", "mae", "nrmse"])
def test_doors_with_a_mask_score_the_region(name: str) -> None:
    door: Callable[..., float] = getattr(srmetrics, name)
    expected = evaluate(REFERENCE, CANDIDATE, metrics=(name,), mask=MASK)
    assert door(REFERENCE, CANDIDATE, mask=MASK) == expected[name]
    assert door(REFERENCE, CANDIDATE, mask=MASK) != door(REFERENCE, CANDIDATE)


@pytest.mark.parametrize("masking", ["normalised", "interior", "map"])
def test_ssims_door_takes_a_masking(masking: str) -> None:
    disc = np.hypot(*(np.indices((170, 165)) - 80)) < 40
    expected = evaluate(REFERENCE, CANDIDATE, mask=disc, masking=masking)["ssim"]
    assert srmetrics.ssim(REFERENCE, CANDIDATE, mask=disc, masking=masking) == expected


def test_zeroed_warns_the_caller() -> None:
    with pytest.warns(SrmetricsWarning, match="masking zeroed: the black surroundings are scored too") as caught:
        srmetrics.ssim(REFERENCE, CANDIDATE, mask=MASK, masking="zeroed")
    assert [warning.filename for warning in caught] == [__file__]


def test_an_empty_region_is_nan_with_a_warning() -> None:
    with pytest.warns(SrmetricsWarning, match="the region 'mask' is empty: its scores are NaN") as caught:
        assert math.isnan(srmetrics.psnr(REFERENCE, CANDIDATE, mask=MASK & False))
    assert [warning.filename for warning in caught] == [__file__]
    corner = np.zeros_like(MASK)
    corner[0, 0] = True
    with pytest.warns(SrmetricsWarning, match="no window's centre lies inside the region"):
        assert math.isnan(srmetrics.ssim(REFERENCE, CANDIDATE, mask=corner))


def test_every_note_becomes_a_warning() -> None:
    with pytest.warns(SrmetricsWarning) as caught:
        srmetrics.psnr(REFERENCE[:, :, 0], np.dstack([REFERENCE[:, :, 0]] * 3), data_range=100)
    assert [str(warning.message)[:30] for warning in caught] == [
        "the reference's largest value ", "the candidate's three equal ch",
    ]  # fmt: skip


def test_what_cannot_be_computed_raises_its_own_error() -> None:
    with pytest.raises(SizeError, match="too small for SSIM's window"):
        srmetrics.ssim(REFERENCE[:5], CANDIDATE[:5])
    with pytest.raises(SizeError, match="too small for ms_ssim's five scales"):
        srmetrics.ms_ssim(REFERENCE[:100], CANDIDATE[:100])
    with pytest.raises(RangeError, match="images of float64 do not say"):
        srmetrics.psnr(REFERENCE / 255, CANDIDATE / 255)
    with pytest.raises(NonFiniteError, match="the candidate has pixels that are not numbers"):
        srmetrics.mae(
            REFERENCE / 255, np.where(MASK, np.nan, CANDIDATE[:, :, 0] / 255)[:, :, None] * np.ones(3), data_range=1.0
        )
    with pytest.raises(ProtocolError, match="there is no such preset"):
        srmetrics.mse(REFERENCE, CANDIDATE, "sr-z")


def test_a_value_that_comes_to_nothing_is_an_error() -> None:
    # Without its constants SSIM of a black pair is 0 / 0.
    black = np.zeros((12, 12))
    with pytest.raises(MetricError) as caught:
        srmetrics.ssim(black, black, EvaluationProtocol(k=(0, 0)), data_range=1.0)
    assert str(caught.value) == "ssim does not exist for this pair; found zero divided by zero."
    scores = evaluate(black, black, EvaluationProtocol(k=(0, 0)), data_range=1.0)
    assert list(scores.errors) == ["ssim"]
    assert scores["psnr"] == math.inf


def test_the_maps_mean_is_ssim_and_follows_the_protocol() -> None:
    found = srmetrics.ssim_map(REFERENCE, CANDIDATE, "sr-y", scale=3)
    assert found.shape == (170 - 6 - 10, 165 - 6 - 10)
    assert found.mean() == pytest.approx(srmetrics.ssim(REFERENCE, CANDIDATE, "sr-y", scale=3), abs=1e-13)
    assert srmetrics.ssim_map(REFERENCE, CANDIDATE).shape == (160, 155, 3)
    told = srmetrics.ssim_map(REFERENCE / 255, CANDIDATE / 255, data_range=1.0)
    np.testing.assert_allclose(told, srmetrics.ssim_map(REFERENCE, CANDIDATE), rtol=0, atol=1e-12)


def test_the_error_map_is_the_absolute_difference_of_the_scored_values() -> None:
    found = srmetrics.error_map(REFERENCE, CANDIDATE)
    np.testing.assert_array_equal(np.abs(REFERENCE.astype(np.float64) - CANDIDATE), found)
    grey = srmetrics.error_map(REFERENCE[:, :, 0], CANDIDATE[:, :, 0], EvaluationProtocol(crop=2))
    np.testing.assert_array_equal(found[2:-2, 2:-2, 0], grey)
    luma = srmetrics.error_map(REFERENCE, CANDIDATE, "sr-y", scale=1)
    assert luma.shape == (168, 163)
    assert luma.mean() == pytest.approx(srmetrics.mae(REFERENCE, CANDIDATE, "sr-y", scale=1), rel=1e-13)
    told = srmetrics.error_map(REFERENCE / 255, CANDIDATE / 255, data_range=1.0)
    assert told.mean() == pytest.approx(found.mean() / 255, rel=1e-12)


@pytest.mark.parametrize("door", [srmetrics.ssim_map, srmetrics.error_map])
def test_maps_refuse_what_is_no_number(door: Callable[..., np.ndarray]) -> None:
    holed = REFERENCE / 255
    holed[100, 2] = np.nan
    with pytest.raises(NonFiniteError, match="row 100, column 2"):
        door(holed, CANDIDATE / 255, data_range=1.0)
