"""SSIM of an image and of a region in its four senses, held to a loop over all windows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from brute_force import Windows, box_subsampled, gaussian, ssim_windows, uniform, windows_inside
from strategies import picture

from srmetrics import EvaluationProtocol
from srmetrics.errors import SizeError
from srmetrics.metrics import downsample as downsampling
from srmetrics.metrics.base import WHOLE_IMAGE, Measurement, Region
from srmetrics.metrics.ssim import SPARSE_SUPPORT, SSIM, centre_of, ssim_map_array
from srmetrics.prepare.pair import PreparedPair, prepare_pair

SIZE = (17, 19)
RANDOM = np.random.RandomState(13)
REFERENCE = picture("blobs", 7, *SIZE)
CANDIDATE = np.clip(REFERENCE + RANDOM.normal(0, 25, SIZE), 0, 255).astype(np.uint8)
COLOURS = [np.dstack([image, 255 - image, image.T[:17, :17].repeat(2, 1)[:, :19]]) for image in (REFERENCE, CANDIDATE)]
WINDOWS = {"gaussian-11-1.5": gaussian(11, 1.5), "uniform-3": uniform(3), "uniform-7": uniform(7)}
ROWS, COLUMNS = np.indices(SIZE)
DISC = (ROWS - 8) ** 2 + (COLUMNS - 9) ** 2 <= 36
DOTS = RANDOM.rand(*SIZE) < 0.4
CORNER = (ROWS < 4) & (COLUMNS < 4)
EMPTY = np.zeros(SIZE, np.bool_)
FULL = ~EMPTY
MASKS = {"disc": DISC, "dots": DOTS, "corner": CORNER, "full": FULL}


def pair_of(
    reference: Any = REFERENCE, candidate: Any = CANDIDATE, told: float | None = None, **fields: Any
) -> PreparedPair:
    return prepare_pair(reference, candidate, EvaluationProtocol(**fields), data_range=told)


def measured(mask: np.ndarray | None = None, masking: str = "normalised", **fields: Any) -> Measurement:
    region = WHOLE_IMAGE if mask is None else Region("mask", mask, masking)
    return SSIM.measure(pair_of(**fields), region)


def plain(window: str = "gaussian-11-1.5", covariance: str = "population", **options: Any) -> Windows:
    return ssim_windows(REFERENCE, CANDIDATE, WINDOWS[window], sample=covariance == "sample", **options)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("edges", ["valid", "reflect", "replicate"])
@pytest.mark.parametrize("covariance", ["population", "sample"])
def test_ssim_is_the_mean_of_the_map(window: str, edges: str, covariance: str) -> None:
    found = measured(window=window, edges=edges, covariance=covariance)
    expected = plain(window, covariance, edges=edges).ssim
    assert found.value == pytest.approx(np.nanmean(expected), abs=1e-12)
    assert found.n_sampled == np.isfinite(expected).sum()
    assert found.mask_support is None
    assert found.channels == ()
    assert found.notes == ()


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("edges", ["valid", "reflect", "replicate"])
@pytest.mark.parametrize("covariance", ["population", "sample"])
class TestMaskings:
    def test_normalised_windows_read_the_regions_pixels_only(
        self, mask: str, window: str, edges: str, covariance: str
    ) -> None:
        inside = MASKS[mask]
        found = measured(inside, "normalised", window=window, edges=edges, covariance=covariance)
        # Always by population covariances: a window may hold one pixel.
        windows = plain(window, edges=edges, mask=inside)
        centres = inside & np.isfinite(plain(window, edges=edges).ssim)
        assert found.n_sampled == centres.sum()
        if not centres.any():
            assert math.isnan(found.value)
            return
        assert found.value == pytest.approx(windows.ssim[centres].mean(), abs=1e-12)
        assert found.mask_support == pytest.approx(windows.support[centres].mean(), abs=1e-12)

    def test_interior_windows_lie_wholly_inside_the_region(
        self, mask: str, window: str, edges: str, covariance: str
    ) -> None:
        found = measured(MASKS[mask], "interior", window=window, edges=edges, covariance=covariance)
        centres = windows_inside(MASKS[mask], int(window.split("-")[1]), edges)
        assert found.n_sampled == centres.sum()
        assert found.mask_support is None
        if not centres.any():
            assert math.isnan(found.value)
            assert found.notes == ("no window lies wholly inside the region, so that it has no SSIM",)
            return
        expected = plain(window, covariance, edges=edges).ssim[centres].mean()
        assert found.value == pytest.approx(expected, abs=1e-12)

    def test_map_averages_the_plain_map_over_the_region(
        self, mask: str, window: str, edges: str, covariance: str
    ) -> None:
        found = measured(MASKS[mask], "map", window=window, edges=edges, covariance=covariance)
        inside = plain(window, covariance, edges=edges).ssim[MASKS[mask]]
        assert found.n_sampled == np.isfinite(inside).sum()
        assert found.mask_support is None
        if not found.n_sampled:
            assert math.isnan(found.value)
            assert found.notes == ("no window's centre lies inside the region, so that it has no SSIM",)
            return
        assert found.value == pytest.approx(np.nanmean(inside), abs=1e-12)
        assert found.notes == ()

    def test_zeroed_blackens_the_outside_and_scores_all(
        self, mask: str, window: str, edges: str, covariance: str
    ) -> None:
        found = measured(MASKS[mask], "zeroed", window=window, edges=edges, covariance=covariance)
        black = (np.where(MASKS[mask], image, 0) for image in (REFERENCE, CANDIDATE))
        expected = ssim_windows(*black, WINDOWS[window], edges=edges, sample=covariance == "sample").ssim
        assert found.value == pytest.approx(np.nanmean(expected), abs=1e-12)
        assert found.n_sampled == np.isfinite(expected).sum()
        assert found.mask_support is None


@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_channels_are_averaged_and_listed_where_they_are_scored_apart(masking: str) -> None:
    region = Region("mask", DISC, masking)
    fields: dict[str, Any] = {"window": "uniform-3"}
    each = [
        SSIM.measure(pair_of(COLOURS[0][:, :, channel], COLOURS[1][:, :, channel], **fields), region)
        for channel in range(3)
    ]
    together = SSIM.measure(pair_of(*COLOURS, **fields), region)
    assert together.value == pytest.approx(np.mean([one.value for one in each]), abs=1e-14)
    assert together.channels == ()
    assert together.n_sampled == each[0].n_sampled
    apart = SSIM.measure(pair_of(*COLOURS, **fields, colour="mean-of-channels"), region)
    assert apart.value == together.value
    np.testing.assert_allclose(apart.channels, [one.value for one in each], rtol=0, atol=1e-14)
    grey = SSIM.measure(pair_of(**fields, colour="mean-of-channels"), region)
    assert grey.channels == ()


@pytest.mark.parametrize("colour", ["all-channels", "mean-of-channels"])
@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_an_empty_region_has_no_value_and_no_pixel(masking: str, colour: str) -> None:
    found = SSIM.measure(pair_of(*COLOURS, colour=colour), Region("mask", EMPTY, masking))
    assert math.isnan(found.value)
    assert found.n_sampled == 0
    assert len(found.channels) == (3 if colour == "mean-of-channels" else 0)
    assert all(math.isnan(value) for value in found.channels)
    assert found.notes == ()
    grey = SSIM.measure(pair_of(colour=colour), Region("mask", EMPTY, masking))
    assert grey.channels == ()


def test_a_region_in_the_border_that_no_window_samples_has_no_value() -> None:
    found = measured(CORNER, "normalised")
    assert math.isnan(found.value)
    assert found.n_sampled == 0
    assert found.notes == ("no window's centre lies inside the region, so that it has no SSIM",)
    apart = SSIM.measure(pair_of(*COLOURS, colour="mean-of-channels"), Region("mask", CORNER))
    assert len(apart.channels) == 3
    assert math.isfinite(measured(CORNER, "normalised", edges="reflect").value)


def dotted(step: int) -> np.ndarray:
    mask = np.zeros((60, 60), np.bool_)
    mask[::step, ::step] = True
    return mask


def test_a_sparse_region_is_warned_of() -> None:
    pair = pair_of(*(RANDOM.randint(0, 256, (2, 60, 60)).astype(np.uint8)))
    found = SSIM.measure(pair, Region("mask", dotted(10)))  # 1 % of the pixels
    weight = gaussian(11, 1.5)[5, 5]
    # No other dot of the lattice lies within a window's radius of 5.
    assert found.mask_support == pytest.approx(weight, abs=1e-15)
    assert found.notes == (
        f"the region is sparse: on average {weight:.3f} of a window's weight lies inside it, and normalised SSIM "
        "rewards that; consider --masking map, or a denser mask",
    )
    for masking in ("interior", "map", "zeroed"):
        assert not any("sparse" in note for note in SSIM.measure(pair, Region("mask", dotted(10), masking)).notes)


def test_the_warning_of_sparseness_starts_below_a_tenth() -> None:
    assert SPARSE_SUPPORT == 0.1
    image = np.zeros((60, 60), np.uint8)
    pair = pair_of(image, image, window="uniform-3", edges="replicate")
    lone = Region("mask", dotted(10))
    found = SSIM.measure(pair, lone)
    assert found.mask_support is not None
    assert found.mask_support > 0.1  # 1/9, and more in the corner
    assert found.notes == ()
    thin = SSIM.measure(pair_of(image, image, window="uniform-5"), lone)
    assert thin.mask_support == pytest.approx(1 / 25, abs=1e-15)
    assert len(thin.notes) == 1


def test_support_at_the_bound_itself_is_not_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srmetrics.metrics.ssim.SPARSE_SUPPORT", measured(DISC).mask_support)
    assert measured(DISC).notes == ()
    assert len(measured(DOTS).notes) == 1


@pytest.mark.parametrize(
    ("window", "edges", "size"),
    [("gaussian-11-1.5", "valid", (10, 30)), ("uniform-7", "valid", (30, 6)), ("gaussian-11-1.5", "reflect", (5, 30))],
)
def test_an_image_smaller_than_the_window_is_refused(window: str, edges: str, size: tuple[int, int]) -> None:
    image = np.zeros(size, np.uint8)
    pair = pair_of(image, image, window=window, edges=edges)
    for masking in ("normalised", "interior", "map", "zeroed"):
        with pytest.raises(SizeError, match="too small for SSIM's window"):
            SSIM.measure(pair, Region("mask", np.ones(size, np.bool_), masking))
    with pytest.raises(SizeError, match="too small for SSIM's window"):
        SSIM.measure(pair, WHOLE_IMAGE)
    with pytest.raises(SizeError, match="too small for SSIM's window"):
        ssim_map_array(pair)


def test_the_centre_of_integers_is_the_middle_of_their_range() -> None:
    assert centre_of(pair_of(), None) == 127.5
    assert centre_of(pair_of(), DISC) == 127.5
    assert centre_of(pair_of(told=100.0), None) == 50.0


@pytest.mark.parametrize("height", [5, 48, 49, 100])
@pytest.mark.parametrize("dtype", [np.float64, np.int16])
def test_the_centre_of_other_data_is_the_references_mean_inside_the_mask(height: int, dtype: Any) -> None:
    reference = (RANDOM.rand(height, 7, 3) * 1000 - 300).astype(dtype)
    mask = RANDOM.rand(height, 7) < 0.5
    pair = pair_of(reference, np.zeros_like(reference), 1000.0)
    assert centre_of(pair, None) == pytest.approx(reference.mean(dtype=np.float64), rel=1e-12)
    assert centre_of(pair, mask) == pytest.approx(reference[mask].mean(dtype=np.float64), rel=1e-12)
    assert centre_of(pair, mask & False) == 0.0


def test_the_centre_goes_by_the_references_dtype_alone() -> None:
    floats = REFERENCE.astype(np.float64)
    assert centre_of(pair_of(REFERENCE, floats, told=255), None) == 127.5
    assert centre_of(pair_of(floats, CANDIDATE, told=255), None) == pytest.approx(floats.mean(), rel=1e-14)


@pytest.mark.parametrize("masking", [None, "normalised", "interior", "map"])
def test_signed_and_float_data_far_from_0_are_scored_as_well_as_bytes(masking: str | None) -> None:
    region = WHOLE_IMAGE if masking is None else Region("mask", DISC, masking)
    fields: dict[str, Any] = {"window": "uniform-3", "k": (0.0, 0.03)}
    # SSIM's luminance term with k1 = 0 does not move under scaling; contrast does not move under shifts.
    expected = SSIM.measure(pair_of(**fields), region).value
    scaled = SSIM.measure(pair_of(REFERENCE * 2.0**40, CANDIDATE * 2.0**40, 255 * 2.0**40, **fields), region).value
    assert scaled == pytest.approx(expected, abs=1e-12)
    signed = SSIM.measure(pair_of(REFERENCE.astype(np.int16), CANDIDATE.astype(np.int16), 255.0, **fields), region)
    assert signed.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("rule", ["wang", "avg-pool"])
@pytest.mark.parametrize("masking", [None, "normalised", "interior", "map", "zeroed"])
def test_images_are_made_smaller_before_windows_are_laid(
    rule: str, masking: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downsampling, "automatic_factor", lambda height, width, rule: 2)
    random = np.random.RandomState(14)
    reference, candidate = random.randint(0, 256, (2, 24, 26)).astype(np.uint8)
    mask = np.zeros((24, 26), np.bool_)
    mask[5:21, 2:23] = True

    def small(image: np.ndarray) -> np.ndarray:
        image = image.astype(np.float64)
        return box_subsampled(image, 2) if rule == "wang" else image.reshape(12, 2, 13, 2).mean(axis=(1, 3))

    pair = pair_of(reference, candidate, downsample=rule, window="uniform-3")
    found = SSIM.measure(pair, WHOLE_IMAGE if masking is None else Region("mask", mask, masking))
    share = small(mask)
    inside: np.ndarray | None = None
    first, second = small(reference), small(candidate)
    if masking == "zeroed":
        first, second = small(np.where(mask, reference, 0)), small(np.where(mask, candidate, 0))
    elif masking == "normalised":
        inside = share >= 0.5
        with np.errstate(invalid="ignore"):
            first, second = (small(np.where(mask, image, 0)) / share for image in (reference, candidate))
    elif masking == "interior":
        inside = windows_inside(share >= 1 - 1e-9, 3)
    elif masking == "map":
        inside = share >= 0.5
    windows = ssim_windows(first, second, uniform(3), mask=inside if masking == "normalised" else None).ssim
    counted = np.isfinite(windows) if inside is None else inside & np.isfinite(windows)
    counted[[0, -1]] = counted[:, [0, -1]] = False
    assert found.n_sampled == counted.sum()
    assert found.value == pytest.approx(windows[counted].mean(), abs=1e-12)


@pytest.mark.parametrize("masking", [None, "normalised", "interior", "map", "zeroed"])
def test_nothing_is_made_smaller_under_the_rule_none(masking: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    mask = None if masking is None else DISC
    expected = measured(mask, masking or "normalised", window="uniform-3", downsample="none")
    monkeypatch.setattr(downsampling, "automatic_factor", lambda height, width, rule: 2)
    assert measured(mask, masking or "normalised", window="uniform-3", downsample="none") == expected


@pytest.mark.parametrize("edges", ["valid", "reflect"])
@pytest.mark.parametrize("height", [11, 48, 58, 59, 110])
def test_the_whole_map_is_put_together_from_its_strips(edges: str, height: int) -> None:
    random = np.random.RandomState(height)
    reference, candidate = random.randint(0, 256, (2, height, 12, 3)).astype(np.uint8)
    found = ssim_map_array(pair_of(reference, candidate, edges=edges))
    margin = 5 if edges == "valid" else 0
    assert found.shape == (height - 2 * margin, 12 - 2 * margin, 3)
    windows = ssim_windows(reference[:, :, 1], candidate[:, :, 1], gaussian(11, 1.5), edges=edges).ssim
    np.testing.assert_allclose(found[:, :, 1].ravel(), windows[np.isfinite(windows)], rtol=0, atol=1e-12)
    whole = SSIM.measure(pair_of(reference, candidate, edges=edges), WHOLE_IMAGE)
    assert whole.value == pytest.approx(found.mean(), abs=1e-14)
    grey = ssim_map_array(pair_of(reference[:, :, 1], candidate[:, :, 1], edges=edges))
    np.testing.assert_array_equal(found[:, :, 1], grey)


def test_a_region_is_gathered_from_all_strips() -> None:
    random = np.random.RandomState(15)
    reference, candidate = random.randint(0, 256, (2, 110, 12)).astype(np.uint8)
    pair, mask = pair_of(reference, candidate, edges="reflect"), random.rand(110, 12) < 0.3
    found = SSIM.measure(pair, Region("mask", mask, "map"))
    assert found.value == pytest.approx(ssim_map_array(pair)[mask].mean(), abs=1e-14)
    assert found.n_sampled == mask.sum()


def test_the_map_is_made_smaller_as_ssim_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downsampling, "automatic_factor", lambda height, width, rule: 2)
    pair = pair_of(downsample="wang", window="uniform-3")
    found = ssim_map_array(pair)
    expected = ssim_windows(box_subsampled(REFERENCE, 2), box_subsampled(CANDIDATE, 2), uniform(3)).ssim[1:-1, 1:-1]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.mean() == pytest.approx(SSIM.measure(pair, WHOLE_IMAGE).value, abs=1e-14)


def test_a_volume_scores_the_mean_of_its_slices() -> None:
    slices = [measured(DISC), measured(DISC, window="uniform-3")]
    pooled = SSIM.pool(slices, pair_of())
    assert pooled.value == (slices[0].value + slices[1].value) / 2
    assert pooled.n_sampled == (slices[0].n_sampled or 0) + (slices[1].n_sampled or 0)
