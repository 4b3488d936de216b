"""Regions and measurements, and the mean over a volume's slices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srmetrics import EvaluationProtocol
from srmetrics.metrics.base import WHOLE_IMAGE, Measurement, Region, mean_of_slices
from srmetrics.prepare.pair import prepare_pair


def test_a_region_counts_its_pixels_and_not_its_values() -> None:
    image = np.zeros((6, 7, 3), np.uint8)
    pair = prepare_pair(image, image, EvaluationProtocol(crop=1))
    assert WHOLE_IMAGE.count(pair) == 4 * 5
    mask = np.zeros((4, 5), np.bool_)
    mask[1:3, 2] = True
    assert Region("mask", mask).count(pair) == 2
    assert Region("mask", mask & False).count(pair) == 0


@pytest.mark.parametrize("covariance", ["population", "sample"])
@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_only_normalised_windows_need_population_covariances(masking: str, covariance: str) -> None:
    protocol = EvaluationProtocol(range=255, covariance=covariance, masking="map", crop=3)
    mask = np.ones((2, 2), np.bool_)
    expected = "population" if masking == "normalised" else covariance
    in_force = Region("mask", mask, masking).protocol_in_force(protocol)
    assert in_force == EvaluationProtocol(range=255, covariance=expected, masking=masking, crop=3)
    assert Region("image", None, masking).protocol_in_force(protocol) is protocol


def test_the_mean_of_slices_passes_over_slices_without_the_region() -> None:
    slices = [
        Measurement(0.5, (0.25, 0.75), n_sampled=10, mask_support=0.5, notes=("a",)),
        Measurement(math.nan, (math.nan, math.nan), n_sampled=0, notes=("b", "a")),
        Measurement(0.75, (0.5, 1.0), n_sampled=5, mask_support=1.0),
    ]
    assert mean_of_slices(slices) == Measurement(
        0.625, (0.375, 0.875), n_sampled=15, mask_support=0.75, notes=("a", "b")
    )


def test_a_volume_without_the_region_has_no_mean() -> None:
    nothing = Measurement(math.nan, n_sampled=0, notes=("a",))
    pooled = mean_of_slices([nothing, nothing])
    assert math.isnan(pooled.value)
    assert pooled.n_sampled == 0
    assert pooled.notes == ("a",)


def test_what_no_slice_says_is_not_said() -> None:
    pooled = mean_of_slices([Measurement(1.0), Measurement(2.0)])
    assert pooled == Measurement(1.5)
    assert pooled.n_sampled is None
    assert pooled.mask_support is None
