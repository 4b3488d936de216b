"""The metrics: one file each, one line each in the table."""

from __future__ import annotations

import difflib

from srmetrics.errors import MetricError
from srmetrics.metrics.base import Metric
from srmetrics.metrics.error import MAE, MSE, NRMSE, PSNR, RMSE
from srmetrics.metrics.ms_ssim import MS_SSIM
from srmetrics.metrics.ssim import SSIM

_BUILT_IN: tuple[Metric, ...] = (PSNR, SSIM, MS_SSIM, MSE, RMSE, MAE, NRMSE)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _BUILT_IN}
if len(METRICS) != len(_BUILT_IN):
    raise RuntimeError("two metrics have one name")


def find_metric(name: str) -> Metric:
    """Return a metric by its name: one of ``METRICS``, or ``piq:NAME``.

    Raises
    ------
    MetricError
        When there is no such metric; near names are suggested.
    DependencyError
        When piq or torch is not installed.
    """
    if name in METRICS:
        return METRICS[name]
    if name.startswith("piq:"):
        from srmetrics.metrics.from_piq import piq_metric

        return piq_metric(name)
    from srmetrics.metrics.from_piq import PIQ_METRICS  # loads neither piq nor torch

    # piq's may be asked for by their own names (lpips), and names in any case and with a hyphen (PSNR, ms-ssim).
    known = {known.removeprefix("piq:"): known for known in (*PIQ_METRICS, *METRICS)}
    near = difflib.get_close_matches(name.casefold().replace("-", "_"), known, n=1)
    parts = [part.strip() for part in name.split(",")]
    if len(parts) > 1 and all(part in (*METRICS, *PIQ_METRICS) for part in parts):
        raise MetricError(
            "these are several metrics in one name",
            found=repr(name),
            way_out=f"Name each by itself: {' '.join(f'--metric {part}' for part in parts)}",
        )
    raise MetricError(
        "there is no such metric",
        found=repr(name),
        expected="one of " + ", ".join(METRICS) + ", or piq:NAME",
        way_out=f"Did you mean {known[near[0]]!r}?" if near else None,
    )


def column_name(metric: str) -> str:
    """Return a metric's name as a column: ``piq:lpips`` becomes ``piq_lpips``."""
    return metric.replace(":", "_")
