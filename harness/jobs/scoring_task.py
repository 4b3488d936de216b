"""What a worker is given to score, and what it gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.row import Failure, InputDigest, Row
from harness.images import ImageFile
from harness.jobs.grouping import facets_of
from srmetrics import EvaluationProtocol, Scores
from srmetrics.errors import SrmetricsError


@dataclass(frozen=True, slots=True)
class ScoringTask:
    """One reference, its mask, and the same image by every method."""

    key: str
    group: str
    reference: ImageFile
    candidates: Mapping[str, ImageFile]
    mask: ImageFile | str | None = None

    def page_key(self, page: int, pages: int) -> str:
        """Return what one page is called: the file's key where there is one page."""
        return self.key if pages == 1 else f"{self.key}#{page:04d}"


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """What all tasks of a comparison share."""

    protocol: EvaluationProtocol
    metrics: tuple[str, ...]
    scale: int | None
    data_range: float | None
    labels: Mapping[int, str] | None
    label_maps: bool | None
    boundary: int | None
    keep_constant: bool
    facets: Mapping[str, str]
    """Facet name to the expression that finds it in a key."""


@dataclass(slots=True)
class Scored:
    """What a task gives: rows, failures and the digests of what was read."""

    pages: int = 0
    """How many pages the reference has; 0 where it cannot be opened."""
    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    digests: list[InputDigest] = field(default_factory=list)

    def fail(self, key: str, method: str, what: str, path: str | PathLike[str], error: SrmetricsError) -> None:
        """Keep an error as a failure of an image, naming the file where the error does not."""
        error.in_file(path)
        self.failures.append(Failure(key, method, what, str(error.file), str(error)))

    def add(
        self,
        results: Sequence[Scores],
        place: tuple[str, str, str, str | PathLike[str]],
        notes: tuple[str, ...],
        rules: ScoringRules,
    ) -> None:
        """Add a row for each region that could be scored; ``place`` is key, group, method and the method's file."""
        key, group, method, path = place
        facets = facets_of(key, rules.facets)
        for scores in results:
            where = "" if scores.region == "image" else f"region {scores.region}: "
            if scores.errors and len(scores.errors) == len(scores):
                error = next(iter(scores.errors.values()))
                reason = f"{where}{error}" if error.file else f"{path}: {where}{error}"
                self.failures.append(Failure(key, method, "unscorable", str(path), reason))
                continue
            for name, error in scores.errors.items():
                self.failures.append(Failure(key, method, f"metric:{name}", str(path), f"{path}: {where}{error}"))
            self.rows.append(
                Row(
                    image=key,
                    group=group,
                    method=method,
                    region=scores.region,
                    n_pixels=scores.n_pixels,
                    values=dict(scores),
                    signature=scores.signature,
                    facets=facets,
                    channels=dict(scores.channels),
                    n_sampled=scores.n_sampled,
                    mask_support=scores.mask_support,
                    notes=notes + scores.notes,
                )
            )


def digest_of(role: str, key: str, pixels: NDArray[Any], method: str = "") -> InputDigest:
    """Return the digest of one decoded image; the same on machines of either byte order."""
    array = np.ascontiguousarray(pixels)
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return InputDigest(role, key, array.shape, array.dtype.name, hashlib.sha256(little.data).hexdigest(), method)
