"""Which conventions give what is claimed, in classes that no number printed so finely can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from harness.jobs.audit.claim import METRICS, Agreement, Metric
from harness.jobs.audit.claims import Claims, Mask
from harness.jobs.audit.named import Named
from harness.jobs.audit.ranking import CUT_OFF, TWO_CONVENTIONS, Likeness, exact_names, likeness, mixed_cost
from harness.jobs.audit.rules import STANDARD_K, PsnrRule, SsimRule, one_protocol, ssim_reading
from harness.jobs.audit.score_table import ScoreTable

MOST_MIXED = 12
"""PSNR rules, and SSIM rules, that are combined freely: the most likely of each."""

MOST_ODD = 4.0
"""Cost that two conventions together may have beside that of being two: among odder ones some two always agree."""

SAME = 1e-9
"""Scores that differ by less are one number: what is left is the order of summation."""


@dataclass(frozen=True, slots=True)
class Convention:
    """A PSNR rule, an SSIM rule, or both, with what they give on these images."""

    psnr_rule: PsnrRule | None
    ssim_rule: SsimRule | None
    psnr: float | None
    """The mean, in dB."""
    ssim: float | None
    agreement: Agreement
    """How the claim was printed of it; empty where it does not agree."""
    nearest: Named
    departures: tuple[str, ...]
    """The fields in which it differs from the nearest named convention."""
    names: tuple[str, ...]
    """Presets and practices that are just this convention."""
    cost: float
    ssim_nearest: Named | None = None
    """Where PSNR and SSIM follow two conventions: the second's nearest."""
    ssim_departures: tuple[str, ...] = ()
    values: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    """PSNR and SSIM of every image."""

    @property
    def mixed(self) -> bool:
        """True when no one protocol says both."""
        return (
            self.psnr_rule is not None
            and self.ssim_rule is not None
            and not one_protocol(self.psnr_rule, self.ssim_rule)
        )

    def same_numbers(self, other: Convention) -> bool:
        """Return True when both give one number on every image."""
        return all(
            np.allclose(mine, theirs, rtol=0, atol=SAME, equal_nan=True)
            for mine, theirs in zip(self.values, other.values, strict=True)
        )


@dataclass(frozen=True, slots=True)
class ConventionGroup:
    """Conventions whose numbers, printed as finely as the claim, are the same on every single image."""

    conventions: tuple[Convention, ...]
    """The most likely first."""

    @property
    def first(self) -> Convention:
        """The most likely one."""
        return self.conventions[0]


@dataclass(frozen=True, slots=True)
class ConventionClass:
    """Conventions that print the same means: the claim alone cannot tell them apart.

    All of them are one protocol for both metrics, or all of them are two; and those whose digits agree by rounding
    are not in one class with those whose further digits would have to be cut off.
    """

    groups: tuple[ConventionGroup, ...]
    """What scores of single images could tell apart, the most likely first."""

    @property
    def first(self) -> Convention:
        """The most likely one."""
        return self.groups[0].first

    @property
    def conventions(self) -> list[Convention]:
        """All of them, the most likely first."""
        return sorted((one for group in self.groups for one in group.conventions), key=lambda one: one.cost)


class Search:
    """A table of scores, searched for what is claimed."""

    def __init__(self, table: ScoreTable, claims: Claims, named: Sequence[Named]) -> None:
        self.table, self.claims, self.named = table, claims, named
        self.psnr_means, self.ssim_means = table.psnr_means(), table.ssim_means()
        self._likenesses: dict[object, Likeness] = {}
        self._by_shared: dict[object, list[int]] = {}
        for place, rule in enumerate(table.psnr_rules):
            self._by_shared.setdefault((ssim_reading(rule.reading), *rule[1:4]), []).append(place)

    def classes(self) -> tuple[ConventionClass, ...]:
        """Return the conventions that give all that is claimed, in classes, the most likely first."""
        if not self.claims.has("ssim"):
            return self._grouped(self.alone("psnr"))
        if not self.claims.has("psnr"):
            return self._grouped(self.alone("ssim"))
        return self._grouped([*self._joint(), *self._mixed()])

    def alone(self, metric: Metric) -> list[Convention]:
        """Return the conventions that give what is claimed of one metric, whatever the other one is."""
        found = []
        agreements = self._agreements(metric)
        for place, agreement in agreements.items():
            first, second = (place, None) if metric == "psnr" else (None, place)
            found.append(self.convention(first, second, agreement))
        return sorted(found, key=lambda one: one.cost)

    def nearest(self, most: int = 5) -> list[Convention]:
        """Return the conventions for both that come nearest to what is claimed, the nearest first."""
        pairs: list[tuple[float, int | None, int | None]] = []
        psnr = self.claims.distance(self.table, "psnr") if self.claims.has("psnr") else None
        ssim = self.claims.distance(self.table, "ssim") if self.claims.has("ssim") else None
        if psnr is not None and ssim is not None:
            for place in range(len(self.table.ssim_rules)):
                for other in self.sharing(place):
                    pairs.append((max(psnr[other], ssim[place]), other, place))
        elif psnr is not None:
            pairs = [(float(apart), place, None) for place, apart in enumerate(psnr)]
        elif ssim is not None:
            pairs = [(float(apart), None, place) for place, apart in enumerate(ssim)]
        pairs = [one for one in pairs if np.isfinite(one[0])]

        def agreeing(pair: tuple[float, int | None, int | None]) -> int:
            _, first, second = pair
            return sum(
                apart is not None and place is not None and apart[place] <= 0.5
                for apart, place in ((psnr, first), (ssim, second))
            )

        # Odd constants and ranges come near anything: they are named where they agree, not where they are near.
        plain = [pair for pair in pairs if self._plain(pair[1], pair[2])]
        pairs = plain or pairs
        # First those with which one of the two numbers agrees; then the near ones, a likely one before an odd one.
        pairs.sort(key=lambda pair: (-agreeing(pair), pair[0]))
        some = [(pair, self.convention(pair[1], pair[2], "")) for pair in pairs[: 20 * most]]
        some.sort(key=lambda one: (-agreeing(one[0]), one[0][0] * (1.0 + one[1].cost)))
        found: list[Convention] = []
        for _, one in some:
            if not any(one.same_numbers(other) for other in found):
                found.append(one)
            if len(found) == most:
                break
        return found

    def _plain(self, psnr: int | None, ssim: int | None) -> bool:
        if psnr is not None and self.table.psnr_rules[psnr].range != "full":
            return False
        rule = None if ssim is None else self.table.ssim_rules[ssim]
        return rule is None or (rule.range == "full" and rule.k == STANDARD_K)

    def sharing(self, ssim: int) -> Sequence[int]:
        """Return the places of the PSNR rules that one protocol says together with an SSIM rule."""
        return self._by_shared.get(self.table.ssim_rules[ssim][:4], ())

    def convention(self, psnr: int | None, ssim: int | None, agreement: Agreement) -> Convention:
        """Return the convention of two places in the table."""
        psnr_rule = None if psnr is None else self.table.psnr_rules[psnr]
        ssim_rule = None if ssim is None else self.table.ssim_rules[ssim]
        like = self._likeness(psnr_rule, ssim_rule)
        second: Likeness | None = None
        cost = like.cost
        if psnr_rule is not None and ssim_rule is not None and not one_protocol(psnr_rule, ssim_rule):
            one, other = self._likeness(psnr_rule, None), self._likeness(None, ssim_rule)
            if mixed_cost(one, other) < cost:
                like, second, cost = one, other, mixed_cost(one, other)
        return Convention(
            psnr_rule,
            ssim_rule,
            None if psnr is None else float(self.psnr_means[psnr]),
            None if ssim is None else float(self.ssim_means[ssim]),
            agreement,
            like.named,
            like.departures,
            exact_names(psnr_rule, ssim_rule, self.named),
            cost + (CUT_OFF if agreement == "truncated" else 0.0),
            None if second is None else second.named,
            () if second is None else second.departures,
            (
                () if psnr is None else tuple(map(float, self.table.psnr[psnr])),
                () if ssim is None else tuple(map(float, self.table.ssim[ssim])),
            ),
        )

    def _likeness(self, psnr: PsnrRule | None, ssim: SsimRule | None) -> Likeness:
        if (psnr, ssim) not in self._likenesses:
            self._likenesses[psnr, ssim] = likeness(psnr, ssim, self.named)
        return self._likenesses[psnr, ssim]

    def _agreements(self, metric: Metric) -> dict[int, Agreement]:
        rounded, cut = self.claims.agreeing(self.table, metric)
        return {int(place): "rounded" if rounded[place] else "truncated" for place in np.flatnonzero(rounded | cut)}

    def _joint(self) -> list[Convention]:
        found = []
        psnr, ssim = self.claims.agreeing(self.table, "psnr"), self.claims.agreeing(self.table, "ssim")
        for place in np.flatnonzero(ssim[0] | ssim[1]):
            for other in self.sharing(int(place)):
                agreement = _together(psnr, ssim, other, int(place))
                if agreement:
                    found.append(self.convention(other, int(place), agreement))
        return found

    def _mixed(self) -> list[Convention]:
        psnr, ssim = self.claims.agreeing(self.table, "psnr"), self.claims.agreeing(self.table, "ssim")
        firsts = self._likely(np.flatnonzero(psnr[0] | psnr[1]), "psnr")
        seconds = self._likely(np.flatnonzero(ssim[0] | ssim[1]), "ssim")
        found = []
        for first, second in product(firsts, seconds):
            agreement = _together(psnr, ssim, first, second)
            if not agreement or one_protocol(self.table.psnr_rules[first], self.table.ssim_rules[second]):
                continue
            one = self.convention(first, second, agreement)
            if one.cost <= TWO_CONVENTIONS + MOST_ODD:
                found.append(one)
        return found

    def _likely(self, places: np.ndarray[tuple[int], np.dtype[np.int64]], metric: Metric) -> list[int]:
        def cost(place: int) -> float:
            if metric == "psnr":
                return self._likeness(self.table.psnr_rules[place], None).cost
            return self._likeness(None, self.table.ssim_rules[place]).cost

        return sorted(map(int, places), key=cost)[:MOST_MIXED]

    def _grouped(self, conventions: list[Convention]) -> tuple[ConventionClass, ...]:
        classes: dict[object, dict[object, list[Convention]]] = {}
        for one in sorted(conventions, key=lambda found: found.cost):
            means = self._printed(one, ((one.psnr,), (one.ssim,)))
            classes.setdefault((one.mixed, means), {}).setdefault(self._printed(one, one.values), []).append(one)
        return tuple(
            ConventionClass(tuple(ConventionGroup(tuple(group)) for group in groups.values()))
            for groups in classes.values()
        )

    def _printed(self, one: Convention, values: tuple[Sequence[float | None], Sequence[float | None]]) -> object:
        """Return scores as whole numbers of the last printed digit."""
        return tuple(
            tuple(None if value is None else self.claims.number(name).bin_of(value) for value in scores)
            for name, scores in zip(METRICS, values, strict=True)
            if self.claims.has(name)
        )


def _together(psnr: tuple[Mask, Mask], ssim: tuple[Mask, Mask], first: int, second: int) -> Agreement:
    """Return how both numbers agree: one table prints both in one way."""
    if psnr[0][first] and ssim[0][second]:
        return "rounded"
    return "truncated" if psnr[1][first] and ssim[1][second] else ""
