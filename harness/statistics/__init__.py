"""Statistics over units: intervals of means, paired tests, and families of comparisons."""

from harness.statistics.compare import all_pairs, versus_baseline, versus_best
from harness.statistics.comparison import LEVEL, Comparison
from harness.statistics.holm import ACROSS_METRICS, holm
from harness.statistics.interval import Interval, mean_interval
from harness.statistics.mcnemar import McNemar, mcnemar_exact
from harness.statistics.paired import PairedTest, paired_test
from harness.statistics.recovered import NO_GAP, Recovered, recovered_fraction
from harness.statistics.sign_flip import SignFlip, sign_flip
from harness.statistics.standing import Standing
from harness.statistics.summary import Summary, summarise
from harness.statistics.units import Average, unit_means
from harness.statistics.wilcoxon import wilcoxon_p

__all__ = [
    "ACROSS_METRICS",
    "LEVEL",
    "NO_GAP",
    "Average",
    "Comparison",
    "Interval",
    "McNemar",
    "PairedTest",
    "Recovered",
    "SignFlip",
    "Standing",
    "Summary",
    "all_pairs",
    "holm",
    "mcnemar_exact",
    "mean_interval",
    "paired_test",
    "recovered_fraction",
    "sign_flip",
    "summarise",
    "unit_means",
    "versus_baseline",
    "versus_best",
    "wilcoxon_p",
]
