"""The prepared pair: a protocol applied once, in order, and read in strips."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from srmetrics import EvaluationProtocol
from srmetrics.errors import ArrayError, ChannelError, MaskError, NonFiniteError, ProtocolError, RangeError, SizeError
from srmetrics.prepare.align import Frame
from srmetrics.prepare.pair import STRIP_ROWS, HeldRows, PreparedPair, SelectedRows, prepare_pair

RANDOM = np.random.RandomState(4)
REFERENCE = RANDOM.randint(0, 256, (21, 18, 3)).astype(np.uint8)
CANDIDATE = RANDOM.randint(0, 256, (21, 18, 3)).astype(np.uint8)


def prepared(reference: Any, candidate: Any, options: dict[str, Any] | None = None, **fields: Any) -> PreparedPair:
    return prepare_pair(reference, candidate, EvaluationProtocol(**fields), **(options or {}))


def both(pair: PreparedPair) -> tuple[np.ndarray, np.ndarray]:
    return pair.rows(0, pair.shape[0])


def test_a_strip_has_the_rows_that_the_design_allows() -> None:
    assert 32 <= STRIP_ROWS <= 64


def test_the_native_pair_is_the_two_images() -> None:
    pair = prepared(REFERENCE, CANDIDATE)
    assert pair.shape == (21, 18, 3)
    assert pair.original_size == (21, 18)
    assert pair.frame == Frame(0, 0, 21, 18)
    assert pair.data_range == 255.0
    assert pair.protocol == EvaluationProtocol(range=255)
    assert pair.untouched
    assert pair.notes == ()
    np.testing.assert_array_equal(REFERENCE, both(pair)[0])
    np.testing.assert_array_equal(CANDIDATE, both(pair)[1])
    np.testing.assert_array_equal(REFERENCE[3:7], pair.rows(3, 7)[0])
    np.testing.assert_array_equal(CANDIDATE[3:7], pair.rows(3, 7)[1])


def test_no_copy_is_held() -> None:
    pair = prepared(REFERENCE, CANDIDATE, crop=2)
    assert np.shares_memory(pair.stored[0], REFERENCE)
    assert np.shares_memory(pair.stored[1], CANDIDATE)


def test_the_order_of_work_is_align_resize_alpha_window_colour_round_crop() -> None:
    reference = np.dstack([REFERENCE, np.full((21, 18), 128, np.uint8)])
    candidate = np.dstack([CANDIDATE, RANDOM.randint(0, 256, (21, 18)).astype(np.uint8)])[:10, :9]
    pair = prepared(
        reference,
        candidate,
        align="resize-opencv-bilinear",
        alpha="composite",
        value_window="128/200",
        colour="luma-bt601",
        round="integer",
        crop=3,
    )
    assert pair.shape == (15, 12, 1)
    assert pair.frame == Frame(3, 3, 18, 15)
    resized = cv2.resize(np.ascontiguousarray(candidate), (18, 21), interpolation=cv2.INTER_LINEAR)
    for image, scored in zip((reference, resized), both(pair), strict=True):
        cover = image[:, :, 3:] / 255.0
        over_white = np.floor(image[:, :, :3] * cover + 255 * (1 - cover) + 0.5)
        windowed = np.clip(((over_white - 127.5) / 199 + 0.5) * 255, 0, 255)
        expected = np.floor(windowed @ np.array([0.299, 0.587, 0.114]) + 0.5)
        np.testing.assert_array_equal(expected[3:18, 3:15], scored[:, :, 0])


def test_the_resize_moves_the_candidate_only() -> None:
    pair = prepared(REFERENCE, CANDIDATE[:10], align="resize-opencv-nearest")
    np.testing.assert_array_equal(REFERENCE, both(pair)[0])


def test_modcrop_takes_its_multiple_from_the_scale() -> None:
    pair = prepared(REFERENCE, CANDIDATE[:20, :16], {"scale": 4}, align="modcrop", crop="scale")
    assert pair.protocol == EvaluationProtocol(align="modcrop-4", crop=4, range=255)
    assert pair.frame == Frame(4, 4, 16, 12)


def test_a_mask_is_cut_as_the_reference_is() -> None:
    pair = prepared(REFERENCE, CANDIDATE[:20, :16], {"scale": 4}, align="modcrop", crop=1)
    mask = RANDOM.rand(21, 18) > 0.5
    np.testing.assert_array_equal(mask[1:19, 1:15], pair.place(mask))
    with pytest.raises(MaskError, match=r"found shape \(20, 16\); expected shape \(21, 18\)"):
        pair.place(mask[:20, :16])


@pytest.mark.parametrize(("dtype", "expected"), [(np.uint8, 255.0), (np.uint16, 65535.0)])
def test_the_range_of_integers_is_their_dtypes(dtype: Any, expected: float) -> None:
    assert prepared(REFERENCE.astype(dtype) * dtype(1), CANDIDATE.astype(dtype)).data_range == expected


def test_the_range_is_told_named_or_the_references_maximum() -> None:
    low = REFERENCE // 2
    assert prepared(low, CANDIDATE, {"data_range": 300}).data_range == 300.0
    assert prepared(low, CANDIDATE, range=300).data_range == 300.0
    pair = prepared(low, CANDIDATE, range="reference-max")
    assert pair.data_range == float(low.max())
    assert pair.protocol.range == "reference-max"
    pair = prepared(low, CANDIDATE, {"reference_max": 999.0}, range="reference-max")
    assert pair.data_range == 999.0


def test_the_references_maximum_passes_over_what_is_not_finite() -> None:
    image = REFERENCE.astype(np.float64)
    image[0, 0, 0], image[0, 1, 0] = np.inf, np.nan
    assert prepared(image, image, range="reference-max").data_range == float(REFERENCE.max())


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_reference_without_a_value_above_0_has_no_maximum_to_go_by(value: float) -> None:
    image = np.full((4, 4), value)
    with pytest.raises(RangeError) as caught:
        prepared(image, image, range="reference-max")
    assert str(caught.value) == (f"range: reference-max needs a reference with a value above 0; found {value:g}.")


def test_the_references_maximum_may_be_small() -> None:
    image = np.full((4, 4), 0.25)
    assert prepared(image, image, range="reference-max").data_range == 0.25


def test_the_value_window_puts_both_images_on_255() -> None:
    pair = prepared(REFERENCE.astype(np.int16), CANDIDATE.astype(np.float32), value_window="100/150")
    assert pair.data_range == 255.0
    assert pair.protocol.range == 255.0
    assert not pair.untouched


@pytest.mark.parametrize(
    ("options", "fields", "notes"),
    [
        ({}, {}, 0),
        ({"data_range": 100}, {}, 1),
        ({}, {"range": 100}, 1),
        ({}, {"range": "reference-max"}, 0),
        ({}, {"value_window": "2000/100"}, 0),
    ],
)
def test_an_unlikely_range_is_noted_where_a_range_was_chosen(
    options: dict[str, Any], fields: dict[str, Any], notes: int
) -> None:
    assert len(prepared(REFERENCE, CANDIDATE, options, **fields).notes) == notes


def test_values_beyond_a_value_window_are_no_news() -> None:
    hounsfield = REFERENCE.astype(np.int16) * 10
    assert prepared(hounsfield, hounsfield, value_window="40/400").notes == ()


def test_notes_on_range_and_channels_both_stand() -> None:
    grey = np.dstack([REFERENCE[:, :, 0]] * 3)
    pair = prepared(grey, CANDIDATE[:, :, 0], {"data_range": 100})
    assert [note.partition("'s ")[0] for note in pair.notes] == ["the reference", "the reference"]
    assert "above the data range" in pair.notes[0]
    assert "collapsed" in pair.notes[1]
    assert pair.shape == (21, 18, 1)


def test_grey_against_rgb_is_scored_as_rgb_when_it_is_expanded() -> None:
    pair = prepared(REFERENCE[:, :, 0], CANDIDATE, grey="expand")
    assert pair.shape == (21, 18, 3)
    np.testing.assert_array_equal(np.dstack([REFERENCE[:, :, 0]] * 3), both(pair)[0])
    np.testing.assert_array_equal(CANDIDATE, both(pair)[1])


def test_before_colour_is_the_pair_as_rgb() -> None:
    pair = prepared(REFERENCE, CANDIDATE, colour="y-bt601", round="integer", crop=2)
    plain = pair.before_colour
    assert plain.shape == (17, 14, 3)
    np.testing.assert_array_equal(REFERENCE[2:-2, 2:-2], both(plain)[0])
    assert plain.protocol == pair.protocol


def test_only_one_alpha_may_stand() -> None:
    pair = prepared(np.dstack([REFERENCE, REFERENCE[:, :, :1]]), CANDIDATE, alpha="composite")
    assert pair.alphas[0] is not None
    assert pair.alphas[1] is None
    assert not pair.untouched
    np.testing.assert_array_equal(CANDIDATE, both(pair)[1])


@pytest.mark.parametrize(
    ("reference", "candidate", "fields", "error", "message"),
    [
        (REFERENCE > 3, CANDIDATE, {}, ArrayError, "the reference holds truth values"),
        (REFERENCE, CANDIDATE > 3, {}, ArrayError, "the candidate holds truth values"),
        (REFERENCE, CANDIDATE[1:], {}, SizeError, "the candidate's size is not the reference's"),
        (REFERENCE, CANDIDATE, {"crop": 9}, SizeError, "nothing is left"),
        (REFERENCE, CANDIDATE, {"crop": "scale"}, ProtocolError, "needs the scale"),
        (REFERENCE[:, :, :2], CANDIDATE, {}, ChannelError, "the reference has an alpha channel"),
        (REFERENCE, CANDIDATE[:, :, :2], {}, ChannelError, "the candidate has an alpha channel"),
        (REFERENCE, CANDIDATE[:, :, 0], {}, ChannelError, "the candidate has one channel and the reference has three"),
        (REFERENCE, CANDIDATE.astype(np.uint16), {}, RangeError, "different depths"),
        (REFERENCE / 255, CANDIDATE / 255, {"range": 1, "round": "integer"}, RangeError, "round: integer"),
        (REFERENCE, CANDIDATE / 255, {"range": 1, "round": "integer"}, RangeError, "round: integer"),
        (REFERENCE / 255, CANDIDATE, {"range": 1, "round": "integer"}, RangeError, "round: integer"),
    ],
)
def test_what_cannot_be_prepared_is_refused(
    reference: Any, candidate: Any, fields: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        prepared(reference, candidate, **fields)


def test_integers_are_always_finite() -> None:
    pair = prepared(REFERENCE, CANDIDATE)
    assert {"u"} == {image.dtype.kind for image in pair.stored}
    assert pair.require_finite(None) is None


@pytest.mark.parametrize("role", ["reference", "candidate"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 47, 48, 100])
def test_a_value_that_is_no_number_is_refused_with_its_place(role: str, bad: float, row: int) -> None:
    images = {"reference": np.zeros((104, 5, 3)), "candidate": np.zeros((104, 5, 3))}
    images[role][row + 1, 3, 1] = bad
    images[role][row + 1, 3, 2] = bad
    images[role][row + 2, 2, 0] = bad
    pair = prepared(*images.values(), range=1, crop=1)
    with pytest.raises(NonFiniteError) as caught:
        pair.require_finite(None)
    assert str(caught.value) == (
        f"the {role} has pixels that are not numbers; found 2 pixels with NaN or infinity, the first at row {row + 1}, "
        "column 3. Mend the image, or leave those pixels out by a mask (--masks)."
    )


def test_a_float_candidate_is_looked_at_beside_an_integer_reference() -> None:
    with pytest.raises(NonFiniteError, match="the candidate has pixels that are not numbers"):
        prepared(REFERENCE, np.full(REFERENCE.shape, np.nan), {"data_range": 255}).require_finite(None)


def test_outside_a_mask_a_value_need_not_be_a_number() -> None:
    image, mask = np.zeros((103, 5)), np.ones((103, 5), np.bool_)
    image[60, 2], mask[60, 2] = np.nan, False
    pair = prepared(image, image, range=1)
    pair.require_finite(mask)
    mask[60, 2] = True
    with pytest.raises(NonFiniteError, match="found 1 pixels with NaN or infinity, the first at row 60, column 2"):
        pair.require_finite(mask)


def test_alpha_must_be_a_number_where_it_is_laid_over_white() -> None:
    image = np.zeros((50, 5, 2))
    image[49, 1, 1] = np.nan
    prepared(image, image, range=1, alpha="drop").require_finite(None)
    with pytest.raises(NonFiniteError, match=r"the reference has .* row 49, column 1"):
        prepared(image, image, range=1, alpha="composite").require_finite(None)


def test_held_rows_are_slices() -> None:
    first, second = REFERENCE.astype(np.float64), CANDIDATE.astype(np.float64)
    rows = HeldRows(first, second)
    assert rows.shape == (21, 18, 3)
    np.testing.assert_array_equal(first[2:5], rows.rows(2, 5)[0])
    np.testing.assert_array_equal(second[2:5], rows.rows(2, 5)[1])


def test_selected_rows_hold_one_constant_outside_the_mask_whatever_stood_there() -> None:
    first, second = REFERENCE.astype(np.float64), CANDIDATE.astype(np.float64)
    mask = RANDOM.rand(21, 18) > 0.5
    spoilt = np.where(mask[:, :, None], first, np.nan)
    rows = SelectedRows(HeldRows(spoilt, second), mask, 7.0)
    assert rows.shape == (21, 18, 3)
    seen = rows.rows(4, 9)
    np.testing.assert_array_equal(np.where(mask[4:9, :, None], first[4:9], 7.0), seen[0])
    np.testing.assert_array_equal(np.where(mask[4:9, :, None], second[4:9], 7.0), seen[1])
