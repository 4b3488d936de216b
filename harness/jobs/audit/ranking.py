"""How likely a convention is before any number is seen: by how little it differs from a preset or a known practice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from harness.jobs.audit.named import Named
from harness.jobs.audit.rules import PsnrRule, SsimRule, one_protocol, ssim_reading

WEIGHTS = {
    "colour": 3.0, "round": 1.0, "grey": 1.0, "alpha": 0.5, "align": 0.5, "stored": 2.0,
    "crop": 1.5, "range": 3.0, "pooling": 2.0, "psnr_eps": 1.0,
    "window": 2.0, "edges": 2.0, "covariance": 1.5, "k": 4.0, "downsample": 2.5,
}  # fmt: skip
"""What a departure costs; only the order that follows from the sums matters."""

RARE = 1.0
"""More for a value that no preset has."""
PRACTICE = 0.5
"""More for a known practice than for a preset."""
COMMON = 0.02
"""More for each place in the order of the names."""
TWO_CONVENTIONS = 10.0
"""More where PSNR and SSIM follow two conventions that are not known to go together."""
ALMOST_KNOWN = 8.0
"""More where they follow two that differ from a known mixture."""
CUT_OFF = 4.0
"""More where the printed digits agree only if the rest was cut off."""

SHARED = ("crop", "range", "pooling")
"""Fields beside the reading that both metrics have."""

_SSIM_FIELDS = ("window", "edges", "covariance", "k", "downsample")


class Likeness(NamedTuple):
    """The named convention that another is most like, and what it differs in."""

    cost: float
    named: Named
    departures: tuple[str, ...]


def likeness(psnr: PsnrRule | None, ssim: SsimRule | None, named: Sequence[Named]) -> Likeness:
    """Return the nearest named convention of a PSNR rule, an SSIM rule, or both together."""
    known = _known_values(named)
    best: Likeness | None = None
    for one in named:
        # What cannot be likelier by its place alone need not be compared field by field.
        if best is None or one.rank * COMMON < best.cost:
            found = _from(psnr, ssim, one, known)
            best = found if best is None or found.cost < best.cost else best
    if best is None:
        raise RuntimeError("no convention has a name")
    return best


def exact_names(psnr: PsnrRule | None, ssim: SsimRule | None, named: Sequence[Named]) -> tuple[str, ...]:
    """Return the names of all conventions that are just this one."""
    fitting = [one for one in named if psnr in (None, one.psnr) and ssim in (None, one.ssim)]
    return tuple(dict.fromkeys(one.name for one in fitting))


def mixed_cost(psnr: Likeness, ssim: Likeness) -> float:
    """Return the cost of two conventions that are not known to go together."""
    return psnr.cost + ssim.cost + TWO_CONVENTIONS


def _known_values(named: Sequence[Named]) -> dict[str, set[object]]:
    return {
        "crop": {one.psnr.crop for one in named},
        "window": {one.ssim.window for one in named if one.preset},
    }


def _from(psnr: PsnrRule | None, ssim: SsimRule | None, one: Named, known: dict[str, set[object]]) -> Likeness:
    departures: dict[str, object] = {}
    if psnr is not None:
        ours = _differing(psnr.reading, one.psnr.reading) | _differing(psnr, one.psnr)
        departures = {f"psnr_{name}" if _apart(name, psnr, ssim) else name: value for name, value in ours.items()}
    if ssim is not None:
        theirs = _differing(ssim.reading, one.ssim.reading) | _differing(ssim, one.ssim)
        for name, value in theirs.items():
            # Where PSNR has the same departure, or SSIM alone reads the field, it is one departure.
            apart = psnr is not None and name not in _SSIM_FIELDS and departures.get(name) != value
            departures[f"ssim_{name}" if apart else name] = value
    cost = one.rank * COMMON + (0.0 if one.preset else PRACTICE)
    for label, value in departures.items():
        name = field_of(label)
        cost += WEIGHTS[name] + (RARE if name in known and value not in known[name] else 0.0)
    if psnr is not None and ssim is not None and not one_protocol(psnr, ssim):
        if one_protocol(one.psnr, one.ssim):
            cost += TWO_CONVENTIONS
        elif departures:
            cost += ALMOST_KNOWN
    elif psnr is not None and ssim is not None and not one_protocol(one.psnr, one.ssim):
        cost += TWO_CONVENTIONS
    order = [label for name in WEIGHTS for label in (name, f"psnr_{name}", f"ssim_{name}") if label in departures]
    return Likeness(cost, one, tuple(order))


def field_of(departure: str) -> str:
    """Return the field of a departure: ``psnr_`` or ``ssim_`` before it means that only this metric departs."""
    return departure if departure in WEIGHTS else departure.removeprefix("psnr_").removeprefix("ssim_")


def _apart(name: str, psnr: PsnrRule, ssim: SsimRule | None) -> bool:
    """Return True when SSIM has a field too, and another value in it."""
    if ssim is None:
        return False
    if name in SHARED:
        return bool(getattr(psnr, name) != getattr(ssim, name))
    # Channels scored apart or together make no difference to SSIM.
    reading = ssim_reading(psnr.reading)
    return name in reading._fields and bool(getattr(reading, name) != getattr(ssim.reading, name))


def _differing(mine: tuple[object, ...], theirs: tuple[object, ...]) -> dict[str, object]:
    if mine == theirs:
        return {}
    fields: tuple[str, ...] = mine._fields  # type: ignore[attr-defined]
    return {
        name: ours
        for name, ours, other in zip(fields, mine, theirs, strict=True)
        if ours != other and name != "reading"
    }
