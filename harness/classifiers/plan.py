"""The plan of a classification: checked images, one audited split per repeat, and what classifiers will see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from harness.classifiers.identical import first_of_each, identical_images, refuse_two_labels, shown
from harness.classifiers.leakage import LeakageAudit, audit_split
from harness.classifiers.near_identical import NEAR_DISTANCE, NearPair, near_identical_images
from harness.classifiers.splits import Fractions, Split, split_images
from srmetrics.errors import SplitError


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """How images are divided and what is done about leakage."""

    repeats: int = 5
    seed: int = 0
    """The root seed, 0 or more: repeats derive theirs from it."""
    fractions: Fractions = field(default_factory=Fractions)
    sr_train: float | Set[str] | None = None
    """What a super-resolution model was trained on: keys, or a share to set aside; see `split_images`."""
    deduplicate: bool = False
    """Keep the first of identical images instead of stopping when a split parts them."""
    allow_leakage: bool = False
    """Go on with leaks, and mark every row."""
    strict: bool = False
    """Stop for near-identical images as for identical ones."""
    near_distance: int | None = NEAR_DISTANCE
    """Bits of 64 up to which two images look alike; None does not look."""
    data_range: float | None = None
    """What uint16 and float images are divided by; None for 65535 and 1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every task of a classification shares."""

    labels: Mapping[str, str]
    """Of the images kept, in sorted order of their keys."""
    groups: Mapping[str, str]
    classes: tuple[str, ...]
    """The classes that can be split, in sorted order."""
    unsplittable: Mapping[str, str]
    """The other classes, with the reason."""
    splits: tuple[Split, ...]
    """One per repeat."""
    audits: tuple[LeakageAudit, ...]
    """One per repeat."""
    dropped: Mapping[str, str]
    """Images left out as copies, and the one that was kept of each."""
    identical: tuple[tuple[str, ...], ...]
    near: tuple[NearPair, ...]
    """Pairs that look alike, wherever they are, identical ones left out."""
    hr_size: tuple[int, int]
    """Height and width of most HR images: what a classifier without an input size of its own sees."""
    channels: int
    """3 if an HR image has three channels, else 1."""
    seed: int
    data_range: float | None = None

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader of the results must know, a sentence each."""
        said = [f"class {name!r} is unsplittable: {why}" for name, why in self.unsplittable.items()]
        said += [f"{key!r} was left out: the same pixels as {kept!r}" for key, kept in self.dropped.items()]
        for audit in self.audits:
            if audit.mark:
                said.append(
                    f"repeat {audit.repeat}: leakage {audit.mark}: {shown([str(leak) for leak in audit.leaks])}"
                )
        apart = sorted({tuple(sorted((leak.first, leak.second))) for audit in self.audits for leak in audit.near})
        distance = {(pair.first, pair.second): pair.distance for pair in self.near}
        if apart:
            pairs = [f"{a!r} and {b!r} ({distance[a, b]} bits)" for a, b in apart]
            said.append(f"near-identical images on both sides of a split: {shown(pairs)}")
        return tuple(said)


def plan_classification(
    hr_images: Mapping[str, NDArray[Any]],
    labels: Mapping[str, str],
    groups: Mapping[str, str] | None = None,
    options: PlanOptions | None = None,
) -> Plan:
    """Check labelled images, and split and audit them for every repeat.

    Parameters
    ----------
    hr_images : mapping of str to ndarray, shape (H, W) or (H, W, C)
        By key; may load an image when asked, is asked for one at a time, and three times at most.
    labels : mapping of str to str
        The class of each image.
    groups : mapping of str to str, optional
        The group of each image; empty or absent for an image that is a unit by itself.
    options : PlanOptions, optional

    Returns
    -------
    Plan
        The same for any order of the images.

    Raises
    ------
    SplitError
        When images have no label, or fewer than two classes can be split.
    LeakageError
        When the same pixels have two labels; when a split parts identical images or a group, unless allowed.
    """
    chosen = options or PlanOptions()
    _check_labels(hr_images, labels, chosen)
    identical = identical_images(hr_images)
    refuse_two_labels(identical, labels)
    dropped = first_of_each(identical) if chosen.deduplicate else {}
    near = () if chosen.near_distance is None else _near(hr_images, chosen.near_distance, identical, dropped)
    kept, splits, unsplittable = draw_splits(labels, groups, dropped, chosen)
    left = () if chosen.deduplicate else identical
    audits = tuple(
        audit_split(split, groups, left, near, allow_leakage=chosen.allow_leakage, strict=chosen.strict)
        for split in splits
    )
    shapes = [hr_images[key].shape for key in kept]
    sizes = Counter((shape[0], shape[1]) for shape in shapes)
    return Plan(
        labels=kept,
        groups={key: (groups or {}).get(key, "") for key in kept},
        classes=tuple(sorted(set(kept.values()) - set(unsplittable))),
        unsplittable=unsplittable,
        splits=splits,
        audits=audits,
        dropped=dropped,
        identical=identical,
        near=near,
        hr_size=max(sizes, key=lambda size: (sizes[size], size[0] * size[1], size)),
        channels=3 if any(len(shape) == 3 and shape[2] == 3 for shape in shapes) else 1,
        seed=chosen.seed,
        data_range=chosen.data_range,
    )


def draw_splits(
    labels: Mapping[str, str], groups: Mapping[str, str] | None, dropped: Mapping[str, str], options: PlanOptions
) -> tuple[dict[str, str], tuple[Split, ...], dict[str, str]]:
    """Draw the split of every repeat, which hangs on names, classes, groups and the seed, and on no pixel.

    Parameters
    ----------
    labels, groups : mapping of str to str
        By key.
    dropped : mapping of str to str
        Copies that are left out, and the image that was kept of each.
    options : PlanOptions

    Returns
    -------
    labels : dict of str to str
        Of the images kept, in sorted order of their keys.
    splits : tuple of Split
        One per repeat.
    unsplittable : dict of str to str
        Classes that some repeat cannot split, left out of all, with the reason.

    Raises
    ------
    SplitError
        When fewer than two classes can be split.
    """
    kept = {key: labels[key] for key in sorted(labels) if key not in dropped}
    return kept, *_splits(kept, groups, _with_keepers(options, dropped))


def _check_labels(hr_images: Mapping[str, NDArray[Any]], labels: Mapping[str, str], options: PlanOptions) -> None:
    if options.repeats < 1:
        raise SplitError("there is nothing to repeat", found=f"{options.repeats} repeats", expected="1 or more")
    for what, keys in (
        ("images have no label", sorted(key for key in hr_images if not labels.get(key))),
        ("labels have no image", sorted(key for key in labels if key not in hr_images)),
    ):
        if keys:
            raise SplitError(what, found=f"{len(keys)}, such as {keys[0]!r}", expected="one label for every image")


def _near(
    images: Mapping[str, NDArray[Any]],
    distance: int,
    identical: tuple[tuple[str, ...], ...],
    dropped: Mapping[str, str],
) -> tuple[NearPair, ...]:
    same = {key: keys[0] for keys in identical for key in keys}
    return tuple(
        pair
        for pair in near_identical_images(images, distance=distance)
        if pair.first not in dropped
        and pair.second not in dropped
        and same.get(pair.first, pair.first) != same.get(pair.second, pair.second)
    )


def _with_keepers(options: PlanOptions, dropped: Mapping[str, str]) -> PlanOptions:
    """Let the image that is kept stand for its copies in ``sr_train``: the model has seen its pixels."""
    if options.sr_train is None or isinstance(options.sr_train, float | int):
        return options
    return replace(options, sr_train=frozenset(dropped.get(key, key) for key in options.sr_train))


def _splits(
    labels: Mapping[str, str], groups: Mapping[str, str] | None, options: PlanOptions
) -> tuple[tuple[Split, ...], dict[str, str]]:
    """Split for every repeat; a class that one repeat cannot split is left out of all, so that all have the same."""
    unsplittable: dict[str, str] = {}
    while True:
        kept = {key: label for key, label in labels.items() if label not in unsplittable}
        sr_train = options.sr_train
        if isinstance(sr_train, Set):
            sr_train = frozenset(key for key in sr_train if labels.get(key) not in unsplittable)
        splits = tuple(
            split_images(kept, groups, fractions=options.fractions, sr_train=sr_train, seed=options.seed, repeat=repeat)
            for repeat in range(options.repeats)
        )
        found = {name: why for split in splits for name, why in split.unsplittable.items()}
        if not found:
            return splits, {name: unsplittable[name] for name in sorted(unsplittable)}
        unsplittable |= found
