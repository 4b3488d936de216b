"""The measurements of one region, pooled over the slices of a volume into its scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

from srmetrics.errors import MetricError, SrmetricsError
from srmetrics.metrics import column_name
from srmetrics.metrics.base import Measurement, Metric, Region
from srmetrics.prepare.pair import PreparedPair
from srmetrics.score import Scores

ZEROED_NOTE = (
    "masking zeroed: the black surroundings are scored too, which inflates PSNR and SSIM of small regions; for "
    "reproducing published numbers only"
)


class Pool:
    """The measurements of one region, added slice by slice; a single image is a pool of one."""

    def __init__(self, table: Sequence[Metric]) -> None:
        self.table = table
        self.measured: dict[str, list[Measurement]] = {metric.name: [] for metric in table}
        self.errors: dict[str, SrmetricsError] = {}
        self.notes: list[str] = []
        self.n_pixels = 0
        self.last: tuple[PreparedPair, Region] | None = None

    def add(self, pair: PreparedPair, region: Region) -> Pool:
        """Measure one slice, and return the pool."""
        self.last = (pair, region)
        self.n_pixels += region.count(pair)
        self.notes += pair.notes
        try:
            pair.require_finite(None if region.masking == "map" else region.mask)
        except SrmetricsError as error:
            self.errors |= dict.fromkeys(self.measured, error)
            return self
        for metric in self.table:
            try:
                self.measured[metric.name].append(_existing(metric, pair, region))
            except SrmetricsError as error:
                self.errors.setdefault(metric.name, error)
        return self

    def scores(self) -> Scores:
        """Return the scores of what was added."""
        if self.last is None:
            raise RuntimeError("nothing was added to the pool")
        pair, region = self.last
        values: dict[str, float] = {}
        channels: dict[str, float] = {}
        pooled: list[Measurement] = []
        for metric in self.table:
            slices = self.measured[metric.name]
            if metric.name in self.errors or not slices:
                values[metric.name] = math.nan
                continue
            result = slices[0] if len(slices) == 1 else metric.pool(slices, pair)
            pooled.append(result)
            values[metric.name] = result.value
            column = column_name(metric.name)
            channels |= {f"{column}_c{index}": value for index, value in enumerate(result.channels)}
        notes = [*self.notes, *(note for one in pooled for note in one.notes)]
        if region.mask is not None and region.masking == "zeroed":
            notes.append(ZEROED_NOTE)
        if self.n_pixels == 0:
            notes.insert(0, f"the region {region.name!r} is empty: its scores are NaN")
        return Scores(
            values_by_name=values,
            region=region.name,
            n_pixels=self.n_pixels,
            protocol=region.protocol_in_force(pair.protocol),
            channels=channels,
            n_sampled=next((one.n_sampled for one in pooled if one.n_sampled is not None), None),
            mask_support=next((one.mask_support for one in pooled if one.mask_support is not None), None),
            notes=tuple(dict.fromkeys(notes)),
            errors=self.errors,
        )


def _existing(metric: Metric, pair: PreparedPair, region: Region) -> Measurement:
    """Return a measurement, refusing NaN that is not the NaN of a region without pixels or windows."""
    measured = metric.measure(pair, region)
    if math.isnan(measured.value) and region.count(pair) > 0 and measured.n_sampled != 0:
        raise MetricError(f"{metric.name} does not exist for this pair", found="zero divided by zero")
    return measured
