"""A whole table of claims, line by line, and the convention that gives the most of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.jobs.audit.claim import claim_of
from harness.jobs.audit.claims import Claims, read_claims_csv
from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.run import AuditOptions, Scored, score_everything, search_for
from harness.jobs.audit.words import label
from srmetrics.errors import FileError, SrmetricsError, UsageError

COLUMNS = ("method", "candidate", "reference", "dataset", "scale", "psnr", "ssim", "image")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    number: int
    """Its line in the file, the header being 1."""
    name: str
    """Method and data set, as the table has them."""
    claims: Claims
    audit: Audit | None
    error: str = ""
    """Why it could not be audited."""


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The audits of all lines."""

    path: Path
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]
    """Claims of a line that are the score of another."""

    @property
    def conventions(self) -> tuple[tuple[str, int], ...]:
        """Names of the conventions that give claims, with how many lines each gives: the most first."""
        counts: dict[str, int] = {}
        costs: dict[str, float] = {}
        for line in self.lines:
            if line.audit is None:
                continue
            mine: dict[str, float] = {}
            for one in (one for each in line.audit.classes for one in each.conventions):
                mine.setdefault(label(one), one.cost)
            for name, cost in mine.items():
                counts[name] = counts.get(name, 0) + 1
                costs[name] = min(costs.get(name, cost), cost)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], costs[item[0]])))

    @property
    def exit_code(self) -> int:
        """0 where every line has a usual convention, 3 where some has none, 1 where nothing could be scored."""
        audits = [line.audit for line in self.lines if line.audit is not None]
        if not any(one.keys for one in audits):
            return 1
        return 0 if len(audits) == len(self.lines) and all(one.exit_code == 0 for one in audits) else 3


def audit_rows(
    reference: str, candidate: str, path: Path, options: AuditOptions, report: Callable[[int, int], None]
) -> AuditTable:
    """Audit every line of a table; lines about the same files share their scores.

    Raises
    ------
    SrmetricsError
        When the table cannot be read, or its form is wrong.
    """
    rows = read_claims_csv(path)
    unknown = sorted(set(rows[0]) - set(COLUMNS) - {""})
    if "image" in rows[0]:
        raise UsageError(
            f"{path.name} claims scores of single images",
            found="a column image",
            way_out="Give it as --claimed-images, beside or in place of --claimed",
        )
    claims = [Claims(claim_of(row.get("psnr", ""), row.get("ssim", ""))) for row in rows]
    several = {name: len({row[name] for row in rows if row.get(name)}) for name in ("method", "dataset")}
    scored: dict[object, Scored | str] = {}
    lines = []
    for number, (row, claim) in enumerate(zip(rows, claims, strict=True), 2):
        name = " / ".join(row[column] for column in ("method", "dataset") if row.get(column)) or f"line {number}"
        absent = _absent((reference, candidate), row, several)
        if absent:
            lines.append(Line(number, name, claim, None, absent))
            report(number - 1, len(rows))
            continue
        places = _places(reference, candidate, row)
        scale = _scale(row, options, path, number)
        key = (*places, scale)
        if key not in scored:
            mine = AuditOptions(scale, options.data_range, options.pair, options.workers)
            try:
                scored[key] = score_everything(*places, mine, lambda done, total: None)
            except SrmetricsError as error:
                scored[key] = str(error)
        known = scored[key]
        if isinstance(known, str):
            lines.append(Line(number, name, claim, None, known))
        else:
            lines.append(Line(number, name, claim, search_for(claim, known, name)))
        report(number - 1, len(rows))
    notes = [f"columns that say nothing here: {', '.join(unknown)}"] if unknown else []
    return AuditTable(path, tuple(lines), (*notes, *_exchanged(lines)))


def _places(reference: str, candidate: str, row: dict[str, str]) -> tuple[str, str]:
    """Return where a line's images lie: where its own columns say, or in folders named as its method and data set."""
    dataset, method = row.get("dataset", ""), row.get("method", "")
    ours, theirs = row.get("reference", ""), row.get("candidate", "")
    guesses = [f"{method}/{dataset}", f"{dataset}/{method}", method] if method else [dataset]
    return (
        str(Path(reference) / ours) if ours else _below(reference, [dataset]),
        str(Path(candidate) / theirs) if theirs else _below(candidate, guesses),
    )


def _absent(places: tuple[str, str], row: dict[str, str], several: Mapping[str, int]) -> str:
    """Say that a line has no images of its own, where a table of several would else give it those of another line."""
    method, dataset = row.get("method", ""), row.get("dataset", "")
    reference, candidate = places
    if several["dataset"] > 1 and dataset and not row.get("reference"):
        if not _stands_for(reference, dataset, [dataset]):
            return _no_folder("data set", dataset, several["dataset"], "reference", reference)
        if not row.get("candidate") and not _stands_for(
            candidate, dataset, [f"{method}/{dataset}", f"{dataset}/{method}", dataset]
        ):
            return _no_folder("data set", dataset, several["dataset"], "candidate", candidate)
    of_methods = several["method"] > 1 and method and not row.get("candidate")
    if of_methods and not _stands_for(candidate, method, [method, f"{dataset}/{method}"]):
        return _no_folder("method", method, several["method"], "candidate", candidate)
    return ""


def _stands_for(root: str, name: str, below: list[str]) -> bool:
    """Return whether a place is named as a method or data set, or holds a folder that is."""
    return name in Path(root).parts or any((Path(root) / one.strip("/")).exists() for one in below)


def _no_folder(what: str, name: str, several: int, role: str, root: str) -> str:
    return str(
        FileError(
            f"there is no folder of the {what} {name!r}",
            found=f"a table of {several} {what}s",
            expected=f"{name}/ below the {role}'s folder, or a column {role} that says where its images lie",
            file=Path(root) / name,
        )
    )


def _below(root: str, names: list[str]) -> str:
    """Return the first of these folders that is there, else the place itself: the line is about it as it was given."""
    wanted = [name.strip("/") for name in names if name.strip("/")]
    return next((str(Path(root) / name) for name in wanted if (Path(root) / name).exists()), root)


def _scale(row: dict[str, str], options: AuditOptions, path: Path, number: int) -> int | None:
    text = row.get("scale", "").lower().removeprefix("x")
    if not text:
        return options.scale
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(
            f"line {number} of {path.name} has no such scale", found=repr(row["scale"]), expected="such as 4"
        )
    return int(text)


def _exchanged(lines: list[Line]) -> list[str]:
    """Say which claims without a convention are another line's scores: rows that were exchanged."""
    found = []
    for line in lines:
        claim = line.claims.mean
        if claim is None or (line.audit is not None and line.audit.usual):
            continue
        for other in lines:
            if other is line or other.audit is None:
                continue
            for one in other.audit.named:
                numbers = [
                    (number, value) for number, value in ((claim.psnr, one.psnr), (claim.ssim, one.ssim)) if number
                ]
                if all(value is not None and number.agreement(value) == "rounded" for number, value in numbers):
                    found.append(
                        f"{line.name}: {claim} is what {other.name} scores under {label(one)}: rows exchanged?"
                    )
                    break
            else:
                continue
            break
    return found
