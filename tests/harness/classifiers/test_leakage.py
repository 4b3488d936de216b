"""The audit finds the same image, the same group and look-alikes on both sides, and stops where it must."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.classifiers.identical import first_of_each, identical_images, refuse_two_labels
from harness.classifiers.leakage import audit_split
from harness.classifiers.near_identical import NearPair, near_identical_images
from harness.classifiers.orientations import orientations
from harness.classifiers.splits import Split
from srmetrics.errors import LeakageError

SPLIT = Split(0, {"train": ("a", "b", "c"), "test": ("d", "e")}, {})


def _photograph(size: int = 48, top: int = 60, left: int = 200) -> NDArray[np.uint8]:
    from skimage.data import astronaut

    cut: NDArray[np.uint8] = astronaut()[top : top + size, left : left + size]
    return cut


@pytest.mark.parametrize("orientation", range(8))
@pytest.mark.parametrize("shape", [(5, 5), (4, 7), (6, 6, 3), (4, 7, 3)])
def test_the_same_pixels_are_found_in_all_eight_orientations(shape: tuple[int, ...], orientation: int) -> None:
    image = np.random.RandomState(1).randint(0, 255, shape, dtype=np.uint8)
    other = np.random.RandomState(2).randint(0, 255, shape, dtype=np.uint8)
    turned = orientations(image)[orientation]
    assert (("first", "second"),) == identical_images({"second": turned, "other": other, "first": image})


def test_the_eight_orientations_of_an_asymmetric_image_are_eight() -> None:
    image = np.arange(6).reshape(2, 3)
    assert 8 == len({(seen.shape, seen.tobytes()) for seen in orientations(image)})


def test_images_with_the_same_values_in_another_order_are_not_identical() -> None:
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert () == identical_images({"a": image, "b": np.roll(image, 1), "c": image.reshape(2, 8)})


def test_one_changed_pixel_or_another_depth_is_another_image() -> None:
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)
    changed = image.copy()
    changed[2, 1] += 1
    assert () == identical_images({"a": image, "b": changed, "c": image.astype(np.uint16)})


def test_a_grey_image_equals_itself_saved_as_rgb() -> None:
    grey = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert (("a", "b"),) == identical_images({"a": grey, "b": np.repeat(grey[..., None], 3, axis=2)})


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deeper_images_are_compared_too(dtype: type) -> None:
    image = np.random.RandomState(3).randint(0, 4000, (5, 6)).astype(dtype)
    assert (("a", "b"),) == identical_images({"a": image, "b": image[::-1], "c": image + 1})


def test_deduplication_keeps_the_first_by_name() -> None:
    assert {"b": "a", "c": "a", "y": "x"} == first_of_each((("a", "b", "c"), ("x", "y")))


def test_equal_pixels_under_two_labels_stop_and_are_named() -> None:
    with pytest.raises(
        LeakageError, match=r"two labels; found 'a' \(cat\) and 'c' \(dog\); 'b' \(cat\) and 'c' \(dog\)"
    ):
        refuse_two_labels((("a", "b", "c"),), {"a": "cat", "b": "cat", "c": "dog"})


def test_equal_pixels_under_one_label_do_not_stop_by_themselves() -> None:
    assert refuse_two_labels((("a", "b"),), {"a": "cat", "b": "cat"}) is None
    with pytest.raises(LeakageError):
        refuse_two_labels((("a", "b"),), {"a": "cat", "b": "dog"})


def test_identical_images_on_both_sides_stop_and_are_named() -> None:
    with pytest.raises(LeakageError, match=r"'b' in train and 'd' in test \(identical\)") as caught:
        audit_split(SPLIT, None, (("b", "d"),), ())
    assert "--deduplicate" in str(caught.value)


def test_identical_images_on_one_side_do_not_stop() -> None:
    assert ((), "") == (lambda audit: (audit.leaks, audit.mark))(audit_split(SPLIT, None, (("a", "b"), ("c", "z")), ()))


def test_a_group_on_both_sides_stops_and_is_named() -> None:
    groups = {"a": "patient 1", "e": "patient 1", "b": "patient 2", "d": ""}
    with pytest.raises(LeakageError, match=r"'a' in train and 'e' in test \(group patient 1\)"):
        audit_split(SPLIT, groups, (), ())


def test_what_sr_was_trained_on_is_a_side_too() -> None:
    nested = Split(0, {"sr_train": ("a",), "train": ("b",), "test": ("c",)}, {})
    with pytest.raises(LeakageError, match="'a' in sr_train and 'c' in test"):
        audit_split(nested, None, (("a", "c"),), ())


def test_allowed_leakage_is_counted_in_the_mark_of_every_row() -> None:
    audit = audit_split(SPLIT, {"a": "p", "d": "p"}, (("b", "d", "e"),), (), allow_leakage=True)
    assert "allowed: 1 groups on both sides, 2 identical pairs" == audit.mark
    assert 3 == len(audit.leaks)


def test_look_alikes_are_listed_with_their_distance_and_stop_only_when_strict() -> None:
    near = (NearPair("a", "d", 3), NearPair("a", "b", 1))
    (leak,) = audit_split(SPLIT, None, (), near).near
    assert "'a' in train and 'd' in test (near-identical at a distance of 3 bits)" == str(leak)
    with pytest.raises(LeakageError, match="at a distance of 3 bits"):
        audit_split(SPLIT, None, (), near, strict=True)
    assert "allowed: 1 near-identical pairs" == audit_split(SPLIT, None, (), near, strict=True, allow_leakage=True).mark


def test_a_long_list_of_pairs_is_cut_short_in_the_message() -> None:
    split = Split(
        0, {"train": tuple(f"a{n:02d}" for n in range(30)), "test": tuple(f"b{n:02d}" for n in range(30))}, {}
    )
    with pytest.raises(LeakageError, match="and 20 more"):
        audit_split(split, None, tuple((f"a{n:02d}", f"b{n:02d}") for n in range(30)), ())


@pytest.mark.parametrize("orientation", range(8))
def test_a_photograph_in_any_orientation_is_near_itself_and_far_from_another(orientation: int) -> None:
    image = _photograph()
    noise = np.random.RandomState(4).randint(-3, 4, image.shape)
    turned = orientations(np.clip(image + noise, 0, 255).astype(np.uint8))[orientation]
    found = near_identical_images({"a": image, "b": turned, "c": _photograph(top=300, left=100)})
    assert [("a", "b")] == [(pair.first, pair.second) for pair in found]


def test_the_distance_is_imagehashs_own_for_images_that_are_not_turned() -> None:
    import imagehash
    from PIL import Image

    # Left and right halves whose hashes are near: of one photograph, shifted by a pixel.
    images = {"a": _photograph(64), "b": _photograph(64, left=201)}
    oracle = imagehash.phash(Image.fromarray(images["a"])) - imagehash.phash(Image.fromarray(images["b"]))
    (pair,) = near_identical_images(images, distance=64)
    # imagehash has PIL make the grey, which rounds its three products otherwise: two bits at most.
    assert oracle == pytest.approx(pair.distance, abs=2)


def test_images_without_contrast_are_passed_over() -> None:
    flat = np.full((20, 20), 7, np.uint8)
    assert () == near_identical_images({"a": flat, "b": flat + 90})
    assert () == near_identical_images({})


def test_the_range_of_deeper_images_does_not_matter() -> None:
    image = _photograph()[..., 0]
    found = near_identical_images({"a": image.astype(np.uint16) * 16, "b": image.astype(np.float64) / 255})
    assert [0] == [pair.distance for pair in found]
