"""What must hold for every pair of images: identity, symmetry, bounds, shifts, flips, noise, ranges and crops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import image_pairs, picture

from srmetrics import EvaluationProtocol, error_map, evaluate, mae, mse, nrmse, psnr, rmse, ssim, ssim_map

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]
EVERY_METRIC = ("psnr", "ssim", "mse", "rmse", "mae", "nrmse")

protocols = st.builds(
    EvaluationProtocol,
    colour=st.sampled_from(["all-channels", "mean-of-channels", "y-bt601", "luma-bt601"]),
    round=st.sampled_from(["none", "integer"]),
    grey=st.sampled_from(["keep", "expand"]),
    window=st.sampled_from(["uniform-3", "gaussian-5-1.5"]),
    edges=st.sampled_from(["valid", "reflect", "replicate"]),
    covariance=st.sampled_from(["population", "sample"]),
    crop=st.integers(0, 2),
)
"""Of images of at least 9 pixels each way."""

quickly = settings(max_examples=60, deadline=None)


def scored(pair: Pair, protocol: EvaluationProtocol, **options: Any) -> dict[str, float]:
    return dict(evaluate(*pair, protocol, metrics=EVERY_METRIC, **options))


@given(image_pairs(9), protocols)
@quickly
def test_an_image_scores_the_best_against_itself(pair: Pair, protocol: EvaluationProtocol) -> None:
    found = scored((pair[0], pair[0].copy()), protocol)
    # SSIM exactly: every term of its fraction is the same above and below.
    assert found == {"psnr": math.inf, "ssim": 1.0, "mse": 0.0, "rmse": 0.0, "mae": 0.0, "nrmse": 0.0}


@given(image_pairs(9), protocols)
@quickly
def test_reference_and_candidate_may_change_places_but_for_nrmse(pair: Pair, protocol: EvaluationProtocol) -> None:
    forth, back = scored(pair, protocol), scored((pair[1], pair[0]), protocol)
    del forth["nrmse"], back["nrmse"]
    assert forth == back


@given(image_pairs(9), st.sampled_from([np.float64, np.int16]))
@quickly
def test_places_change_for_other_dtypes_too(pair: Pair, dtype: Any) -> None:
    one, other = (image.astype(dtype) for image in pair)
    options: dict[str, Any] = {"data_range": 255.0}
    assert psnr(one, other, **options) == psnr(other, one, **options)
    # The two are centred on the mean of the reference, which rounds otherwise.
    protocol = EvaluationProtocol(window="uniform-3")
    forth, back = ssim(one, other, protocol, **options), ssim(other, one, protocol, **options)
    assert forth == pytest.approx(back, abs=1e-11)


@given(image_pairs(9), protocols)
@quickly
def test_no_value_leaves_its_bounds(pair: Pair, protocol: EvaluationProtocol) -> None:
    found = scored(pair, protocol)
    assert abs(found["ssim"]) <= 1 + 1e-12
    assert 0 <= found["mae"] <= found["rmse"] * (1 + 1e-12)
    assert found["rmse"] <= 255
    assert found["psnr"] >= 0
    if protocol.colour != "mean-of-channels":  # which averages roots and logarithms
        assert found["mse"] == pytest.approx(found["rmse"] ** 2, rel=1e-12)
        assert found["psnr"] == (pytest.approx(10 * math.log10(255**2 / found["mse"])) if found["mse"] else math.inf)


@given(image_pairs(9))
@quickly
def test_every_place_of_the_ssim_map_is_bounded(pair: Pair) -> None:
    found = ssim_map(*pair, EvaluationProtocol(window="gaussian-5-1.5", edges="reflect"))
    assert (np.abs(found) <= 1 + 1e-12).all()


@given(image_pairs(), st.integers(-300, 300))
@quickly
def test_a_constant_added_to_both_moves_no_error(pair: Pair, shift: int) -> None:
    first, second = (image.astype(np.int16) for image in pair)
    for metric in (mse, rmse, mae, psnr):
        before = metric(first, second, data_range=600)
        assert metric(first + np.int16(shift), second + np.int16(shift), data_range=600) == before


@given(image_pairs(9), protocols, st.sampled_from(["left-right", "up-down", "transposed"]))
@quickly
def test_turning_both_images_moves_no_score(pair: Pair, protocol: EvaluationProtocol, turn: str) -> None:
    turned = {
        "left-right": lambda image: image[:, ::-1],
        "up-down": lambda image: image[::-1],
        "transposed": lambda image: image.swapaxes(0, 1),
    }[turn]
    before, after = scored(pair, protocol), scored((turned(pair[0]), turned(pair[1])), protocol)
    # Sums of the same numbers in another order.
    assert after == pytest.approx(before, rel=1e-12, abs=1e-11)


@given(st.integers(0, 2**16), st.sampled_from(["ramp", "blobs", "flat"]), st.floats(1.0, 8.0), st.floats(1.25, 3.0))
@quickly
def test_more_noise_scores_worse(seed: int, kind: str, amount: float, factor: float) -> None:
    reference = picture(kind, seed, 24, 24).astype(np.float64)
    noise = np.random.RandomState(seed).normal(0, amount, reference.shape)
    less, more = (
        evaluate(reference, reference + noise * times, metrics=EVERY_METRIC, data_range=255.0) for times in (1, factor)
    )
    assert less["psnr"] > more["psnr"]
    assert less["ssim"] > more["ssim"]
    for name in ("mse", "rmse", "mae"):
        assert less[name] < more[name]
    assert less["psnr"] - more["psnr"] == pytest.approx(20 * math.log10(factor), abs=1e-9)


@given(image_pairs(9), st.sampled_from([1 / 255, 0.5, 2.0, 257.0, 1e6]))
@quickly
def test_scores_without_a_unit_do_not_know_the_scale(pair: Pair, factor: float) -> None:
    protocol = EvaluationProtocol(window="gaussian-5-1.5")
    plain = evaluate(*pair, protocol, metrics=EVERY_METRIC)
    scaled = evaluate(pair[0] * factor, pair[1] * factor, protocol, metrics=EVERY_METRIC, data_range=255.0 * factor)
    for name in ("psnr", "ssim", "nrmse"):
        assert scaled[name] == pytest.approx(plain[name], abs=1e-10)
    assert scaled["mse"] == pytest.approx(plain["mse"] * factor**2, rel=1e-12)
    assert scaled["rmse"] == pytest.approx(plain["rmse"] * factor, rel=1e-12)
    assert scaled["mae"] == pytest.approx(plain["mae"] * factor, rel=1e-12)


@given(image_pairs(13), st.integers(0, 2), st.sampled_from(["uniform-3", "gaussian-5-1.5"]))
@quickly
def test_16_bits_score_as_8_bits_times_257(pair: Pair, crop: int, window: str) -> None:
    wide = [image.astype(np.uint16) * 257 for image in pair]
    wide[0].flat[0], wide[1].flat[0] = 65535, 65535  # so that 16 bits are in use
    narrow = [image.copy() for image in pair]
    narrow[0].flat[0], narrow[1].flat[0] = 255, 255
    protocol = EvaluationProtocol(crop=crop, window=window)
    assert psnr(*wide, protocol) == pytest.approx(psnr(*narrow, protocol), abs=1e-11)
    assert ssim(*wide, protocol) == pytest.approx(ssim(*narrow, protocol), abs=1e-11)


@given(image_pairs(13), protocols, st.integers(0, 4))
@quickly
def test_a_crop_is_slicing(pair: Pair, protocol: EvaluationProtocol, crop: int) -> None:
    sliced = tuple(image[crop : len(image) - crop, crop : image.shape[1] - crop] for image in pair)
    fields = {name: getattr(protocol, name) for name in ("colour", "round", "grey", "window", "edges", "covariance")}
    cropped = scored(pair, EvaluationProtocol(**fields, crop=crop))
    assert cropped == scored(sliced, EvaluationProtocol(**fields))  # type: ignore[arg-type]


@given(image_pairs(9, channels=(3,)))
@quickly
def test_the_mean_of_channels_is_that_of_three_grey_images(pair: Pair) -> None:
    apart = evaluate(*pair, EvaluationProtocol(colour="mean-of-channels", window="uniform-3"), metrics=("mse", "ssim"))
    for name, metric in [("mse", mse), ("ssim", ssim)]:
        each = [metric(pair[0][:, :, c], pair[1][:, :, c], EvaluationProtocol(window="uniform-3")) for c in range(3)]
        assert apart[name] == pytest.approx(np.mean(each), rel=1e-12, abs=1e-12)
        assert [apart.channels[f"{name}_c{c}"] for c in range(3)] == pytest.approx(each, rel=1e-12, abs=1e-12)


@given(image_pairs(9, channels=(1,)), st.sampled_from(["all-channels", "mean-of-channels", "luma-bt601"]))
@quickly
def test_grey_scores_as_rgb_of_three_equal_channels(pair: Pair, colour: str) -> None:
    protocol = EvaluationProtocol(colour=colour, window="uniform-3")
    colours = [np.dstack([image] * 3) for image in pair]
    for metric in (mse, mae, nrmse):
        assert metric(*colours, protocol) == pytest.approx(metric(*pair, protocol), rel=1e-12, abs=1e-12)
    assert ssim(*colours, protocol) == pytest.approx(ssim(*pair, protocol), abs=1e-11)


@given(image_pairs(), st.sampled_from(["all-channels", "y-bt601"]))
@quickly
def test_the_error_maps_mean_is_mae(pair: Pair, colour: str) -> None:
    protocol = EvaluationProtocol(colour=colour)
    assert error_map(*pair, protocol).mean() == pytest.approx(mae(*pair, protocol), abs=1e-11)


@given(image_pairs(9), protocols)
@quickly
def test_scores_do_not_depend_on_how_the_arrays_lie_in_memory(pair: Pair, protocol: EvaluationProtocol) -> None:
    strided = tuple(np.asfortranarray(np.repeat(image, 2, axis=1))[:, ::2] for image in pair)
    assert scored(strided, protocol) == scored(pair, protocol)  # type: ignore[arg-type]
    swapped = tuple(image.astype(np.uint16).astype(">u2") for image in pair)
    native = tuple(image.astype(np.uint16) for image in pair)
    options: dict[str, Any] = {"data_range": 255.0}
    assert scored(swapped, protocol, **options) == scored(native, protocol, **options)  # type: ignore[arg-type]


@given(image_pairs(9), protocols)
@quickly
def test_scoring_changes_no_image(pair: Pair, protocol: EvaluationProtocol) -> None:
    kept = [image.copy() for image in pair]
    floats = [image.astype(np.float64) for image in pair]
    scored(pair, protocol)
    scored((floats[0], floats[1]), protocol, data_range=255.0)  # type: ignore[arg-type]
    for before, after, as_float in zip(kept, pair, floats, strict=True):
        np.testing.assert_array_equal(before, after)
        np.testing.assert_array_equal(before, as_float)
