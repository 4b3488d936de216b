"""A claimed score as it was printed, and whether a computed one agrees with it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

from srmetrics.errors import UsageError

Agreement = Literal["rounded", "truncated", ""]
"""How a printed number can stand for a computed one: rounded to its last digit, cut off after it, or not at all."""

Metric = Literal["psnr", "ssim"]
METRICS: tuple[Metric, Metric] = ("psnr", "ssim")

_NUMBER = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|inf|∞)\s*(dB|%)?", re.IGNORECASE)
_NAMED = re.compile(r"(psnr|ssim)\s*[=:]\s*(.*)", re.IGNORECASE | re.DOTALL)

HIGHEST_PSNR = 60.0
"""A lone number from here on is read as SSIM in percent: restored images do not score as many decibels."""

LEAST_PERCENT = 0.1
"""SSIM under which percent have to be said: 1.2 is more likely a slip than 1.2 %."""

SLACK = 1e-9
"""Of the last digit's unit: a computed value that lies on the half itself agrees both ways."""

EXPECTED = "PSNR/SSIM such as '28.42/0.8104', '28.42', '/0.8104', '28.42/81.04' (percent) or 'psnr=28.42,ssim=0.8104'"


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number."""

    text: str
    """As it was printed, without unit."""
    value: float
    """Percentages are divided by 100."""
    unit: float
    """What one step of the last printed digit is worth."""
    percent: bool = False

    @property
    def decimals(self) -> int:
        """Digits printed after the point."""
        return len(self.text.partition(".")[2])

    def agreement(self, computed: float) -> Agreement:
        """Return how a computed score agrees with the printed digits."""
        if math.isinf(self.value) or not math.isfinite(computed):
            return "rounded" if computed == self.value else ""
        if abs(computed - self.value) <= self.unit * (0.5 + SLACK):
            return "rounded"
        # Cutting digits off moves a number towards zero.
        away = (computed - self.value) * math.copysign(1.0, self.value)
        return "truncated" if -self.unit * SLACK <= away < self.unit * (1.0 - SLACK) else ""

    def rounded_twice(self, computed: float) -> bool:
        """Return whether a computed score agrees once it is rounded to one digit more first, and not as it is.

        Examples
        --------
        >>> Number("26.87", 26.87, 0.01).rounded_twice(26.8647), Number("26.86", 26.86, 0.01).rounded_twice(26.8647)
        (True, False)
        """
        if math.isinf(self.value) or not math.isfinite(computed) or self.agreement(computed):
            return False
        finer = Decimal(self.printed(computed, 1))
        return finer.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP) == Decimal(self.text)

    def printed(self, computed: float, more: int = 0) -> str:
        """Return a computed score in the claim's form, with some more digits where asked for."""
        if not math.isfinite(computed):
            return str(computed)
        exact = Decimal(computed * (100.0 if self.percent else 1.0))
        rounded = exact.quantize(Decimal(1).scaleb(-(self.decimals + more)), ROUND_HALF_UP)
        return f"{rounded:f}"

    def other(self, text: str) -> Number:
        """Return another number, printed as this one is."""
        return Number(text, float(text) / (100.0 if self.percent else 1.0), self.unit, self.percent)

    def bin_of(self, computed: float) -> float:
        """Return a computed score in units of the last digit, rounded: what is printed of it, as a whole number."""
        scaled = computed / self.unit
        return float(Decimal(scaled + 0.5).to_integral_value(ROUND_FLOOR)) if math.isfinite(scaled) else scaled


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paper says: PSNR in dB, SSIM, or both."""

    psnr: Number | None
    ssim: Number | None

    def of(self, metric: Metric) -> Number | None:
        """Return what is claimed of one metric."""
        return self.psnr if metric == "psnr" else self.ssim

    def __str__(self) -> str:
        """Return the claim as it is usually printed."""
        if self.psnr is not None and self.ssim is not None:
            return f"{self.psnr.text}/{self.ssim.text}"
        return f"PSNR {self.psnr.text}" if self.psnr is not None else f"SSIM {self.ssim.text if self.ssim else ''}"


def parse_claim(text: str) -> Claim:
    """Return the numbers of a claim such as ``28.42/0.8104``.

    Parameters
    ----------
    text : str
        ``PSNR/SSIM``, either side of which may be empty, or ``psnr=...,ssim=...``. SSIM above 1 is percent. A lone
        number up to 1 is SSIM, from 60 on SSIM in percent, else PSNR.

    Raises
    ------
    UsageError
        When it cannot be read so.

    Examples
    --------
    >>> claim = parse_claim("28.42/81.04")
    >>> claim.psnr.value, round(claim.ssim.value, 6), round(claim.ssim.unit, 6)
    (28.42, 0.8104, 0.0001)
    """
    stripped = text.strip()
    named = [_NAMED.fullmatch(part.strip()) for part in re.split(r"[,;]", stripped)]
    if any(named):
        found: dict[str, str] = {}
        for match in named:
            if match is None or match[1].lower() in found:
                raise _unreadable(text)
            found[match[1].lower()] = match[2]
        psnr, ssim = found.get("psnr", ""), found.get("ssim", "")
    else:
        first, slash, second = stripped.partition("/")
        psnr, ssim = (first, second) if slash else _sorted_out(stripped)
    return claim_of(psnr, ssim, text)


def claim_of(psnr: str, ssim: str, whole: str | None = None) -> Claim:
    """Return the claim of two cells, one of which may be empty.

    Raises
    ------
    UsageError
        When both are empty or one is no number.
    """
    text = f"{psnr}/{ssim}" if whole is None else whole
    numbers = [_number(part.strip(), name, text) for part, name in ((psnr, "psnr"), (ssim, "ssim"))]
    if numbers == [None, None]:
        raise _unreadable(text)
    first, second = numbers
    if first and second and abs(first.value) <= 1.0 and second.percent and "%" not in text:
        raise UsageError(
            "PSNR stands before SSIM, and these seem exchanged",
            found=repr(text),
            expected=EXPECTED,
            way_out=f"Write {second.text}/{first.text}, or psnr={first.text},ssim={second.text}% if it is meant so",
        )
    if second and second.percent and abs(second.value) < LEAST_PERCENT and "%" not in text:
        raise UsageError(
            "SSIM above 1 is read as percent, and this is too little of it",
            found=repr(text),
            expected=EXPECTED,
            way_out=f"Write {second.text}% if percent are meant",
        )
    return Claim(*numbers)


def _sorted_out(lone: str) -> tuple[str, str]:
    match = _NUMBER.fullmatch(lone)
    if match is None or match[1].lower() in ("inf", "∞"):
        return lone, ""
    value = abs(float(match[1]))
    unit = (match[2] or "").lower()
    return ("", lone) if unit != "db" and (unit == "%" or value <= 1.0 or value >= HIGHEST_PSNR) else (lone, "")


def _number(text: str, name: str, whole: str) -> Number | None:
    if text in ("", "-", "—"):
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _unreadable(whole)
    unit = (match[2] or "").lower()
    if match[1].lower() in ("inf", "∞"):
        if name == "ssim":
            raise _unreadable(whole)
        return Number("inf", math.inf, 0.01)
    printed, value = match[1], float(match[1])
    if (unit == "%" and name == "psnr") or (unit == "db" and name == "ssim"):
        raise _unreadable(whole)
    if name == "ssim" and unit != "%" and value <= -1.0:
        raise UsageError("SSIM lies above -1", found=repr(whole), expected=EXPECTED)
    percent = name == "ssim" and (unit == "%" or abs(value) > 1.0)
    if percent and abs(value) > 100.0:
        raise UsageError("SSIM is at most 1, or 100 percent", found=repr(whole), expected=EXPECTED)
    divisor = 100.0 if percent else 1.0
    return Number(printed, value / divisor, 10.0 ** -len(printed.partition(".")[2]) / divisor, percent)


def _unreadable(text: str) -> UsageError:
    return UsageError("the claimed value cannot be read", found=repr(text), expected=EXPECTED)
