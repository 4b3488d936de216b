"""All that is claimed of a set of images: its mean, single images, or both; and which rules agree with it."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.jobs.audit.claim import SLACK, Claim, Metric, Number, claim_of
from harness.jobs.audit.score_table import ScoreTable
from srmetrics.errors import FileError, UsageError

Mask = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Claims:
    """A claimed mean, claims of single images by key, or both."""

    mean: Claim | None
    images: Mapping[str, Claim] = field(default_factory=dict)

    def has(self, metric: Metric) -> bool:
        """Return True when anything is claimed of a metric."""
        every = [*([self.mean] if self.mean else []), *self.images.values()]
        return any(claim.of(metric) is not None for claim in every)

    def number(self, metric: Metric) -> Number:
        """Return a claimed number of a metric, the mean's where there is one: how numbers are printed."""
        every = [*([self.mean] if self.mean else []), *self.images.values()]
        return next(number for claim in every if (number := claim.of(metric)) is not None)

    def agreeing(self, table: ScoreTable, metric: Metric) -> tuple[Mask, Mask]:
        """Return which rules agree with all that is claimed of a metric, by rounding and by cutting digits off."""
        values = table.psnr if metric == "psnr" else table.ssim
        means = table.psnr_means() if metric == "psnr" else table.ssim_means()
        rounded, cut = np.ones(len(means), bool), np.ones(len(means), bool)
        for number, computed in self._pairs(table, metric, values, means):
            one, other = windows(number, computed)
            rounded &= one
            cut &= other
        return rounded, cut

    def distance(self, table: ScoreTable, metric: Metric) -> Array:
        """Return, for every rule, the largest distance from what is claimed, in units of the last printed digit."""
        values = table.psnr if metric == "psnr" else table.ssim
        means = table.psnr_means() if metric == "psnr" else table.ssim_means()
        largest = np.zeros(len(means))
        for number, computed in self._pairs(table, metric, values, means):
            with np.errstate(invalid="ignore"):
                apart = np.abs(computed - number.value) / number.unit
            apart[computed == number.value] = 0.0
            largest = np.maximum(largest, np.where(np.isnan(apart), math.inf, apart))
        return largest

    def _pairs(self, table: ScoreTable, metric: Metric, values: Array, means: Array) -> list[tuple[Number, Array]]:
        found: list[tuple[Number, Array]] = []
        if self.mean is not None and (number := self.mean.of(metric)) is not None:
            found.append((number, means))
        for key, claim in self.images.items():
            if (number := claim.of(metric)) is not None and key in table.keys:
                found.append((number, values[:, table.keys.index(key)]))
        return found

    def __str__(self) -> str:
        """Return the claim in short."""
        mean = "" if self.mean is None else str(self.mean)
        single = f"{len(self.images)} single image{'s' * (len(self.images) != 1)}" if self.images else ""
        return " and ".join(part for part in (mean, single) if part)


def windows(number: Number, computed: Array) -> tuple[Mask, Mask]:
    """Return where computed values agree with a printed number by rounding, and by cutting digits off."""
    if math.isinf(number.value):
        return computed == number.value, computed == number.value
    with np.errstate(invalid="ignore"):
        apart = computed - number.value
        away = apart * math.copysign(1.0, number.value)
        rounded = np.abs(apart) <= number.unit * (0.5 + SLACK)
        cut = (away >= -number.unit * SLACK) & (away < number.unit * (1.0 - SLACK))
    return rounded, cut


def read_image_claims(path: Path, rows: list[dict[str, str]], keys: tuple[str, ...]) -> dict[str, Claim]:
    """Return the claims of single images that a CSV holds.

    Parameters
    ----------
    path : Path
        The CSV, for messages.
    rows : list of dict
        Its lines, with a column ``image`` and ``psnr``, ``ssim`` or both.
    keys : tuple of str
        The names of the images that are scored; ``image`` may also be the end of one, such as ``baby``.

    Raises
    ------
    UsageError
        When a line names no image, several, or one that another line names.
    """
    claims: dict[str, Claim] = {}
    for line, row in enumerate(rows, 2):
        name = row.get("image", "")
        fitting = [key for key in keys if key == name] or [key for key in keys if _belongs(name, key)]
        if len(fitting) != 1:
            raise UsageError(
                f"line {line} of {path.name} names " + ("no image" if not fitting else "several images"),
                found=repr(name) + (": " + ", ".join(fitting) if fitting else ""),
                expected="one of " + ", ".join(keys[:8]),
            )
        if fitting[0] in claims:
            raise UsageError(
                f"line {line} of {path.name} claims an image again",
                found=repr(name),
                expected="one line for each image",
            )
        claims[fitting[0]] = claim_of(row.get("psnr", ""), row.get("ssim", ""))
    return claims


def _belongs(name: str, key: str) -> bool:
    """Return True when a name is a whole part of a key: ``baby`` of ``HR/baby_HR_x4``."""
    stem = key.rpartition("/")[2]
    return bool(name) and (stem == name or stem.startswith((f"{name}_", f"{name}-", f"{name}.")))


def read_claims_csv(path: Path) -> list[dict[str, str]]:
    """Return the lines of a CSV of claims, column names in lower case.

    Raises
    ------
    FileError, UsageError
        When it cannot be read, or has no column of scores.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            names = [(name or "").strip().lower() for name in reader.fieldnames or []]
            reader.fieldnames = names
            rows = [{name: (row.get(name) or "").strip() for name in names} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"the claims cannot be read: {error}", file=path) from error
    if not rows or not {"psnr", "ssim"} & set(names):
        raise UsageError(
            f"{path.name} holds no claims",
            found=f"{len(rows)} line{'s' * (len(rows) != 1)} with the columns {', '.join(names) or 'none'}",
            expected="a column psnr or ssim, and a column image, or method, candidate, reference, dataset, scale",
        )
    return rows
