"""Candidates that are not outputs of their references: copies of them, exchanged among each other, or of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure
from harness.jobs.audit.inputs import METHOD, FilePair, looked_at
from harness.jobs.audit.suspects.suspect import Case, Suspect, Verdict
from harness.jobs.audit.words import label
from harness.jobs.diagnose.detectors import identical, mispaired
from harness.jobs.diagnose.finding import Observation
from harness.jobs.diagnose.view import View

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Looks:
    """What one pair looks like: small pictures of its first page, and whether all its pages are equal."""

    reference: NDArray[np.float32]
    candidate: NDArray[np.float32]
    blank: Observation
    equal: bool


def suspect_pairs(case: Case) -> list[Suspect]:
    """Look for candidates that are their references, and for those that show another reference or none."""
    files = {file.task.key: file for file in case.inputs.files}
    if "looks" not in case.memory:
        case.memory["looks"] = list(run_on_threads(_looks, files.values(), case.workers))
    looks: Mapping[str, Looks] = dict(zip(files, case.memory["looks"], strict=True))
    copies = [key for key, look in looks.items() if look.equal]
    found = [_copied(copies, len(files))] if copies else []
    seen = mispaired.observe(
        {key: look.reference for key, look in looks.items()},
        {key: (look.blank, look.candidate) for key, look in looks.items()},
        frozenset(copies),
    )
    shows: dict[str, str] = {}
    strangers = []
    for one in seen:
        if one.kind == "mispaired":
            shows[one.image] = one.alike
        else:
            strangers.append(one.image)
    if shows:
        found.append(_exchanged(case, files, shows))
    if strangers:
        found.append(_unrelated(strangers, len(files)))
    return found or [Suspect("pairs", "no", "every candidate looks like its own reference, and none is a copy of it")]


def _looks(file: FilePair) -> Looks:
    equal = True
    first: tuple[View, View] | None = None
    for reference, candidate in file.read():
        views = (
            View("reference", "", file.task.key, "", reference),
            View("candidate", METHOD, file.task.key, "", candidate),
        )
        first = first or views
        equal = equal and any(True for _ in identical.observe(*views))
        if not equal:
            break
    assert first is not None  # a file has at least one page
    return Looks(first[0].thumb, first[1].thumb, first[1].saw(""), equal)


def _copied(copies: Sequence[str], total: int) -> Suspect:
    return Suspect(
        "pairs",
        "likely",
        f"{_of(copies, total)} the reference itself, pixel by pixel{_named(copies, total)}: PSNR is infinite there, "
        "and so is every mean that holds it; a claim of outputs is not of these files",
    )


def _exchanged(case: Case, files: Mapping[str, FilePair], shows: Mapping[str, str]) -> Suspect:
    """Pair each candidate with the reference that it shows, and score them so."""
    pairs = [f"{key!r} shows {other!r}" for key, other in shows.items()]
    more = f" and {len(pairs) - MOST_NAMED} more" if len(pairs) > MOST_NAMED else ""
    text = (
        f"{_of(list(shows), len(files), 'shows', 'show')} another reference than the one of its name: "
        f"{', '.join(pairs[:MOST_NAMED])}{more}"
    )
    verdict: Verdict = "likely"
    mended = _mended(files, shows, case.data_range)
    if mended:
        search = case.search_after("pairs", None, files=mended)
        classes = search.classes()
        first = classes[0].first if classes else None
        if first is not None and not first.mixed and first.agreement == "rounded":
            verdict, text = "explains", f"{text}; paired as they look, {label(first)} gives {case.shown(first)}"
        elif near := search.nearest(1):
            text += f"; paired as they look, {label(near[0])} gives {case.shown(near[0])}"
    return Suspect("pairs", verdict, text)


def _mended(files: Mapping[str, FilePair], shows: Mapping[str, str], data_range: float | None) -> list[FilePair]:
    """Return the pairs as they look; none where two candidates show one reference, or a pair cannot be read so."""
    belongs = {key: shows.get(key, key) for key in files}
    if len(set(belongs.values())) < len(belongs):
        return []
    found = []
    for key, other in belongs.items():
        if key == other:
            found.append(files[key])
            continue
        task = replace(files[other].task, candidates=files[key].task.candidates)
        pair = looked_at(task, data_range)
        if isinstance(pair, Failure):
            return []
        found.append(pair)
    return found


def _unrelated(strangers: Sequence[str], total: int) -> Suspect:
    return Suspect(
        "pairs",
        "likely",
        f"{_of(strangers, total, 'does', 'do')} not look like the reference, nor like another"
        f"{_named(strangers, total)}: turned, negative, damaged, or of another set ('srmetrics diagnose' tells which)",
    )


def _of(keys: Sequence[Any], total: int, singular: str = "is", plural: str = "are") -> str:
    return f"{len(keys)} of {total} candidates {singular if len(keys) == 1 else plural}"


def _named(keys: Sequence[str], total: int) -> str:
    if len(keys) == total:
        return ""
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return f" ({', '.join(map(repr, keys[:MOST_NAMED]))}{more})"
