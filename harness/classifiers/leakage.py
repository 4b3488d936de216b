"""The leakage audit: what stands on both sides of a split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from harness.classifiers.identical import shown
from harness.classifiers.near_identical import NearPair
from harness.classifiers.splits import Split
from srmetrics.errors import LeakageError


@dataclass(frozen=True, slots=True)
class Leak:
    """Two images in different parts that should not be."""

    first: str
    first_part: str
    second: str
    second_part: str
    what: str
    """``identical``, ``near-identical at a distance of N bits``, or ``group NAME``."""

    def __str__(self) -> str:
        return f"{self.first!r} in {self.first_part} and {self.second!r} in {self.second_part} ({self.what})"


@dataclass(frozen=True, slots=True)
class LeakageAudit:
    """What was found in one repeat's split."""

    repeat: int
    leaks: tuple[Leak, ...]
    """Identical images, and one pair per group, on both sides: empty unless leakage is allowed."""
    near: tuple[Leak, ...]
    """Near-identical images on both sides: a warning."""

    @property
    def mark(self) -> str:
        """What every row of the repeat says: ``allowed: ...``, or nothing."""
        if not self.leaks:
            return ""
        kinds = Counter(
            "groups on both sides" if leak.what.startswith("group ") else f"{leak.what.split(' ')[0]} pairs"
            for leak in self.leaks
        )
        return "allowed: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def audit_split(
    split: Split,
    groups: Mapping[str, str] | None,
    identical: tuple[tuple[str, ...], ...],
    near: tuple[NearPair, ...],
    *,
    allow_leakage: bool = False,
    strict: bool = False,
) -> LeakageAudit:
    """Look for images and groups that a split has on both sides.

    Parameters
    ----------
    split : Split
        Whose parts are the sides: every part counts, ``sr_train`` too.
    groups : mapping of str to str, optional
        The group of each image; empty for none.
    identical : tuple of tuple of str
        Sets of images that are the same, by `identical_images`.
    near : tuple of NearPair
        Pairs of images that look alike, by `near_identical_images`.
    allow_leakage : bool, optional
        Go on and mark the rows, instead of stopping.
    strict : bool, optional
        Stop for near-identical images too.

    Returns
    -------
    LeakageAudit

    Raises
    ------
    LeakageError
        Naming the pairs, unless leakage is allowed.
    """
    part_of = {key: part for part, keys in split.parts.items() for key in keys}

    def crossing(first: str, second: str, what: str) -> list[Leak]:
        parts = part_of.get(first, ""), part_of.get(second, "")
        return [Leak(first, parts[0], second, parts[1], what)] if all(parts) and parts[0] != parts[1] else []

    same = {pair for keys in identical for pair in combinations(keys, 2)}
    copies = [leak for first, second in sorted(same) for leak in crossing(first, second, "identical")]
    looking_alike = [
        leak
        for pair in near
        if (pair.first, pair.second) not in same
        for leak in crossing(pair.first, pair.second, f"near-identical at a distance of {pair.distance} bits")
    ]
    shared = _shared_groups(part_of, groups or {})
    if not allow_leakage:
        _stop("identical images", copies, "Give --deduplicate to keep the first of each, or")
        _stop("one group", shared, "Let the tool split by groups, or")
        if strict:
            _stop("near-identical images", looking_alike, "Look at them and leave some out, drop --strict, or")
    leaks = copies + shared + (looking_alike if strict else [])
    return LeakageAudit(split.repeat, tuple(leaks), () if strict else tuple(looking_alike))


def _shared_groups(part_of: Mapping[str, str], groups: Mapping[str, str]) -> list[Leak]:
    """Return one pair of images for each pair of parts that share a group."""
    first_in: dict[str, dict[str, str]] = {}
    for key in sorted(part_of):
        if groups.get(key):
            first_in.setdefault(groups[key], {}).setdefault(part_of[key], key)
    return [
        Leak(a, part_of[a], b, part_of[b], f"group {group}")
        for group, firsts in sorted(first_in.items())
        for a, b in combinations(firsts.values(), 2)
    ]


def _stop(what: str, leaks: list[Leak], way_out: str) -> None:
    if leaks:
        raise LeakageError(
            f"{what} on both sides of a split",
            found=shown([str(leak) for leak in leaks]),
            expected="nothing in two parts, or a classifier is tested on what it was trained on",
            way_out=f"{way_out} --allow-leakage to go on with every row marked",
        )
