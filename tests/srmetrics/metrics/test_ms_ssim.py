"""MS-SSIM, held to its definition by loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from brute_force import box_subsampled, ssim_windows, uniform
from strategies import picture

from srmetrics import EvaluationProtocol
from srmetrics.errors import MetricError, SizeError
from srmetrics.metrics.base import WHOLE_IMAGE, Region
from srmetrics.metrics.ms_ssim import MS_SSIM, WEIGHTS
from srmetrics.prepare.pair import PreparedPair, prepare_pair

SIZE = (33, 37)


def pair_of(reference: Any, candidate: Any, **fields: Any) -> PreparedPair:
    return prepare_pair(reference, candidate, EvaluationProtocol(**{"window": "uniform-3", **fields}))


def noisy(reference: np.ndarray, sigma: float = 20.0) -> np.ndarray:
    noise = np.random.RandomState(12).normal(0, sigma, reference.shape)
    return np.clip(reference + noise, 0, 255).astype(np.uint8)


def defined(first: np.ndarray, second: np.ndarray, **options: Any) -> float:
    """Wang et al. 2003, eq. 7: contrast-structure at five scales, luminance at the coarsest."""
    product = 1.0
    for scale, weight in enumerate((0.0448, 0.2856, 0.3001, 0.2363, 0.1333)):
        found = ssim_windows(first, second, uniform(3), **options)
        product *= float(np.nanmean(found.ssim if scale == 4 else found.contrast)) ** weight
        first, second = box_subsampled(first, 2), box_subsampled(second, 2)
    return product


REFERENCE = picture("blobs", 3, *SIZE)
CANDIDATE = noisy(REFERENCE)


def test_the_weights_are_those_of_the_paper() -> None:
    assert WEIGHTS == (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


@pytest.mark.parametrize("edges", ["valid", "reflect", "replicate"])
@pytest.mark.parametrize("covariance", ["population", "sample"])
def test_the_value_is_the_product_of_the_scales(edges: str, covariance: str) -> None:
    measured = MS_SSIM.measure(pair_of(REFERENCE, CANDIDATE, edges=edges, covariance=covariance), WHOLE_IMAGE)
    expected = defined(REFERENCE, CANDIDATE, edges=edges, sample=covariance == "sample")
    assert measured.value == pytest.approx(expected, abs=1e-12)
    assert 0.1 < measured.value < 0.99
    assert measured.channels == ()
    assert measured.n_sampled is None


def test_channels_are_averaged_and_listed_where_they_are_scored_apart() -> None:
    reference = np.dstack([picture("blobs", seed, *SIZE) for seed in (3, 4, 5)])
    candidate = noisy(reference)
    expected = [defined(reference[:, :, channel], candidate[:, :, channel]) for channel in range(3)]
    together = MS_SSIM.measure(pair_of(reference, candidate), WHOLE_IMAGE)
    assert together.value == pytest.approx(np.mean(expected), abs=1e-12)
    assert together.channels == ()
    apart = MS_SSIM.measure(pair_of(reference, candidate, colour="mean-of-channels"), WHOLE_IMAGE)
    assert apart.value == together.value
    np.testing.assert_allclose(apart.channels, expected, rtol=0, atol=1e-12)
    assert MS_SSIM.measure(pair_of(REFERENCE, CANDIDATE, colour="mean-of-channels"), WHOLE_IMAGE).channels == ()


def test_identical_images_score_1_exactly() -> None:
    assert MS_SSIM.measure(pair_of(CANDIDATE, CANDIDATE), WHOLE_IMAGE).value == 1.0


def test_a_negative_term_has_no_fractional_power() -> None:
    with pytest.raises(MetricError) as caught:
        MS_SSIM.measure(pair_of(CANDIDATE, 255 - CANDIDATE), WHOLE_IMAGE)
    terms = []
    first, second = CANDIDATE, 255 - CANDIDATE
    for scale in range(5):
        found = ssim_windows(first, second, uniform(3))
        terms.append(float(np.nanmean(found.ssim if scale == 4 else found.contrast)))
        first, second = box_subsampled(first, 2), box_subsampled(second, 2)
    assert all(term < 0 for term in terms[:4])
    assert str(caught.value) == (
        "ms_ssim does not exist for this pair: a mean contrast term is negative and has no fractional power; found "
        f"{min(terms):.6g} at scale 1 of 5. Use ssim, which may be negative."
    )


def test_the_first_negative_scale_is_named() -> None:
    # Alike in what is fine, opposite in stripes of 16 pixels. Windows inside one stripe are flat and score 1, so that
    # the mean turns negative only where stripes are down to 2 pixels: at the fourth scale, where the fifth is too.
    rows, columns = np.indices((64, 64))
    fine = 40 * ((rows + columns) % 2)
    coarse = np.where(columns // 16 % 2, 60, 0)
    with pytest.raises(MetricError, match="at scale 4 of 5"):
        MS_SSIM.measure(pair_of((fine + coarse).astype(np.uint8), (fine + 60 - coarse).astype(np.uint8)), WHOLE_IMAGE)


def test_a_term_of_exactly_0_is_allowed() -> None:
    # A flat candidate has no covariance, and with k2 = 0 its contrast term is 0: exactly, at the middle of the range.
    pair = pair_of(CANDIDATE, np.full_like(CANDIDATE, 128), k=(0.01, 0.0), range=256)
    assert MS_SSIM.measure(pair, WHOLE_IMAGE).value == 0.0


def test_a_term_of_0_is_not_named_for_a_negative_one() -> None:
    # Red as above, 0 at every scale; green alike in what is fine, opposite in coarse stripes.
    rows, columns = np.indices((64, 64))
    fine, coarse = 40 * ((rows + columns) % 2), np.where(columns // 16 % 2, 60, 0)
    noise = np.random.RandomState(13).randint(0, 256, (64, 64))
    reference = np.dstack([noise, fine + coarse, noise]).astype(np.uint8)
    candidate = np.dstack([np.full((64, 64), 128), fine + 60 - coarse, noise]).astype(np.uint8)
    with pytest.raises(MetricError, match="at scale 4 of 5"):
        MS_SSIM.measure(pair_of(reference, candidate, k=(0.01, 0.0), range=256), WHOLE_IMAGE)


def test_a_mask_is_refused() -> None:
    with pytest.raises(MetricError) as caught:
        MS_SSIM.measure(pair_of(REFERENCE, CANDIDATE), Region("mask", np.ones(SIZE, np.bool_)))
    assert str(caught.value) == (
        "ms_ssim is not defined for a region. Leave the mask or ms_ssim out; ssim takes a mask."
    )


@pytest.mark.parametrize(("window", "least"), [("uniform-3", 33), ("gaussian-11-1.5", 161)])
def test_the_coarsest_scale_must_hold_a_window(window: str, least: int) -> None:
    flat = np.zeros((least, least + 5), np.uint8)
    assert MS_SSIM.measure(pair_of(flat, flat, window=window), WHOLE_IMAGE).value == 1.0
    for size in [(least - 1, least + 5), (least + 5, least - 1)]:
        small = np.zeros(size, np.uint8)
        with pytest.raises(SizeError) as caught:
            MS_SSIM.measure(pair_of(small, small, window=window), WHOLE_IMAGE)
        assert str(caught.value) == (
            f"the image is too small for ms_ssim's five scales; found {size[1]} x {size[0]} pixels; expected at least "
            f"{least} pixels each way for a window of {window.split('-')[1]}. Use ssim for such images."
        )


def test_a_volume_scores_the_mean_of_its_slices() -> None:
    measured = [MS_SSIM.measure(pair_of(REFERENCE, one), WHOLE_IMAGE) for one in (CANDIDATE, REFERENCE)]
    pooled = MS_SSIM.pool(measured, pair_of(REFERENCE, CANDIDATE))
    assert pooled.value == math.fsum(one.value for one in measured) / 2
