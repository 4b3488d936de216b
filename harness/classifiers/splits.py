"""Splits: which images a repeat trains on and which it tests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass

from harness.classifiers.divide import Part, Unit, divide
from harness.classifiers.repeats import drawing_order
from srmetrics.errors import SplitError

SR_TRAIN = "sr_train"
"""The part that a super-resolution model was trained on, and no classifier trains or tests on."""


@dataclass(frozen=True, slots=True)
class Fractions:
    """The shares of the parts, of the images that no super-resolution model was trained on."""

    train: float = 0.8
    validation: float = 0.0
    """Held back from both training and test; 0 for two parts."""
    test: float = 0.2

    def __post_init__(self) -> None:
        shares = (self.train, self.validation, self.test)
        if not all(0 <= share < 1 for share in shares) or not math.isclose(sum(shares), 1, abs_tol=1e-9):
            raise SplitError(
                "the parts of a split do not make a whole",
                found=f"train {self.train}, validation {self.validation}, test {self.test}",
                expected="shares from 0 to 1 that sum to 1, with validation 0 for a split in two",
            )
        if self.train == 0 or self.test == 0:
            raise SplitError(
                "a split has nothing to train or to test on", found=f"train {self.train}, test {self.test}"
            )

    def parts(self) -> tuple[Part, ...]:
        """Return the parts that have a share."""
        named = (("train", self.train), ("validation", self.validation), ("test", self.test))
        return tuple(Part(name, share) for name, share in named if share > 0)


@dataclass(frozen=True, slots=True)
class Split:
    """The images of each part in one repeat."""

    repeat: int
    parts: Mapping[str, tuple[str, ...]]
    """Part to keys in sorted order: ``train``, ``validation`` and ``test``, and ``sr_train`` in a nested split."""
    unsplittable: Mapping[str, str]
    """Class to the reason why none of its images is in any part."""

    def counts(self, labels: Mapping[str, str], groups: Mapping[str, str] | None = None) -> list[PartCount]:
        """Return how many images and units of every class each part really has."""
        found: dict[tuple[str, str], tuple[int, set[str]]] = {}
        for part, keys in self.parts.items():
            for key in keys:
                images, units = found.get((part, labels[key]), (0, set()))
                units.add(unit_name(key, groups))
                found[part, labels[key]] = (images + 1, units)
        classes = sorted({name for _, name in found})
        blank: tuple[int, set[str]] = (0, set())
        rows = [(part, name, *found.get((part, name), blank)) for part in self.parts for name in classes]
        return [PartCount(part, name, images, len(units)) for part, name, images, units in rows]


@dataclass(frozen=True, slots=True)
class PartCount:
    """How many images and units of one class are in one part."""

    part: str
    label: str
    n_images: int
    n_units: int


def split_images(
    labels: Mapping[str, str],
    groups: Mapping[str, str] | None = None,
    *,
    fractions: Fractions | None = None,
    sr_train: float | Set[str] | None = None,
    seed: int = 0,
    repeat: int = 0,
) -> Split:
    """Divide images into parts: at random, groups whole, classes in equal proportions.

    The split hangs on the seed, the repeat, and the names of images, groups and classes, and on nothing else:
    not on the order of the images.

    Parameters
    ----------
    labels : mapping of str to str
        The class of each image, by key.
    groups : mapping of str to str, optional
        The group of each image; an image without one, or with an empty one, stands for itself.
    fractions : Fractions, optional
        The shares of the parts; 80 % to train and 20 % to test by default.
    sr_train : float or set of str, optional
        For a nested split: the images that the super-resolution model was trained on, by their keys, or their
        share, drawn by the seed alone and so the same in every repeat. The other parts divide the rest.
    seed, repeat : int, optional
        0 or more.

    Returns
    -------
    Split
        A class with fewer units than the split has parts is in none of them, and listed as unsplittable.

    Raises
    ------
    SplitError
        When fewer than two classes can be split, or `sr_train` names images that are not there.

    Examples
    --------
    >>> labels = {f"{name}{number}": name for name in ("cat", "dog") for number in range(5)} | {"emu0": "emu"}
    >>> split = split_images(labels)
    >>> [(part, len(keys)) for part, keys in split.parts.items()], dict(split.unsplittable)
    ([('train', 8), ('test', 2)], {'emu': '1 image for 2 parts'})
    """
    parts = (fractions or Fractions()).parts()
    given = _given(sr_train, labels)
    share = sr_train if isinstance(sr_train, float | int) else None
    n_parts = len(parts) + (share is not None)
    rest = {key: label for key, label in labels.items() if key not in given}
    unsplittable = _too_few(labels, rest, groups, n_parts)
    while True:
        kept = {key: label for key, label in rest.items() if label not in unsplittable}
        if len(set(kept.values())) < 2:
            raise SplitError(
                "fewer than two classes can be split",
                found="; ".join(f"{name!r}: {why}" for name, why in unsplittable.items()) or "a single class",
                expected=f"at least {n_parts} images or groups in each of two classes",
                way_out="Give more images, finer groups, or fewer parts",
            )
        divided, lacking = _divide_nested(kept, groups, parts, share, (seed, repeat))
        if not lacking:
            break
        unsplittable |= dict.fromkeys(lacking, f"its groups could not be divided so that all {n_parts} parts have one")
    if given:
        divided = {SR_TRAIN: sorted(key for key in given if labels[key] not in unsplittable)} | divided
    return Split(
        repeat,
        {part: tuple(sorted(keys)) for part, keys in divided.items()},
        {name: unsplittable[name] for name in sorted(unsplittable)},
    )


def unit_name(key: str, groups: Mapping[str, str] | None) -> str:
    """Return what tells an image's unit from every other: its group's name or its own, and which of the two."""
    group = (groups or {}).get(key, "")
    return f"group {group}" if group else f"image {key}"


def _given(sr_train: float | Set[str] | None, labels: Mapping[str, str]) -> frozenset[str]:
    if sr_train is None:
        return frozenset()
    if isinstance(sr_train, float | int):
        if isinstance(sr_train, bool) or not 0 < sr_train < 1:
            raise SplitError(
                "sr_train is not a share", found=sr_train, expected="between 0 and 1, or the keys of images"
            )
        return frozenset()
    unknown = sorted(set(sr_train) - set(labels))
    if unknown:
        raise SplitError(
            "sr_train names images that are not there",
            found=f"{len(unknown)} of {len(sr_train)}, such as {unknown[0]!r}",
            expected="keys of this study's images",
        )
    return frozenset(sr_train)


def _too_few(
    labels: Mapping[str, str], rest: Mapping[str, str], groups: Mapping[str, str] | None, n_parts: int
) -> dict[str, str]:
    """Return the classes with fewer units than parts, among the images that are to be divided, and say so."""
    units: dict[str, set[str]] = {name: set() for name in labels.values()}
    grouped = dict.fromkeys(units, False)
    for key, label in rest.items():
        name = unit_name(key, groups)
        units[label].add(name)
        grouped[label] |= name.startswith("group ")
    return {
        name: f"{len(held)} {'group' if grouped[name] else 'image'}{'' if len(held) == 1 else 's'} for {n_parts} parts"
        for name, held in units.items()
        if len(held) < n_parts
    }


def _divide_nested(
    labels: Mapping[str, str],
    groups: Mapping[str, str] | None,
    parts: tuple[Part, ...],
    sr_share: float | None,
    seeds: tuple[int, int],
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    seed, repeat = seeds
    if sr_share is None:
        return _divide_images(labels, groups, parts, ("parts", seed, repeat))
    # The model was trained once: its part is the same in every repeat.
    outer = (Part(SR_TRAIN, sr_share), Part("rest", 1 - sr_share, least=len(parts)))
    first, lacking = _divide_images(labels, groups, outer, (SR_TRAIN, seed, 0))
    if lacking:
        return {}, lacking
    rest = {key: labels[key] for key in first["rest"]}
    second, lacking = _divide_images(rest, groups, parts, ("parts", seed, repeat))
    return {SR_TRAIN: first[SR_TRAIN]} | second, lacking


def _divide_images(
    labels: Mapping[str, str], groups: Mapping[str, str] | None, parts: tuple[Part, ...], draw: tuple[str, int, int]
) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    purpose, seed, repeat = draw
    members: dict[str, list[str]] = {}
    for key in sorted(labels):
        members.setdefault(unit_name(key, groups), []).append(key)
    units = []
    for name, keys in members.items():
        counts: dict[str, int] = {}
        for key in keys:
            counts[labels[key]] = counts.get(labels[key], 0) + 1
        units.append(Unit(name, drawing_order(seed, repeat, purpose, name), counts))
    part_of, lacking = divide(units, parts)
    divided: dict[str, list[str]] = {part.name: [] for part in parts}
    for name, keys in members.items():
        divided[part_of[name]] += keys
    return divided, lacking
