"""Measure, by simulation, whether the intervals and tests of `harness.statistics` keep what they promise.

Run it as ``python benchmarks/interval_coverage.py``; it takes a few minutes. Every sample is drawn from a
distribution whose mean is known, so that an interval either covers it or does not. The results stand in
docs/statistics.md.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

import numpy as np
from scipy.special import ndtri
from scipy.stats import ttest_1samp

from harness.statistics import mean_interval, paired_test, versus_best
from harness.statistics.bca import bca_levels
from harness.statistics.draws import resampled_sums

Sample = tuple[np.ndarray, list[str] | None]


def independent(draw: Callable[[np.random.Generator, int], np.ndarray], n: int) -> Callable[..., Sample]:
    """Return a maker of samples of `n` independent values."""
    return lambda rng: (draw(rng, n), None)


def clustered(n_groups: int, largest: int) -> Callable[..., Sample]:
    """Return a maker of groups of 1 to `largest` images whose mean is 0; half of the variance lies between groups."""

    def sample(rng: np.random.Generator) -> Sample:
        sizes = rng.integers(1, largest + 1, n_groups)
        groups = [str(number) for number, size in enumerate(sizes) for _ in range(size)]
        return np.repeat(rng.standard_normal(n_groups), sizes) + rng.standard_normal(sizes.sum()), groups

    return sample


def normal(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw from the standard normal distribution."""
    return rng.standard_normal(n)


def exponential(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw from the exponential distribution less its mean: skewness 2."""
    return rng.standard_exponential(n) - 1


def lognormal(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw from the standard lognormal distribution less its mean: skewness 6.2."""
    return rng.lognormal(0, 1, n) - math.exp(0.5)


PROMISED = {
    **{f"normal, {n} units": independent(normal, n) for n in (5, 10, 20, 50)},
    "exponential, 100 units": independent(exponential, 100),
}
BEYOND = {
    **{f"exponential, {n} units": independent(exponential, n) for n in (5, 10, 20, 50)},
    **{f"lognormal, {n} units": independent(lognormal, n) for n in (20, 100)},
    **{f"{n} groups of 1 to 8 images": clustered(n, 8) for n in (6, 12, 20, 50)},
}


def coverage(sample: Callable[..., Sample], n_simulations: int, seed: int = 0) -> tuple[float, float]:
    """Return the shares of intervals below whose low end and above whose high end the true mean, 0, lies."""
    rng = np.random.default_rng(seed)
    below = above = 0
    for _ in range(n_simulations):
        values, groups = sample(rng)
        interval = mean_interval(values, groups)
        assert interval.low is not None
        assert interval.high is not None
        below += interval.low > 0
        above += interval.high < 0
    return below / n_simulations, above / n_simulations


def plain_bca_coverage(sample: Callable[..., Sample], n_simulations: int, seed: int = 0) -> float:
    """Return the coverage that BCa has without the widening for few units, on the same samples and draws."""
    rng = np.random.default_rng(seed)
    covered = 0
    for _ in range(n_simulations):
        values = np.sort(sample(rng)[0])
        residuals = values - values.mean()
        acceleration = np.sum(residuals**3) / (6 * np.sum(residuals**2) ** 1.5)
        deviations = resampled_sums(residuals[None], 0)[0] / values.size
        levels = bca_levels(deviations, float(acceleration), float(ndtri(0.975)))
        low, high = values.mean() + np.quantile(deviations, levels)
        covered += low <= 0 <= high
    return covered / n_simulations


def rejections(sample: Callable[..., Sample], n_simulations: int, seed: int = 0) -> list[float]:
    """Return how often sign-flip, Wilcoxon, and a t test blind to groups reject a true hypothesis at 5 %."""
    rng = np.random.default_rng(seed)
    rejected = np.zeros(3)
    for _ in range(n_simulations):
        values, groups = sample(rng)
        test = paired_test(values, np.zeros_like(values), groups)
        assert test.p is not None
        assert test.p_wilcoxon is not None
        rejected += [test.p <= 0.05, test.p_wilcoxon <= 0.05, ttest_1samp(values, 0).pvalue <= 0.05]
    return [float(share) for share in rejected / n_simulations]


def slices(n_groups: int, size: int) -> Callable[..., Sample]:
    """Return a maker of equal groups of slices, half of whose variance lies between groups."""
    names = [str(number // size) for number in range(n_groups * size)]
    return lambda rng: (
        np.repeat(rng.standard_normal(n_groups), size) + rng.standard_normal(n_groups * size),
        names,
    )


def false_findings(n_methods: int, n_images: int, n_simulations: int, seed: int = 0) -> float:
    """Return how often at least one of `n_methods` equally good methods is called worse than the best."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(n_simulations):
        scores = {str(method): rng.standard_normal(n_images) for method in range(n_methods)}
        standings = versus_best(scores, higher_is_better=True)
        found += any(standing.verdict == "worse" for standing in standings.values())
    return found / n_simulations


def main() -> None:
    """Print three tables in Markdown: coverage, level of the tests, false findings against the best."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=20_000, help="samples per row of the coverage table")
    n_simulations = parser.parse_args().simulations
    start = time.perf_counter()

    error = 100 * math.sqrt(0.95 * 0.05 / n_simulations)
    print(f"Coverage of the 95 % interval, {n_simulations} samples a row, standard error {error:.2f} %\n")
    print("| sample | coverage | mean below low end | mean above high end | BCa without widening |")
    print("|---|---|---|---|---|")
    for name, sample in {**PROMISED, **BEYOND}.items():
        below, above = coverage(sample, n_simulations)
        values, groups = sample(np.random.default_rng(0))
        plain = groups is None and values.size >= 20
        unwidened = f"{100 * plain_bca_coverage(sample, n_simulations):.1f} %" if plain else ""
        name = f"**{name}**" if name in PROMISED else name
        shares = " | ".join(f"{100 * share:.1f} %" for share in (1 - below - above, below, above))
        print(f"| {name} | {shares} | {unwidened} |")

    n_tests = n_simulations // 4
    error = 100 * math.sqrt(0.05 * 0.95 / n_tests)
    print(f"\nFalse rejections at 5 %, {n_tests} samples a row, standard error {error:.2f} %\n")
    print("| sample | sign-flip | Wilcoxon | t over images, groups ignored |")
    print("|---|---|---|---|")
    cases = {
        "5 groups of 36 slices": slices(5, 36),
        "8 groups of 36 slices": slices(8, 36),
        "20 groups of 36 slices": slices(20, 36),
        "12 groups of 1 to 8 images": clustered(12, 8),
        "14 images": independent(normal, 14),
        "100 images": independent(normal, 100),
        "100 images, exponential": independent(exponential, 100),
    }
    for name, sample in cases.items():
        shares = " | ".join(f"{100 * share:.1f} %" for share in rejections(sample, n_tests))
        print(f"| {name} | {shares} |")

    n_tables = n_simulations // 10
    print(f"\nEqually good methods on 100 images, {n_tables} tables a row\n")
    print("| methods | tables in which one at least is called worse |")
    print("|---|---|")
    for n_methods in (2, 3, 5, 10):
        print(f"| {n_methods} | {100 * false_findings(n_methods, 100, n_tables):.1f} % |")
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
