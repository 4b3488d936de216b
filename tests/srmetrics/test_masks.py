"""Regions: what a mask image, a label map, a boundary and Otsu's threshold stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.filters import threshold_otsu

from srmetrics.errors import ArrayError, MaskError
from srmetrics.masks import MOST_LABELS, boundary_band, grey_of, is_label_map, otsu_mask, otsu_threshold, regions_of

LABELS = np.array([[0, 0, 128, 128], [0, 255, 255, 128], [255, 255, 255, 128]], np.uint8)
COLOURED = "the mask is a colour image; expected one channel, or three equal ones."


def as_lists(regions: dict[str, np.ndarray]) -> dict[str, list[list[int]]]:
    assert all(region.dtype == np.bool_ for region in regions.values())
    return {name: region.astype(int).tolist() for name, region in regions.items()}


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.int16, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("value", [1, 255])
def test_one_value_besides_zero_is_a_mask_and_its_complement(dtype: Any, value: int) -> None:
    image = np.array([[0, value], [value, value]]).astype(dtype)
    assert not is_label_map(image)
    assert as_lists(regions_of(image)) == {"mask": [[0, 1], [1, 1]], "background": [[1, 0], [0, 0]]}


def test_a_mask_of_one_value_everywhere_has_an_empty_region() -> None:
    assert as_lists(regions_of(np.zeros((1, 2), np.uint8))) == {"mask": [[0, 0]], "background": [[1, 1]]}
    assert as_lists(regions_of(np.full((1, 2), 7, np.uint8))) == {"mask": [[1, 1]], "background": [[0, 0]]}


def test_more_values_are_labels_without_a_complement() -> None:
    assert is_label_map(LABELS)
    assert as_lists(regions_of(LABELS)) == {
        "label_128": [[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 1]],
        "label_255": [[0, 0, 0, 0], [0, 1, 1, 0], [1, 1, 1, 0]],
    }
    assert list(regions_of(np.array([[-1, 0, 3]]))) == ["label_-1", "label_3"]


def test_labels_may_be_named_zero_among_them() -> None:
    named = regions_of(LABELS, labels={255: "nucleus", 0: "background", 7: "absent"})
    assert as_lists(named) == {
        "nucleus": [[0, 0, 0, 0], [0, 1, 1, 0], [1, 1, 1, 0]],
        "background": [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]],
        "absent": [[0, 0, 0, 0]] * 3,
    }


def test_names_make_a_label_map_of_a_mask() -> None:
    image = np.array([[0, 255]], np.uint8)
    assert list(regions_of(image, labels={255: "lesion"})) == ["lesion"]
    assert list(regions_of(image, labels={255: "lesion"}, as_label_map=False)) == ["lesion"]


def test_a_folder_of_masks_can_be_read_one_way() -> None:
    one_label = np.array([[0, 128]], np.uint8)
    assert list(regions_of(one_label, as_label_map=True)) == ["label_128"]
    assert as_lists(regions_of(LABELS, as_label_map=False)) == {
        "mask": [[0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1]],
        "background": [[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]],
    }


def test_a_colour_image_with_equal_channels_is_a_mask() -> None:
    assert as_lists(regions_of(np.dstack([LABELS] * 3))) == as_lists(regions_of(LABELS))
    assert as_lists(regions_of(LABELS[:, :, None])) == as_lists(regions_of(LABELS))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((2, 2, 2)), "the mask has an alpha channel; expected one channel."),
        (np.zeros((2, 2, 4)), "the mask has an alpha channel; expected one channel."),
        (np.dstack([LABELS, LABELS, LABELS + 1]), COLOURED),
        (np.dstack([LABELS, LABELS + 1, LABELS]), COLOURED),
        (np.zeros(4), "the mask is not an image; found shape (4,); expected H x W."),
        (np.zeros((1, 1, 1, 1)), "the mask is not an image; found shape (1, 1, 1, 1); expected H x W."),
        (np.array([[0.5, 0]]), "the mask holds values that are no whole numbers; expected 0 and whole labels."),
        (np.array([[np.nan, 0]]), "the mask holds values that are no whole numbers; expected 0 and whole labels."),
        (np.array([[[np.nan], [0]]]), "the mask holds values that are no whole numbers; expected 0 and whole labels."),
        (np.array([[np.inf, 0]]), "the mask holds values that are no whole numbers; expected 0 and whole labels."),
        (np.array([["a"]]), "the mask holds no numbers; found dtype <U1."),
        (np.array([[1j]]), "the mask holds no numbers; found dtype complex128."),
    ],
)  # fmt: skip
def test_what_is_no_mask_image_is_told_why(image: Any, message: str) -> None:
    with pytest.raises(MaskError) as caught:
        regions_of(image)
    assert str(caught.value) == message
    with pytest.raises(MaskError) as caught:
        is_label_map(image)
    assert str(caught.value) == message


def test_a_grey_image_is_not_taken_for_a_label_map() -> None:
    assert MOST_LABELS == 32
    assert len(regions_of(np.arange(33)[None])) == 32
    with pytest.raises(MaskError) as caught:
        regions_of(np.arange(34)[None])
    assert str(caught.value) == (
        "this does not look like a label map; found 33 values besides zero; expected at most 32, each the label of a "
        "region. Save masks without interpolation or loss, or name the labels: --labels 255=lesion,0=rest."
    )
    assert list(regions_of(np.arange(34)[None], labels={33: "last"})) == ["last"]


def test_names_are_given_once() -> None:
    with pytest.raises(MaskError) as caught:
        regions_of(LABELS, labels={255: "cell", 128: "cell"})
    assert str(caught.value) == "two labels have one name; found cell, cell."
    with pytest.raises(MaskError) as caught:
        regions_of(LABELS, labels={255: "boundary"}, boundary=1)
    assert str(caught.value) == "two regions would be called 'boundary'. Give the label another name."
    assert list(regions_of(LABELS, labels={255: "boundary"})) == ["boundary"]


def near_another_value(labels: np.ndarray, pixels: int) -> np.ndarray:
    """Every pixel against every other one."""
    rows, columns = (axis.ravel() for axis in np.indices(labels.shape))
    squares = (rows[:, None] - rows) ** 2 + (columns[:, None] - columns) ** 2
    values = labels.ravel()
    return ((squares <= pixels**2) & (values[:, None] != values)).any(axis=1).reshape(labels.shape)


@given(
    seed=st.integers(0, 2**16),
    height=st.integers(1, 14),
    width=st.integers(1, 14),
    values=st.integers(1, 4),
    pixels=st.integers(1, 6),
)
@settings(max_examples=100, deadline=None)
def test_the_boundary_is_what_has_another_value_within_reach(
    seed: int, height: int, width: int, values: int, pixels: int
) -> None:
    random = np.random.RandomState(seed)
    blocks = random.randint(0, values, (height // 3 + 1, width // 3 + 1))
    labels = np.kron(blocks, np.ones((3, 3), int))[:height, :width]
    np.testing.assert_array_equal(near_another_value(labels, pixels), boundary_band(labels, pixels))


def test_the_boundary_is_measured_between_pixel_centres_and_the_image_border_is_no_edge() -> None:
    mask = np.zeros((9, 9), np.uint8)
    mask[4, 4] = 255
    rows, columns = np.indices((9, 9)) - 4
    for pixels in (1, 2, 3):
        np.testing.assert_array_equal(rows**2 + columns**2 <= pixels**2, boundary_band(mask, pixels))
    assert not boundary_band(np.ones((5, 5), np.bool_), 2).any()
    assert not boundary_band(np.zeros((5, 5), np.uint8), 2).any()


def test_the_boundary_joins_the_regions_it_parts() -> None:
    mask = np.where(LABELS == 255, 9, 0)
    regions = regions_of(mask, boundary=1)
    assert list(regions) == ["mask", "background", "boundary"]
    np.testing.assert_array_equal(near_another_value(mask, 1), regions["boundary"])
    regions = regions_of(LABELS, boundary=np.int64(1))
    assert list(regions) == ["label_128", "label_255", "boundary"]
    np.testing.assert_array_equal(near_another_value(LABELS, 1), regions["boundary"])
    # Read as a mask, the edge between 128 and 255 is none.
    regions = regions_of(LABELS, boundary=1, as_label_map=False)
    np.testing.assert_array_equal(near_another_value(LABELS != 0, 1), regions["boundary"])


@pytest.mark.parametrize("pixels", [0, -1, 1.0, True, "2", None])
def test_a_boundary_is_at_least_one_pixel_wide(pixels: Any) -> None:
    with pytest.raises(MaskError) as caught:
        boundary_band(LABELS, pixels)
    assert str(caught.value) == (
        f"this cannot be a boundary's width; found {pixels!r}; expected a whole number of at least 1."
    )


def separation(values: np.ndarray, threshold: float) -> float:
    """Otsu's between-class variance when values above a threshold are parted from the rest."""
    above, below = values[values > threshold], values[values <= threshold]
    if not len(above) or not len(below):
        return -1.0
    return len(above) * len(below) * (above.mean() - below.mean()) ** 2


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
def test_otsu_parts_whole_numbers_where_the_classes_differ_most(seed: int, dtype: Any) -> None:
    random = np.random.RandomState(seed)
    levels = random.choice([30, 210], size=(40, 40)) + random.normal(0, 25, (40, 40))
    image = np.clip(levels, 0, 255).astype(dtype)
    level = otsu_threshold([image])
    best = max(separation(image.ravel(), float(value)) for value in np.unique(image))
    assert separation(image.ravel(), level) == pytest.approx(best, rel=1e-12)
    assert level == threshold_otsu(image)


def test_otsu_of_two_high_values_parts_them() -> None:
    # With 256 bins between them the upper value would fall above the centre of its own bin.
    assert otsu_threshold([np.array([[200, 210, 210]], np.uint8)]) == 200.0
    assert otsu_threshold([np.array([[-3, -2]])]) == -3.0
    # It is the span of the values that is bounded, not where they lie.
    assert otsu_threshold([np.array([[40000, 40001, 50000]], np.uint16)]) == 40001.0


def test_otsu_may_part_one_pixel_from_all_others() -> None:
    assert otsu_threshold([np.array([[0, 100, 100, 101, 101]], np.uint8)]) == 0.0


def test_otsu_parts_two_values_however_near_they_are() -> None:
    # The lower one stands in the first of 256 bins, 1/512 of the span above it.
    assert otsu_threshold([np.array([[0.0, 0.5]])]) == 0.5 / 512


def test_otsu_counts_single_precision_in_double() -> None:
    # Between such values single precision has no halves, where the edges of the bins stand.
    assert otsu_threshold([np.array([[2**25, 2**25 + 4, 2**25 + 4]], np.float32)]) == 2**25


@pytest.mark.parametrize("offset", [0.25, -1e3])
def test_otsu_of_other_values_takes_the_centre_of_one_of_256_bins(offset: float) -> None:
    random = np.random.RandomState(7)
    image = np.concatenate([random.normal(0, 1, 500), random.normal(6, 1, 300)]).reshape(20, 40) + offset
    assert otsu_threshold([image]) == pytest.approx(threshold_otsu(image, nbins=256), abs=1e-9)


def test_otsu_of_a_wide_span_of_whole_numbers_takes_256_bins() -> None:
    for top in (65535, 65536):
        image = np.array([[0, 1, 2, top - 1, top]])
        assert otsu_threshold([image]) == (2.0 if top == 65535 else 65536 / 256 / 2)


def test_otsu_of_a_volume_is_that_of_all_its_slices_at_once() -> None:
    random = np.random.RandomState(8)
    volume = random.normal(100, 20, (3, 10, 10)) + np.arange(3)[:, None, None] * 60
    whole = np.round(volume)
    assert otsu_threshold(list(volume)) == pytest.approx(otsu_threshold([volume.reshape(30, 10)]), abs=1e-9)
    assert otsu_threshold(list(whole)) == otsu_threshold([whole.reshape(30, 10)])
    # One slice with halves turns the whole volume to 256 bins.
    mixed = [whole[0], whole[1], whole[2] + 0.5]
    assert otsu_threshold(mixed) == pytest.approx(threshold_otsu(np.array(mixed).reshape(30, 10), nbins=256), abs=1e-9)


def test_otsu_passes_over_what_is_not_finite() -> None:
    assert otsu_threshold([np.array([[1.0, 9.0, np.nan, np.inf]]), np.array([[np.nan]])]) == 1.0


@pytest.mark.parametrize("slices", [[np.full((2, 2), 7)], [np.full((2, 2), np.nan)], []])
def test_otsu_needs_two_values(slices: list[np.ndarray]) -> None:
    with pytest.raises(MaskError) as caught:
        otsu_threshold(slices)
    assert str(caught.value) == (
        "auto:otsu cannot part an image that has one value. Give a mask for this image, or leave it out."
    )


def test_an_otsu_mask_is_what_lies_above_with_its_holes_filled() -> None:
    image = np.full((7, 7), 10, np.uint8)
    image[1:6, 1:6] = 200
    image[3, 3] = 10
    image[0, 6] = 10
    expected = np.zeros((7, 7), np.bool_)
    expected[1:6, 1:6] = True
    np.testing.assert_array_equal(expected, otsu_mask(image))
    assert not otsu_mask(image, 200.0).any()
    np.testing.assert_array_equal(image > 199, otsu_mask(image, 199.0) & (image > 199))
    assert otsu_mask(image, 9.0).all()


def test_an_otsu_mask_of_colours_goes_by_their_luma() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = (255, 0, 0)  # luma 76
    image[0, 1] = (0, 255, 0)  # luma 150
    image[1, 0] = (0, 0, 255)  # luma 29
    np.testing.assert_array_equal([[False, True], [False, False]], otsu_mask(image))
    with pytest.raises(ArrayError, match="the reference is not an image"):
        otsu_mask(np.zeros(3))


def test_grey_is_the_luma_of_the_first_three_channels() -> None:
    image = np.random.RandomState(9).randint(0, 256, (3, 4, 4)).astype(np.uint8)
    luma = image[:, :, :3] @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(grey_of(image[:, :, :3]), luma, rtol=0, atol=1e-12)
    np.testing.assert_allclose(grey_of(image), luma, rtol=0, atol=1e-12)
    for one in (image[:, :, 0], image[:, :, :1], image[:, :, :2]):
        np.testing.assert_array_equal(image[:, :, 0], grey_of(one))
        assert grey_of(one).dtype == np.float64
