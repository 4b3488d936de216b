"""The audit itself: from two locations and a claim to what gives it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.jobs.audit.claim import METRICS, Metric, parse_claim
from harness.jobs.audit.claims import Claims, read_image_claims
from harness.jobs.audit.facts import Facts, facts_of
from harness.jobs.audit.inputs import Inputs, find_inputs
from harness.jobs.audit.named import Named, named_conventions
from harness.jobs.audit.outcome import UNUSUAL, Audit
from harness.jobs.audit.plan import plan_for
from harness.jobs.audit.rules import Reading
from harness.jobs.audit.score_table import Array, ScoreTable, tabulate
from harness.jobs.audit.search import Convention, Search
from harness.jobs.audit.space import full_space, readings
from harness.jobs.audit.suspects import Case, suspects_of
from harness.jobs.audit.suspects.published import published_as
from harness.jobs.audit.words import remark
from srmetrics.errors import UsageError

Report = Callable[[int, int], None]

MOST_ALONE = 6
AROUND = 10
"""Units of the last digit around the claim in which conventions are counted, to tell how many agree by accident."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Two locations under every convention, to be searched for any number of claims."""

    inputs: Inputs
    facts: Facts
    named: tuple[Named, ...]
    table: ScoreTable
    n_conventions: int
    scale: int | None
    data_range: float | None
    workers: int
    seconds: float
    memory: dict[str, Any] = field(default_factory=dict)
    """What suspicions have computed, for the next claim on the same images."""


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """Everything that an audit hangs on beside the files and the claim."""

    scale: int | None = None
    data_range: float | None = None
    pair: str | None = None
    workers: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be before any file is read."""
        for name, number in (("scale", self.scale), ("workers", self.workers)):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
                raise UsageError(f"--{name} cannot be this", found=repr(number), expected="a number from 1")
        if self.data_range is not None and not (0 < self.data_range < float("inf")):
            raise UsageError("this cannot be a data range", found=repr(self.data_range), expected="a number above 0")


def score_everything(reference: str, candidate: str, options: AuditOptions, report: Report) -> Scored:
    """Score all pairs of two locations under every convention.

    Raises
    ------
    SrmetricsError
        When a location holds no image, or names cannot be paired at all.
    """
    started = time.monotonic()
    inputs = find_inputs(
        reference, candidate, data_range=options.data_range, pair=options.pair, workers=options.workers
    )
    pages = [page for file in inputs.files for page in file.pages]
    facts = facts_of(pages, len(inputs.files)) if pages else Facts(255.0, False, False, False, False, False, False)
    first = readings(facts)[0]
    named = tuple(named_conventions(options.scale, Reading(alpha=first.alpha, align=first.align), whole=facts.whole))
    space = full_space(facts, options.scale, named)
    plan = plan_for(space, options.data_range, options.scale)
    table = tabulate(inputs.files, plan, options.workers, report)
    return Scored(
        inputs,
        facts,
        named,
        table,
        len(space),
        options.scale,
        options.data_range,
        options.workers,
        time.monotonic() - started,
    )


def search_for(claims: Claims, scored: Scored, method: str = "") -> Audit:
    """Return which of the scored conventions give a claim, and suspects where none or only an unusual one does."""
    started = time.monotonic()
    inputs, table = scored.inputs, scored.table
    search = Search(table, claims, scored.named)
    classes = search.classes() if table.keys else ()
    case = Case(
        inputs,
        scored.facts,
        claims,
        scored.scale,
        scored.data_range,
        scored.named,
        search,
        scored.workers,
        scored.memory,
    )
    unclear = bool(table.keys) and (not classes or classes[0].first.cost >= UNUSUAL)
    both = claims.has("psnr") and claims.has("ssim")
    named = [one for _, one in case.conventions()] if table.keys else []
    return Audit(
        reference=inputs.reference,
        candidate=inputs.candidate,
        method=method or inputs.candidate,
        dataset=inputs.dataset,
        claims=claims,
        scale=scored.scale,
        facts=scored.facts,
        keys=table.keys,
        n_conventions=scored.n_conventions,
        classes=classes,
        by_accident=_by_accident(search, claims) if classes else 0.0,
        alone=(tuple(search.alone("psnr")[:MOST_ALONE]), tuple(search.alone("ssim")[:MOST_ALONE]))
        if both and unclear
        else ((), ()),
        named=tuple(_once(named)),
        nearest=tuple(search.nearest()) if unclear else (),
        suspects=suspects_of(case) if unclear else (),
        remarks=tuple(_remarks(classes[0].first if classes else None, named, claims)),
        failures=(*inputs.failures, *table.failures),
        notes=(*inputs.notes, *scored.facts.notes),
        seconds=scored.seconds + time.monotonic() - started,
    )


def claims_of(claimed: str | None, rows: list[dict[str, str]] | None, path: Path | None, keys: Sequence[str]) -> Claims:
    """Return the claims of a text, of the lines of a CSV of single images, or of both."""
    mean = None if claimed is None else parse_claim(claimed)
    images = read_image_claims(path, rows, tuple(keys)) if rows and path is not None else {}
    return Claims(mean, images)


def _once(named: list[Convention]) -> list[Convention]:
    """Return named conventions, leaving out those that are another with a second name."""
    seen: set[object] = set()
    kept = []
    for one in named:
        if (one.psnr_rule, one.ssim_rule) not in seen:
            seen.add((one.psnr_rule, one.ssim_rule))
            kept.append(one)
    return kept


def _remarks(first: Convention | None, named: list[Convention], claims: Claims) -> list[str]:
    found = []
    if first is not None:
        sr_y = next((one.psnr for one in named if one.nearest.name == "sr-y"), None)
        found.append(remark(first, sr_y))
    row = published_as(claims.mean)
    if row is not None:
        found.append(f"{claims.mean} is a published row: {row.words} (Y, crop = scale)")
    return [text for text in found if text]


def _by_accident(search: Search, claims: Claims) -> float:
    """Return how many conventions would agree with a claim that lies beside these values by accident.

    The conventions within ten units of the claim are counted, those that agree left out, and spread evenly over the
    printed numbers that they could have agreed with.
    """
    table = search.table
    bins: dict[Metric, Array] = {}
    for metric in METRICS:
        if claims.has(metric):
            bins[metric] = np.rint(claims.distance(table, metric))
    width = 2 * AROUND + 1
    if len(bins) == 1:
        (apart,) = bins.values()
        return float(((apart >= 1) & (apart <= AROUND)).sum()) / (width - 1)
    near = 0
    for place in np.flatnonzero(bins["ssim"] <= AROUND):
        for other in search.sharing(int(place)):
            near += bool(bins["psnr"][other] <= AROUND) and bool(bins["ssim"][place] + bins["psnr"][other] > 0)
    return near / (width * width - 1)
