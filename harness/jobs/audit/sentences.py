"""An audit in sentences, the same for every form of output."""

from __future__ import annotations

import numpy as np

from harness.jobs.audit.claim import METRICS
from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.search import Convention, ConventionGroup
from harness.jobs.audit.words import label, methods_paragraph, signatures

LESS_LIKELY = 8.0
"""Cost beyond the first's at which a convention is no longer shown."""

MUCH_ACCIDENT = 0.5
"""Conventions expected to agree by accident from which it is said."""


def headline(audit: Audit) -> str:
    """Say what was claimed of what."""
    n = len(audit.keys)
    scale = "" if audit.scale is None else f" at scale {audit.scale}"
    tried = f": {n} image{'s' * (n != 1)}, {audit.n_conventions} conventions tried" if n else ""
    return f"Claimed {audit.claims} for {audit.method} against {audit.reference}{scale}{tried}."


def verdict(audit: Audit) -> str:
    """Say in one sentence what came of it."""
    if not audit.keys:
        return "Nothing could be scored."
    if audit.found:
        first = audit.classes[0].first
        how = "" if first.agreement == "rounded" else " if further digits are cut off instead of rounded"
        mixed = " PSNR and SSIM follow two conventions." if first.mixed else ""
        unusual = "" if audit.usual else " No preset and no known practice does; this one is unusual."
        sure = ("explains",) if audit.usual else ("explains", "likely")
        better = next((one.words for one in audit.suspects if one.verdict in sure), "")
        likelier = f" More likely: {better}." if better else ""
        came = "Found" if audit.usual else "Agrees, perhaps by accident"
        return f"{came}: {label(first)} gives it{how} ({finer(audit, first)}).{mixed}{unusual}{likelier}"
    best = next((one for one in audit.suspects if one.verdict in ("explains", "likely")), None)
    near = (
        f" The nearest is {finer(audit, audit.nearest[0])}, under {label(audit.nearest[0])}." if audit.nearest else ""
    )
    if best is None:
        return f"No convention gives it.{near}"
    strength = "One suspicion explains it" if best.verdict == "explains" else "One suspicion is likely"
    return f"No convention gives it. {strength}: {best.words}.{near}"


def finer(audit: Audit, one: Convention) -> str:
    """Return a convention's scores with two digits more than the claim has."""
    parts = []
    for metric, value, unit in zip(METRICS, (one.psnr, one.ssim), (" dB", ""), strict=True):
        if value is not None and audit.claims.has(metric):
            number = audit.claims.number(metric)
            parts.append(number.printed(value, 2) + (" %" if number.percent else unit))
    return " / ".join(parts)


def in_the_group(group: ConventionGroup, most: int = 3) -> str:
    """Say which other conventions print the same digits on every image; empty where there is none."""
    plain = [one for one in group.conventions[1:] if "psnr_eps" not in one.departures]
    others = [label(one) for one in plain]
    more = f" and {len(others) - most} more" if len(others) > most else ""
    added = len(group.conventions) - 1 - len(plain)
    epsilon = ["with 1e-08 added to the MSE, as piq does"] if added else []
    return "; ".join([*others[:most], *epsilon]) + more


def likely_groups(audit: Audit) -> list[ConventionGroup]:
    """Return the groups worth showing, the most likely first: much less likely ones agree by accident."""
    groups = sorted((group for each in audit.classes for group in each.groups), key=lambda group: group.first.cost)
    return [group for group in groups if group.first.cost <= groups[0].first.cost + LESS_LIKELY]


def n_conventions(audit: Audit) -> int:
    """Return how many conventions give the claim."""
    return sum(len(group.conventions) for each in audit.classes for group in each.groups)


def methods(audit: Audit) -> str:
    """Return a paragraph for a rebuttal on the most likely convention; empty where none was found."""
    return methods_paragraph(audit.classes[0].first, audit.facts.full_range) if audit.found else ""


def signature_lines(audit: Audit, one: Convention) -> list[str]:
    """Return a convention's signatures, or why it has none."""
    found = list(signatures(one, audit.facts.full_range).values())
    return found or ["no signature: the data range is each image's own, which a protocol cannot say"]


def advice(audit: Audit) -> list[str]:
    """Say how sure the answer is and what would make it surer."""
    said = []
    if audit.found and audit.by_accident >= MUCH_ACCIDENT:
        said.append(
            f"Of the conventions tried, about {audit.by_accident:.1f} would agree with some claim beside this one by "
            "accident: trust presets first; more digits, or scores of single images (--claimed-images), tell more."
        )
    likely = likely_groups(audit)
    if len(likely) > 1:
        telling = _telling(audit, likely[0].first, likely[1].first)
        if telling:
            said.append(telling)
    return said


def _telling(audit: Audit, first: Convention, second: Convention) -> str:
    """Say on which image two conventions differ most, in units of the printed digits."""
    found = []
    for place, metric in enumerate(METRICS):
        if not audit.claims.has(metric) or len(audit.keys) < 2:
            continue
        number = audit.claims.number(metric)
        one, other = (np.array(each.values[place]) for each in (first, second))
        apart = np.abs(one - other) / number.unit
        if np.isfinite(apart).any():
            at = int(np.nanargmax(np.where(np.isfinite(apart), apart, -1)))
            found.append((float(apart[at]), metric, audit.keys[at], number.printed(one[at]), number.printed(other[at])))
    if not found:
        return ""
    apart_most, metric, key, ours, theirs = max(found)
    if apart_most < 1.0 or ours == theirs:
        return ""
    return (
        f"To tell the first from the second, ask for {metric.upper()} of {key!r}: {ours} under the first, "
        f"{theirs} under the second."
    )


def alone_lines(audit: Audit) -> list[str]:
    """Say which conventions give one of the two numbers; empty where one number was claimed, or the claim was found."""
    if not (audit.claims.has("psnr") and audit.claims.has("ssim")) or audit.usual or not audit.keys:
        return []
    lines = []
    for metric, found in zip(METRICS, audit.alone, strict=True):
        text = audit.claims.number(metric).text
        if not found:
            lines.append(f"{metric.upper()} {text} alone: no convention gives it.")
            continue
        names = "; ".join(label(one) for one in found[:3])
        lines.append(f"{metric.upper()} {text} alone: {names}{'; ...' if len(found) > 3 else ''}.")
    return lines
