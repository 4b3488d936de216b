"""The laws of DESIGN 4 that hold for every mask."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import image_pairs, masks

from srmetrics import EvaluationProtocol, Scores, evaluate, evaluate_regions

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]
METRICS = ("psnr", "ssim", "mse", "rmse", "mae", "nrmse")
MASKINGS = ("normalised", "interior", "map", "zeroed")
CONVENTIONS = st.fixed_dictionaries(
    {
        "window": st.sampled_from(["uniform-3", "gaussian-5-1.5", "uniform-7"]),
        "edges": st.sampled_from(["valid", "reflect", "replicate"]),
        "colour": st.sampled_from(["all-channels", "mean-of-channels", "y-bt601"]),
        "grey": st.sampled_from(["keep", "expand"]),
        "crop": st.integers(0, 2),
    }
)
SPOILERS: dict[str, Any] = {"zero": 0.0, "large": 1e300, "nan": np.nan, "inf": np.inf, "-inf": -np.inf}

quickly = settings(max_examples=80, deadline=None)


def same(one: Scores, other: Scores) -> bool:
    """Whether two rows hold the same bits, NaN being NaN."""
    rows = [
        [*row.values(), *row.channels.values(), row.mask_support or 0.0, float(row.n_sampled or 0)]
        for row in (one, other)
    ]
    return np.array(rows[0]).tobytes() == np.array(rows[1]).tobytes()


@given(
    image_pairs(11), CONVENTIONS, st.sampled_from(MASKINGS), st.sampled_from(["population", "sample"]), st.booleans()
)
@quickly
def test_a_full_mask_equals_no_mask(
    pair: Pair, fields: dict[str, Any], masking: str, covariance: str, floats: bool
) -> None:
    first, second = (image / 255 if floats else image for image in pair)
    protocol = EvaluationProtocol(**fields, covariance=covariance, masking=masking, range=1 if floats else 255)
    full = evaluate(first, second, protocol, metrics=METRICS, mask=np.ones(first.shape[:2]))
    if masking == "normalised" and covariance == "sample":
        # Normalised windows take population covariances, and the signature says so.
        assert "|covariance:population|" in full.signature
        protocol = EvaluationProtocol(**fields, masking=masking, range=1 if floats else 255)
    whole = evaluate(first, second, protocol, metrics=METRICS)
    assert full.signature == whole.signature
    assert full.n_pixels == whole.n_pixels
    assert full.n_sampled == whole.n_sampled
    assert dict(full) == pytest.approx(dict(whole), abs=1e-12, rel=1e-12)
    assert dict(full.channels) == pytest.approx(dict(whole.channels), abs=1e-12, rel=1e-12)
    if masking == "normalised":
        assert full.mask_support == pytest.approx(1.0, abs=1e-12)


@given(
    st.data(),
    image_pairs(11),
    CONVENTIONS,
    st.sampled_from(["normalised", "interior"]),
    st.sampled_from(sorted(SPOILERS)),
)
@quickly
def test_pixels_outside_cannot_move_a_bit(
    data: st.DataObject, pair: Pair, fields: dict[str, Any], masking: str, spoiler: str
) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    first, second = (image / 255 for image in pair)
    outside = ~mask if first.ndim == 2 else np.repeat(~mask[:, :, None], 3, axis=2)
    spoilt = [np.where(outside, SPOILERS[spoiler], image) for image in (first, second)]
    options: dict[str, Any] = {"metrics": METRICS, "mask": mask, "masking": masking, "data_range": 1.0}
    clean = evaluate(first, second, EvaluationProtocol(**fields), **options)
    for one, other in [(spoilt[0], second), (first, spoilt[1]), (spoilt[0], spoilt[1])]:
        dirty = evaluate(one, other, EvaluationProtocol(**fields), **options)
        assert not dirty.errors
        assert same(clean, dirty)


@given(st.data(), image_pairs(11), CONVENTIONS, st.sampled_from(["normalised", "interior"]), st.integers(0, 2**16))
@quickly
def test_bytes_outside_cannot_move_a_bit(
    data: st.DataObject, pair: Pair, fields: dict[str, Any], masking: str, seed: int
) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    noise = np.random.RandomState(seed).randint(0, 256, (2, *pair[0].shape)).astype(np.uint8)
    inside = mask if pair[0].ndim == 2 else mask[:, :, None]
    spoilt = [np.where(inside, image, other) for image, other in zip(pair, noise, strict=True)]
    options: dict[str, Any] = {"metrics": METRICS, "mask": mask, "masking": masking}
    protocol = EvaluationProtocol(**fields, round="integer")
    assert same(evaluate(*pair, protocol, **options), evaluate(*spoilt, protocol, **options))


@given(st.data(), image_pairs(9), st.sampled_from(["all-channels", "y-bt601"]), st.integers(0, 2))
@quickly
def test_the_errors_of_mask_and_background_make_up_the_wholes(
    data: st.DataObject, pair: Pair, colour: str, crop: int
) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    regions = {"image": None, "mask": mask, "background": ~mask}
    whole, *parts = evaluate_regions(
        *pair, regions, EvaluationProtocol(colour=colour, crop=crop), metrics=("mse", "mae")
    )
    assert sum(part.n_pixels for part in parts) == whole.n_pixels
    for name in ("mse", "mae"):
        total = sum(part[name] * part.n_pixels for part in parts if part.n_pixels)
        assert total == pytest.approx(whole[name] * whole.n_pixels, rel=1e-12)


@given(st.data(), image_pairs(11), CONVENTIONS, st.sampled_from(["population", "sample"]))
@quickly
def test_the_ssim_maps_of_mask_and_background_make_up_the_wholes(
    data: st.DataObject, pair: Pair, fields: dict[str, Any], covariance: str
) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    regions = {"image": None, "mask": mask, "background": ~mask}
    protocol = EvaluationProtocol(**fields, covariance=covariance, masking="map")
    whole, *parts = evaluate_regions(*pair, regions, protocol, metrics=("ssim",))
    assert sum(part.n_sampled or 0 for part in parts) == whole.n_sampled
    total = sum(part["ssim"] * part.n_sampled for part in parts if part.n_sampled)
    assert total == pytest.approx(whole["ssim"] * (whole.n_sampled or 0), abs=1e-9)


@given(st.data(), image_pairs(11), st.sampled_from(MASKINGS))
@quickly
def test_identical_images_are_identical_in_every_region(data: st.DataObject, pair: Pair, masking: str) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    scores = evaluate(pair[0], pair[0], EvaluationProtocol(window="uniform-3"), mask=mask, masking=masking)
    assume(scores.n_pixels > 0)
    assert scores["psnr"] == math.inf
    assert scores["ssim"] == 1.0 if scores.n_sampled else math.isnan(scores["ssim"])


@given(st.data(), image_pairs(11), CONVENTIONS, st.sampled_from(MASKINGS))
@quickly
def test_scores_of_regions_keep_their_bounds_and_counts(
    data: st.DataObject, pair: Pair, fields: dict[str, Any], masking: str
) -> None:
    mask = data.draw(masks(pair[0].shape[:2]))  # type: ignore[arg-type]
    scores = evaluate(*pair, EvaluationProtocol(**fields), mask=mask, masking=masking)
    crop, margin = fields["crop"], int(fields["window"].split("-")[1]) // 2 if fields["edges"] == "valid" else 0
    kept = mask[crop : len(mask) - crop, crop : mask.shape[1] - crop]
    sampled = kept[margin : len(kept) - margin, margin : kept.shape[1] - margin]
    assert scores.n_pixels == kept.sum()
    if not kept.any():
        assert all(math.isnan(value) for value in scores.values())
        assert scores.n_sampled == 0
        return
    if masking in ("normalised", "map"):
        assert scores.n_sampled == sampled.sum()
    elif masking == "interior":
        assert (scores.n_sampled or 0) <= sampled.sum()
    if scores.n_sampled:
        assert abs(scores["ssim"]) <= 1 + 1e-12
        assert scores.mask_support is None or 0 < scores.mask_support <= 1 + 1e-12
    else:
        assert math.isnan(scores["ssim"])


@given(image_pairs(11), st.sampled_from(["normalised", "interior"]), st.integers(2, 5))
@quickly
def test_a_rectangle_scores_as_the_image_cut_to_it(pair: Pair, masking: str, inset: int) -> None:
    first, second = pair
    mask = np.zeros(first.shape[:2], np.bool_)
    cut = np.s_[inset : len(first) - inset, inset : first.shape[1] - inset]
    mask[cut] = True
    assume(min(first[cut].shape[:2]) >= 3)
    protocol = EvaluationProtocol(window="uniform-3")
    inside, apart = (
        evaluate(first, second, protocol, mask=mask, masking=masking),
        evaluate(first[cut], second[cut], protocol),
    )
    assert inside["psnr"] == pytest.approx(apart["psnr"], abs=1e-12)
    if masking == "interior":
        assert inside["ssim"] == pytest.approx(apart["ssim"], abs=1e-12)
        assert inside.n_sampled == apart.n_sampled


def test_a_sparse_mask_is_rewarded_and_warned_of() -> None:
    # DESIGN 4: a 1 % dotted mask scores far above the image; its support tells.
    random = np.random.RandomState(31)
    rows, columns = np.indices((200, 200))
    reference = 127 + 60 * np.sin(rows / 9) * np.cos(columns / 7)
    candidate = reference + random.normal(0, 25, reference.shape)
    mask = (rows % 10 == 0) & (columns % 10 == 0)
    assert mask.mean() == 0.01
    dotted = evaluate(reference, candidate, mask=mask, data_range=255.0)
    whole = evaluate(reference, candidate, data_range=255.0)
    assert dotted["ssim"] > whole["ssim"] + 0.3
    assert dotted.mask_support is not None
    assert dotted.mask_support < 0.1
    assert [note[:22] for note in dotted.notes] == ["the region is sparse: "]
    plain = evaluate(reference, candidate, mask=mask, masking="map", data_range=255.0)
    assert plain["ssim"] == pytest.approx(whole["ssim"], abs=0.05)
    assert plain.notes == ()
