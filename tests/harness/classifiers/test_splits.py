"""Splits keep groups whole and classes in proportion, and hang on names and seeds alone."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import labelled_images

from harness.classifiers.splits import Fractions, Split, split_images
from srmetrics.errors import SplitError

THREE = Fractions(train=0.6, validation=0.2, test=0.2)
TWO_CLASSES = {f"{name}{number:02d}": name for name in "ab" for number in range(30)}


def _split_or_none(labels: dict[str, str], groups: dict[str, str], **options: object) -> Split | None:
    try:
        return split_images(labels, groups, **options)  # type: ignore[arg-type]
    except SplitError:
        return None


@settings(max_examples=60)
@given(labelled_images(), st.integers(0, 5), st.sampled_from([Fractions(), THREE]))
def test_parts_are_disjoint_and_hold_every_image_of_the_classes_that_can_be_split(
    data: tuple[dict[str, str], dict[str, str]], repeat: int, fractions: Fractions
) -> None:
    labels, groups = data
    split = _split_or_none(labels, groups, fractions=fractions, repeat=repeat)
    if split is None:
        return
    placed = [key for keys in split.parts.values() for key in keys]
    assert sorted(key for key in labels if labels[key] not in split.unsplittable) == sorted(placed)


@settings(max_examples=60)
@given(labelled_images(grouped=True), st.integers(0, 5), st.sampled_from([None, 0.3]))
def test_no_group_is_in_two_parts(
    data: tuple[dict[str, str], dict[str, str]], repeat: int, sr_train: float | None
) -> None:
    labels, groups = data
    split = _split_or_none(labels, groups, fractions=THREE, sr_train=sr_train, repeat=repeat)
    if split is None:
        return
    parts_of: dict[str, set[str]] = {}
    for part, keys in split.parts.items():
        for key in keys:
            parts_of.setdefault(groups[key] or key, set()).add(part)
    assert {1} == {len(parts) for parts in parts_of.values()}


@settings(max_examples=60)
@given(labelled_images(), st.integers(0, 5))
def test_every_class_is_in_every_part_or_is_listed_as_unsplittable(
    data: tuple[dict[str, str], dict[str, str]], repeat: int
) -> None:
    labels, groups = data
    split = _split_or_none(labels, groups, fractions=THREE, repeat=repeat)
    if split is None:
        return
    for keys in split.parts.values():
        assert set(labels.values()) - set(split.unsplittable) == {labels[key] for key in keys}


@settings(max_examples=40)
@given(labelled_images(), st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_order_of_the_images_does_not_matter(
    data: tuple[dict[str, str], dict[str, str]], repeat: int, random: object
) -> None:
    labels, groups = data
    keys = list(labels)
    random.shuffle(keys)  # type: ignore[attr-defined]
    shuffled = {key: labels[key] for key in keys}
    assert _split_or_none(labels, groups, repeat=repeat) == _split_or_none(shuffled, groups, repeat=repeat)


@given(labelled_images(grouped=False), st.integers(0, 5))
@settings(max_examples=40)
def test_without_groups_each_class_has_its_share_of_a_part_to_one_image(
    data: tuple[dict[str, str], dict[str, str]], repeat: int
) -> None:
    labels, _ = data
    split = _split_or_none(labels, {}, fractions=THREE, repeat=repeat)
    if split is None:
        return
    totals = Counter(labels.values())
    shares = {"train": 0.6, "validation": 0.2, "test": 0.2}
    for count in split.counts(labels):
        # At least one image, whatever the share: that is what makes the class splittable; the rest makes up for it.
        assert abs(count.n_images - shares[count.part] * totals[count.label]) < 1 + (totals[count.label] < 10)


def test_equal_groups_fill_the_parts_exactly() -> None:
    labels = {f"{number:03d}": "abc"[number // 100] for number in range(300)}
    groups = {key: str(int(key) // 5) for key in labels}
    split = split_images(labels, groups, fractions=THREE)
    counts = {(count.part, count.label): (count.n_images, count.n_units) for count in split.counts(labels, groups)}
    expected = {"train": (60, 12), "validation": (20, 4), "test": (20, 4)}
    assert {(part, name): numbers for part, numbers in expected.items() for name in "abc"} == counts


def test_repeats_and_seeds_divide_otherwise() -> None:
    tests = [
        split_images(TWO_CLASSES, seed=seed, repeat=repeat).parts["test"] for seed in (0, 1) for repeat in range(5)
    ]
    assert 10 == len(set(tests))


def test_over_many_repeats_every_image_is_tested_as_often_as_the_share_says() -> None:
    tested = Counter(key for repeat in range(400) for key in split_images(TWO_CLASSES, repeat=repeat).parts["test"])
    # 400 draws of 20 %: 80 +- 8; five standard deviations leave a chance of 4e-5 over 60 images.
    assert all(40 <= tested[key] <= 120 for key in TWO_CLASSES)


def test_a_class_of_one_image_is_unsplittable_and_so_is_one_of_few_groups() -> None:
    labels = TWO_CLASSES | {"c00": "c"} | {f"d{number}": "d" for number in range(9)}
    groups = {f"d{number}": f"patient {number % 2}" for number in range(9)}
    split = split_images(labels, groups, fractions=THREE)
    assert {"c": "1 image for 3 parts", "d": "2 groups for 3 parts"} == dict(split.unsplittable)
    assert {"a", "b"} == {labels[key] for keys in split.parts.values() for key in keys}


def test_classes_whose_groups_overlap_so_that_no_division_has_all_are_left_out() -> None:
    # a in groups 1 and 2, b in 2 and 3, c in 1 and 3: whichever side two of the groups share lacks nothing, but the
    # other side lacks a class.
    pairs = [("a", "1"), ("a", "2"), ("b", "2"), ("b", "3"), ("c", "1"), ("c", "3")]
    labels = {f"{name}{group}": name for name, group in pairs}
    split = split_images(labels, {f"{name}{group}": group for name, group in pairs})
    (reason,) = split.unsplittable.values()
    assert "could not be divided" in reason
    assert 2 == len({labels[key] for key in split.parts["test"]})


def test_what_sr_was_trained_on_is_the_same_in_every_repeat_and_apart_from_the_rest() -> None:
    splits = [split_images(TWO_CLASSES, sr_train=0.4, repeat=repeat) for repeat in range(4)]
    assert 1 == len({split.parts["sr_train"] for split in splits})
    assert 4 == len({split.parts["test"] for split in splits})
    assert {"sr_train": 24, "train": 29, "test": 7} == pytest.approx(
        {part: len(keys) for part, keys in splits[0].parts.items()}, abs=1
    )


def test_a_class_needs_a_unit_for_the_sr_part_too() -> None:
    labels = TWO_CLASSES | {"c0": "c", "c1": "c"}
    assert {"c": "2 images for 3 parts"} == dict(split_images(labels, sr_train=0.4).unsplittable)
    assert {} == dict(split_images(labels).unsplittable)


def test_named_images_are_set_aside_for_sr() -> None:
    named = frozenset(list(TWO_CLASSES)[::3])
    split = split_images(TWO_CLASSES, sr_train=named)
    assert tuple(sorted(named)) == split.parts["sr_train"]
    assert not named & {*split.parts["train"], *split.parts["test"]}


def test_unknown_names_for_sr_are_refused() -> None:
    with pytest.raises(SplitError, match="1 of 2, such as 'nobody'"):
        split_images(TWO_CLASSES, sr_train=frozenset({"a00", "nobody"}))


@pytest.mark.parametrize("shares", [(0.5, 0.1, 0.1), (1.0, 0.0, 0.0), (0.0, 0.5, 0.5), (1.2, -0.2, 0.0)])
def test_shares_that_make_no_split_are_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(SplitError):
        Fractions(*shares)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, True])
def test_a_share_for_sr_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(SplitError, match="sr_train is not a share"):
        split_images(TWO_CLASSES, sr_train=share)


@pytest.mark.parametrize("seed", [-1, 1.0, "0", True])
def test_a_seed_that_is_no_whole_number_is_refused(seed: object) -> None:
    with pytest.raises(SplitError, match="the seed is not a whole number"):
        split_images(TWO_CLASSES, seed=seed)  # type: ignore[arg-type]


def test_one_class_cannot_be_split() -> None:
    with pytest.raises(SplitError, match="fewer than two classes"):
        split_images({f"{number}": "a" for number in range(9)})
