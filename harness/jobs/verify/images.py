"""Whether a run's images are those that were scored, and score what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.run_folder import RUN_JSON, RunFolder, parse_table
from harness.jobs.run_pictures import RunPictures
from harness.jobs.scoring_task import digest_of
from harness.jobs.verify.rescored import Rescored, recorded_pixels, role_name
from harness.jobs.verify.tables import Line, compare_tables, row_name
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.to_csv import per_image_csv
from srmetrics.errors import FileError, SrmetricsError
from srmetrics.version import VERSION

PIXELS = "pixels"
TABLE = "per_image.csv"


def signed_by(run: RunFolder, rows: Sequence[Row]) -> list[Row]:
    """Return rows that are scored now with the version that made the run in their signatures."""
    end = f"|v:{VERSION}"
    return [replace(row, signature=row.signature.removesuffix(end) + f"|v:{run.version}") for row in rows]


def check_pixels(pictures: RunPictures, found: Rescored) -> Iterator[Verdict]:
    """Compare the digest of every decoded image with the recorded one."""
    recorded = recorded_pixels(pictures)
    now = {(one.role, one.method, one.image): one.sha256 for one in found.digests}
    for place, sha256 in recorded.digests.items():
        role, method, image = place
        name = role_name(role, method, image)
        reason = _absence(pictures, found, image, method) or _unknown(pictures, image)
        if place not in now and reason:
            try:
                digest = _read_alone(pictures, place)
            except SrmetricsError as error:
                yield Verdict(PIXELS, name, DIFFERENT, reason=f"it cannot be read now: {error}")
                continue
            if digest is not None:
                now[place] = digest
        if place not in now:
            lost = "it was read when the run was made, and is not read now"
            yield Verdict(PIXELS, name, UNCHECKED if reason else DIFFERENT, reason=reason or lost)
        elif now[place] == sha256:
            yield Verdict(PIXELS, name, IDENTICAL)
        else:
            others = [one for one in recorded.holders(now[place]) if one != name]
            reason = "its pixels are not those that were scored"
            yield Verdict(PIXELS, name, DIFFERENT, reason=f"{reason}, but those of {others[0]}" if others else reason)
    if pictures.run.job == "bench" and "pixels" not in pictures.run.facts:
        reason = f"{RUN_JSON} is of an older version and does not record the pixels of every image"
        yield Verdict(PIXELS, "masks and arms", UNCHECKED, reason=reason)
        return
    for place in now:
        if place not in recorded.digests:
            yield Verdict(PIXELS, role_name(*place), DIFFERENT, reason=f"{RUN_JSON} has no digest of it")


def check_rows(
    pictures: RunPictures, found: Rescored, lines: Sequence[Line], heading: Heading, tolerance: float, *, masked: bool
) -> list[Verdict]:
    """Compare the lines of ``per_image.csv`` with the scores computed now.

    Parameters
    ----------
    pictures : RunPictures
    found : Rescored
    lines : sequence of mappings
        Of ``per_image.csv``.
    heading : Heading
    tolerance : float
    masked : bool
        Whether there are columns that masks have.
    """
    run = pictures.run
    unchecked, checked = [], []
    for line in lines:
        reason = _absence(pictures, found, line["image"], line["method"]) or _unknown(pictures, line["image"])
        if reason:
            unchecked.append(Verdict(TABLE, row_name(TABLE, line), UNCHECKED, reason=reason))
        else:
            checked.append(line)
    recomputed = _as_lines(run, found.rows, heading, masked=masked)
    verdicts = compare_tables(TABLE, checked, recomputed, tolerance)
    return [*verdicts, *unchecked, *_forgotten(pictures, found, lines)]


def _read_alone(pictures: RunPictures, place: tuple[str, str, str]) -> str | None:
    """Return the digest of an image that is there and cannot be scored, since another is not; None where it is not."""
    role, method, image = place
    if role == "mask" and pictures.run.job == "bench":
        return None  # it was cut to the reference
    if role == "candidate":
        picture = pictures.read_candidate(method, image)
    else:
        picture = pictures.read_mask(image) if role == "mask" else pictures.read_reference(image)
    return None if picture is None else digest_of(role, image, picture.pixels, method).sha256


def _as_lines(run: RunFolder, rows: Sequence[Row], heading: Heading, *, masked: bool) -> list[dict[str, str]]:
    """Return rows as the table would hold them."""
    facets = tuple(run.command.get("facets") or ())
    board = Leaderboard(heading, (), (), tuple(rows), (), facets=facets, masked=masked)
    return parse_table(per_image_csv(board).encode("utf-8", "backslashreplace").decode(), Path(TABLE))


def _absence(pictures: RunPictures, found: Rescored, image: str, method: str) -> str:
    return found.lacks(image, method) or found.lacks(pictures.file_key(image), method)


def _unknown(pictures: RunPictures, image: str) -> str:
    if pictures.file_key(image) in pictures.keys or "files" in pictures.run.facts:
        return ""
    return f"{RUN_JSON} is of an older version and does not say where the images lie"


def _forgotten(pictures: RunPictures, found: Rescored, lines: Sequence[Line]) -> Iterator[Verdict]:
    """Yield the images that were read, cannot be scored again, and stand in no table."""
    told = {(line["image"], line["method"]) for line in lines}
    told |= {(pictures.file_key(image), method) for image, method in told}
    try:
        failed = {(line["image"], line["method"]) for line in pictures.run.table("failures.csv")}
    except FileError:
        return  # said where failures are compared
    for role, method, image in recorded_pixels(pictures).digests:
        if role != "candidate" or method not in pictures.run.methods:
            continue
        if not _absence(pictures, found, image, method):
            continue  # scored again, so that a missing row is seen
        places = {(image, method), (pictures.file_key(image), method)}
        if not places & told and not (places | {(image, ""), (pictures.file_key(image), "")}) & failed:
            name = f"{image}, {method}"
            yield Verdict(TABLE, name, DIFFERENT, reason="it was read, and there is neither a row nor a failure of it")
