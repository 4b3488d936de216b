"""What metrics are called in running text and in figures."""

from __future__ import annotations

_SPELT = {"haarpsi": "HaarPSI", "vif": "VIFp"}
"""Names that are not written in capitals throughout; what piq computes of VIF is VIFp, the one of the pixel domain."""


def metric_name(metric: str) -> str:
    """Return a metric's name as its paper writes it.

    Examples
    --------
    >>> metric_name("piq:lpips"), metric_name("ms_ssim"), metric_name("piq:haarpsi")
    ('LPIPS', 'MS-SSIM', 'HaarPSI')
    """
    plain = metric.rpartition(":")[2]
    return _SPELT.get(plain, plain.replace("_", "-").upper())
