"""Every test of one arm against another, as rows of ``arm_comparisons.csv``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from harness.classifiers.comparisons import PER_IMAGE, compare_arms, mcnemar_per_repeat
from harness.classifiers.predictions import Block, Mode
from harness.leaderboard.plain_table import Value
from harness.statistics import Average, Comparison

COMPARISON_COLUMNS = (
    *("classifier", "mode", "metric", "family", "arm_a", "arm_b", "repeat", "difference", "ci_low", "ci_high"),
    *("interval", "test", "p", "p_holm", "p_wilcoxon", "units", "left_out", "only_a_right", "only_b_right", "reason"),
)


def arm_comparisons(
    blocks: list[Block], who: tuple[str, Mode], arms: Sequence[str], baseline: str | None, average: Average, seed: int
) -> list[tuple[Value, ...]]:
    """Return the tests over units across repeats, and McNemar's of each repeat by itself.

    Parameters
    ----------
    blocks : list of Block
        Of one classifier and mode.
    who : pair of str
        These two.
    arms : sequence of str
        In the order of tables.
    baseline : str or None
        An arm that all others are tested against, as a family of its own.
    average : {"image", "group"}
        What means weigh equally.
    seed : int
        Of the draws.
    """
    found: list[tuple[Value, ...]] = []
    present = [arm for arm in arms if any(block.arm == arm for block in blocks)]
    for metric in PER_IMAGE:
        families = [compare_arms(blocks, metric, average=average, seed=seed)]
        if baseline in present:
            families.append(compare_arms(blocks, metric, baseline=baseline, average=average, seed=seed))
        for standings in families:
            tests = (standing.comparison for standing in standings.values())
            found += [_across_repeats(who, metric, test) for test in tests if test is not None]
    for arm_a, arm_b in combinations(present, 2):
        for repeat, exact in mcnemar_per_repeat(blocks, arm_a, arm_b).items():
            head: tuple[Value, ...] = (*who, "accuracy", "per repeat", arm_a, arm_b, repeat)
            counts: tuple[Value, ...] = (exact.n_only_a, exact.n_only_b, exact.reason)
            found.append((*head, None, None, None, "", "McNemar, exact", exact.p, None, None, None, None, *counts))
    return found


def _across_repeats(who: tuple[str, Mode], metric: str, test: Comparison) -> tuple[Value, ...]:
    head: tuple[Value, ...] = (*who, metric, test.family, test.method_a, test.method_b, None)
    interval: tuple[Value, ...] = (test.difference, test.ci_low, test.ci_high, test.interval_method)
    return (
        *(*head, *interval, test.test, test.p, test.p_holm, test.p_wilcoxon, test.n_units, test.n_left_out),
        *(None, None, test.reason),
    )
