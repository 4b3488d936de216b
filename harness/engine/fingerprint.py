"""What a run was asked for, and where another request differs from it."""

from __future__ import annotations

from dataclasses import dataclass

from harness.engine.plain import Plain, to_json

LONGEST = 80
"""Characters of a value that an error shows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field in which two fingerprints differ."""

    field: str
    """Its path: ``command.scale``, ``inputs[3].sha256``."""
    before: str
    """As JSON; ``nothing`` where there was none."""
    now: str


def first_difference(before: Plain, now: Plain, field: str = "") -> Difference | None:
    """Return where two fingerprints first differ, in the order of the new one's fields; None where they do not.

    Values are equal when their JSON is: 1, 1.0 and true are three values, and NaN is equal to itself.

    Examples
    --------
    >>> first_difference({"command": {"scale": 2}}, {"command": {"scale": 4}})
    Difference(field='command.scale', before='2', now='4')
    """
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*now, *(name for name in before if name not in now)]:
            inner = f"{field}.{name}" if field else name
            if name not in before:
                return Difference(inner, "nothing", _short(now[name]))
            if name not in now:
                return Difference(inner, _short(before[name]), "nothing")
            found = first_difference(before[name], now[name], inner)
            if found is not None:
                return found
        return None
    if isinstance(before, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip(before, now, strict=False)):
            found = first_difference(one, other, f"{field}[{index}]")
            if found is not None:
                return found
        if len(before) != len(now):
            return Difference(field, f"{len(before)} values", f"{len(now)} values")
        return None
    return None if to_json(before) == to_json(now) else Difference(field, _short(before), _short(now))


def _short(value: Plain) -> str:
    text = to_json(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
