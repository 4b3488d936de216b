"""Digits that were swapped or mistyped, 0.9929 for 0.9299, and numbers that were rounded twice."""

from __future__ import annotations

from collections.abc import Iterator

from harness.jobs.audit.claim import METRICS, Metric, Number
from harness.jobs.audit.search import Convention
from harness.jobs.audit.suspects.published import published_with
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label

NEAR = 12.0
"""Units of the last digit that a swapped number may lie from a computed one to be likely..."""
NEARER = 10.0
"""...if the claim as it stands lies this many times farther."""
ANCHOR = 3.0
"""Units within which the other claimed number holds a convention to be the one that was used."""


def swaps(text: str) -> Iterator[str]:
    """Yield a number with two digits swapped, neighbours first."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    for apart in range(1, len(digits)):
        for first, second in zip(digits, digits[apart:], strict=False):
            if text[first] != text[second]:
                letters = list(text)
                letters[first], letters[second] = letters[second], letters[first]
                yield "".join(letters)


def mistypings(text: str) -> Iterator[str]:
    """Yield a number with one digit replaced."""
    for place, letter in enumerate(text):
        if letter.isdigit():
            yield from (text[:place] + other + text[place + 1 :] for other in "0123456789" if other != letter)


def suspect_digits(case: Case) -> list[Suspect]:
    """Look for a convention that gives the claim with two digits swapped, or one replaced."""
    if case.claims.mean is None:
        return []
    found = _twice(case)
    for metric in () if found else METRICS:
        number = case.claims.mean.of(metric)
        if number is None or number.text == "inf":
            continue
        anchors, anchored = _anchors(case, metric)
        tested = _exact(number, metric, anchors, anchored, case) or _near(number, metric, anchors, anchored, case)
        if tested is not None:
            found.append(tested)
    if not found:
        found.append(Suspect("digits", "no", "no two digits swapped, and no one digit replaced, make it agree"))
    return found


def _twice(case: Case) -> list[Suspect]:
    """Look for a convention whose score was rounded to one digit more before it was rounded to the claim's."""
    claim = case.claims.mean
    if claim is None:
        return []
    for _, one in case.conventions():
        numbers = [(metric, number) for metric in METRICS if (number := claim.of(metric)) is not None]
        twice = [metric for metric, number in numbers if number.rounded_twice(_value(one, metric))]
        if twice and all(
            metric in twice or number.agreement(_value(one, metric)) == "rounded" for metric, number in numbers
        ):
            number = case.claims.number(twice[0])
            finer = number.printed(_value(one, twice[0]), 1)
            words = (
                f"{twice[0].upper()} {number.text} is {finer} rounded again: {label(one)} gives {case.shown(one, 2)}"
            )
            return [Suspect("digits", "explains" if len(numbers) > 1 else "possible", words)]
    return []


def _anchors(case: Case, metric: Metric) -> tuple[list[Convention], bool]:
    """Return the named conventions with which the other claimed number agrees, and whether there is one at all."""
    every = [one for _, one in case.conventions()]
    other = METRICS[metric == "psnr"]
    number = None if case.claims.mean is None else case.claims.mean.of(other)
    if number is None:
        return every, False
    apart = [(abs(_value(one, other) - number.value) / number.unit, one.cost, one) for one in every]
    near = sorted((part for part in apart if part[0] <= ANCHOR), key=lambda part: (part[0] > 1.0, part[1]))
    return [one for *_, one in near], True


def _exact(number: Number, metric: Metric, anchors: list[Convention], anchored: bool, case: Case) -> Suspect | None:
    for how, texts in (
        ("with two digits swapped", swaps(number.text)),
        ("with one digit mistyped", mistypings(number.text)),
    ):
        if how.endswith("mistyped") and not anchored:
            continue  # one lone number has too many neighbours
        tried = list(dict.fromkeys(texts))
        for one in anchors:
            printed = number.printed(_value(one, metric))
            if printed in tried:
                swapped = how.endswith("swapped") and anchored
                # One digit of many is soon replaced: the other number has to hold to its own last digit.
                held = anchored and _other_agrees(one, metric, case)
                how_sure = "likely" if swapped or held else "perhaps"
                return Suspect(
                    "digits",
                    "explains" if swapped else "likely" if held else "possible",
                    f"{metric.upper()} {number.text} is {how_sure} {printed} {how}, which "
                    f"{label(one)} gives here" + (f" ({case.shown(one)})" if anchored else ""),
                )
    return None


def _near(number: Number, metric: Metric, anchors: list[Convention], anchored: bool, case: Case) -> Suspect | None:
    if not anchored:
        return None
    other = METRICS[metric == "psnr"]
    for text in swaps(number.text):
        swapped = number.other(text)
        for one in anchors:
            value = _value(one, metric)
            apart = abs(value - swapped.value) / number.unit
            if apart <= NEAR and abs(value - number.value) / number.unit >= NEARER * apart:
                known = published_with(metric, swapped)
                where = f"; {text} is {known}" if known else ""
                return Suspect(
                    "digits",
                    "likely",
                    f"{metric.upper()} {number.text} is likely a transposition of {text}: the nearest value here is "
                    f"{number.printed(value)}, under {label(one)}, whose {other.upper()} "
                    f"{case.claims.number(other).printed(_value(one, other))} is beside the claimed "
                    f"{case.claims.number(other).text}{where}",
                )
    return None


def _other_agrees(one: Convention, metric: Metric, case: Case) -> bool:
    other = METRICS[metric == "psnr"]
    return case.claims.number(other).agreement(_value(one, other)) == "rounded"


def _value(one: Convention, metric: Metric) -> float:
    value = one.psnr if metric == "psnr" else one.ssim
    return float("nan") if value is None else value
