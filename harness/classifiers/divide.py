"""Dividing units into parts: at random, whole units only, each class in each part by its share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never divided: a group, or an image without one."""

    name: str
    """Told apart from every other unit's."""
    order: bytes
    """What the draw sorts units by."""
    counts: Mapping[str, int]
    """Images per class, where there are any."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a division."""

    name: str
    share: float
    """Of the images, above 0."""
    least: int = 1
    """Units of every class that the part must hold."""


def divide(units: Sequence[Unit], parts: Sequence[Part]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give every unit to a part.

    Units come in the order of their draw. First each part gets the fewest units that it must have of every
    class, rare classes and small parts first; then each unit goes where its classes lack most. With one image
    per unit the counts are the shares rounded to whole images.

    Parameters
    ----------
    units : sequence of Unit
        In any order.
    parts : sequence of Part
        Whose shares sum to 1.

    Returns
    -------
    part_of : dict of str to str
        The part of each unit's name.
    lacking : tuple of str
        The classes that some part holds too few units of, in sorted order.
    """
    drawn = sorted(units, key=lambda unit: (unit.order, unit.name))
    holders: dict[str, list[Unit]] = {}
    for unit in drawn:
        for name in unit.counts:
            holders.setdefault(name, []).append(unit)
    totals = {name: sum(unit.counts[name] for unit in held) for name, held in holders.items()}
    filling = _Filling(totals, parts)
    rare_first = sorted(holders, key=lambda name: (len(holders[name]), name))
    small_first = sorted(parts, key=lambda part: part.share)
    for name in rare_first:
        for part in small_first:
            for unit in holders[name]:
                if filling.units_of(part, name) >= part.least:
                    break
                if unit.name not in filling.part_of:
                    filling.put(unit, part)
    for unit in drawn:
        if unit.name not in filling.part_of:
            filling.put(unit, filling.neediest(unit))
    lacking = {name for name in holders for part in parts if filling.units_of(part, name) < part.least}
    return filling.part_of, tuple(sorted(lacking))


class _Filling:
    """How far the parts are filled."""

    def __init__(self, totals: Mapping[str, int], parts: Sequence[Part]) -> None:
        self.part_of: dict[str, str] = {}
        self._totals = totals
        # Large parts first, so that a tie goes to the largest.
        self._parts = sorted(parts, key=lambda part: -part.share)
        self._units = {(part.name, name): 0 for part in parts for name in totals}
        self._missing = {(part.name, name): part.share * totals[name] for part in parts for name in totals}

    def put(self, unit: Unit, part: Part) -> None:
        self.part_of[unit.name] = part.name
        for name, count in unit.counts.items():
            self._units[part.name, name] += 1
            self._missing[part.name, name] -= count

    def units_of(self, part: Part, name: str) -> int:
        return self._units[part.name, name]

    def neediest(self, unit: Unit) -> Part:
        """Return the part in which the unit lowers most the squared distance of class shares from their targets."""
        return max(
            self._parts,
            key=lambda part: sum(
                count * self._missing[part.name, name] / self._totals[name] ** 2 for name, count in unit.counts.items()
            ),
        )
