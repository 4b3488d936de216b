"""A suspicion, and what it is tested on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from harness.jobs.audit.claim import METRICS
from harness.jobs.audit.claims import Claims
from harness.jobs.audit.facts import Facts
from harness.jobs.audit.inputs import FilePair, Inputs
from harness.jobs.audit.named import Named
from harness.jobs.audit.plan import Change, plan_for
from harness.jobs.audit.score_table import ScoreTable, tabulate
from harness.jobs.audit.search import Convention, Search
from harness.jobs.audit.space import Space, named_space

Verdict = Literal["explains", "likely", "possible", "no"]
"""Gives the claim to its last digit; comes near it; cannot be computed; was computed and does not give it."""

COMMON_NAMES = ("sr-y", "sr-y8", "native", "ntire", "skimage", "rgb-crop", "luma")
"""Conventions under which a change of the images is tested."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """One suspicion and what came of it."""

    name: str
    verdict: Verdict
    words: str
    """A sentence for people."""


@dataclass(frozen=True, slots=True)
class Case:
    """What suspicions are tested on."""

    inputs: Inputs
    facts: Facts
    claims: Claims
    scale: int | None
    data_range: float | None
    named: Sequence[Named]
    search: Search
    workers: int
    memory: dict[str, Any] = field(default_factory=dict)
    """What suspicions have computed, for the next claim on the same images: scores by what was changed."""
    known: list[tuple[Named, Convention]] = field(default_factory=list)

    @property
    def table(self) -> ScoreTable:
        """The scores under all conventions."""
        return self.search.table

    def conventions(self) -> list[tuple[Named, Convention]]:
        """Return the presets and practices with what they give; it is found out once."""
        if not self.known:
            self.known.extend(self._named())
        return self.known

    def _named(self) -> list[tuple[Named, Convention]]:
        psnr = {rule: place for place, rule in enumerate(self.table.psnr_rules)}
        ssim = {rule: place for place, rule in enumerate(self.table.ssim_rules)}
        return [(one, self.search.convention(psnr[one.psnr], ssim[one.ssim], "")) for one in self.named]

    def common(self) -> list[Named]:
        """Return the conventions under which changes are tested."""
        return [one for one in self.named if one.name in COMMON_NAMES]

    def search_after(
        self, what: str, change: Change | None, space: Space | None = None, files: Sequence[FilePair] | None = None
    ) -> Search:
        """Return the scores after a change of the images (or of other pairs), under common conventions or a space.

        The scores are kept under the change's name: another claim on the same images asks for them again.
        """
        if what not in self.memory:
            chosen = named_space(self.common()) if space is None else space
            plan = plan_for(chosen, self.data_range, self.scale, change)
            self.memory[what] = tabulate(self.inputs.files if files is None else files, plan, self.workers)
        table: ScoreTable = self.memory[what]
        return Search(table, self.claims, self.named)

    def after(self, what: str, change: Change) -> Convention | None:
        """Return the convention that gives the claim after a change of the images; None where none does."""
        if not self.may_agree_after(what, change):
            return None
        classes = self.search_after(what, change).classes()
        first = classes[0].first if classes else None
        return first if first is not None and not first.mixed and first.agreement == "rounded" else None

    def may_agree_after(self, what: str, change: Change) -> bool:
        """Return False where already PSNR, which costs little, does not agree under any common convention."""
        if not self.claims.has("psnr"):
            return True
        quick = Space(named_space(self.common()).psnr, ())
        rounded, cut = self.claims.agreeing(self.search_after(f"{what}: PSNR", change, quick).table, "psnr")
        return bool((rounded | cut).any())

    def shown(self, one: Convention, more: int = 0) -> str:
        """Return what a convention gives, printed as the claim is."""
        parts = []
        for metric, value in zip(METRICS, (one.psnr, one.ssim), strict=True):
            if value is not None and self.claims.has(metric):
                parts.append(self.claims.number(metric).printed(value, more))
        return "/".join(parts)
