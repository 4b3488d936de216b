"""The scores of all pairs under all rules of a space, and their means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure
from harness.jobs.audit.inputs import METHOD, FilePair
from harness.jobs.audit.measure import PairScores, measure
from harness.jobs.audit.plan import Plan
from harness.jobs.audit.rules import PsnrRule, SsimRule
from srmetrics.errors import SrmetricsError

Array = NDArray[np.float64]
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Rules down, pages across."""

    keys: tuple[str, ...]
    """The names of the pages."""
    files: tuple[int, ...]
    """Which file each page is of."""
    constant: tuple[bool, ...]
    psnr_rules: tuple[PsnrRule, ...]
    ssim_rules: tuple[SsimRule, ...]
    psnr: Array
    """In dB, rules x pages; under ``pooling: volume`` every page bears its volume's."""
    relative: Array
    """Mean squared errors of values scaled to 0..1, rules x pages."""
    ssim: Array
    failures: tuple[Failure, ...] = ()

    @property
    def n_files(self) -> int:
        """How many files were scored."""
        return len(set(self.files))

    def weights(self, pooling: str) -> Array:
        """Return what each page counts in a mean: pages alike, or volumes alike."""
        if pooling == "image":
            kept = np.array([not each for each in self.constant], float)
            return kept / kept.sum() if kept.any() else np.full(len(kept), 1.0 / max(len(kept), 1))
        counts = {file: self.files.count(file) for file in set(self.files)}
        return np.array([1.0 / (counts[file] * len(counts)) for file in self.files])

    def psnr_means(self) -> Array:
        """Return the mean PSNR of every rule, in dB."""
        return self._means(self.psnr, self.psnr_rules)

    def ssim_means(self) -> Array:
        """Return the mean SSIM of every rule."""
        return self._means(self.ssim, self.ssim_rules)

    def _means(self, values: Array, rules: Sequence[PsnrRule | SsimRule]) -> Array:
        means = np.full(len(rules), np.nan)
        for pooling in {rule.pooling for rule in rules}:
            places = [place for place, rule in enumerate(rules) if rule.pooling == pooling]
            weights = self.weights(pooling)
            counted = weights > 0
            means[places] = values[places][:, counted] @ weights[counted]
        return means


def tabulate(
    files: Sequence[FilePair], plan: Plan, workers: int, report: Report = lambda done, total: None
) -> ScoreTable:
    """Score all pairs under all rules of a plan.

    Parameters
    ----------
    files : sequence of FilePair
        The pairs; those that cannot be scored are listed in ``failures``.
    plan : Plan
        What to compute.
    workers : int
        Threads.
    report : callable, optional
        Told how many files of how many are done.
    """

    def score(file: FilePair) -> tuple[FilePair, list[PairScores], Failure | None]:
        found = []
        try:
            for facts, (reference, candidate) in zip(file.pages, file.read(), strict=True):
                found.append(measure(reference.pixels, candidate.pixels, facts, plan, file.volume_max))
        except SrmetricsError as error:
            path = file.task.candidates[METHOD].path
            error.in_file(path)
            return file, [], Failure(file.task.key, METHOD, "unscorable", str(error.file), str(error))
        return file, found, None

    keys: list[str] = []
    owners: list[int] = []
    constant: list[bool] = []
    scores: list[PairScores] = []
    failures: list[Failure] = []
    report(0, len(files))
    for done, (file, found, failure) in enumerate(run_on_threads(score, files, workers), 1):
        if failure is not None:
            failures.append(failure)
        else:
            keys += file.keys
            owners += [done] * len(found)
            constant += file.constant
            scores += _pooled(found, plan)
        report(done, len(files))
    space = plan.space
    return ScoreTable(
        keys=tuple(keys),
        files=tuple(owners),
        constant=tuple(constant),
        psnr_rules=space.psnr,
        ssim_rules=space.ssim,
        psnr=_columns([one.psnr for one in scores], len(space.psnr)),
        relative=_columns([one.relative for one in scores], len(space.psnr)),
        ssim=_columns([one.ssim for one in scores], len(space.ssim)),
        failures=tuple(failures),
    )


def _columns(columns: list[Array], rows: int) -> Array:
    return np.stack(columns, axis=1) if columns else np.zeros((rows, 0))


def _pooled(pages: list[PairScores], plan: Plan) -> list[PairScores]:
    """Give every page of a volume the volume's scores where a rule pools: one MSE, and the mean of SSIM."""
    if len(pages) < 2:
        return pages
    psnr = [place for place, rule in enumerate(plan.space.psnr) if rule.pooling == "volume"]
    ssim = [place for place, rule in enumerate(plan.space.ssim) if rule.pooling == "volume"]
    relative = np.mean([page.relative[psnr] for page in pages], axis=0)
    similar = np.mean([page.ssim[ssim] for page in pages], axis=0)
    with np.errstate(divide="ignore"):
        decibels = 0.0 - 10.0 * np.log10(relative)
    for page in pages:
        page.relative[psnr], page.psnr[psnr], page.ssim[ssim] = relative, decibels, similar
    return pages
