"""A table without its ``run.json``: what it says of itself, and what its neighbour says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.jobs.run_folder import RUN_JSON, read_table
from harness.jobs.run_rows import rows_from
from harness.jobs.verify.bare_board import SEEDED, check_board, compare_means, metrics_of_header
from harness.jobs.verify.bare_images import Scorer, check_lines
from harness.jobs.verify.places import Places, find_places
from harness.jobs.verify.tables import KEYS, Line, difference, row_name
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from srmetrics import METRICS, PRESETS, parse_signature
from srmetrics.errors import FileError, SrmetricsError, UsageError

KNOWN = ("per_image.csv", "leaderboard.csv")
ROUNDING = 1e-12
"""How far means may be off: the versions that they were computed under are not known."""

Report = Callable[[int, int], None]


def check_bare(
    file: Path, images: Path | None = None, workers: int = 1, report: Report = lambda done, total: None
) -> list[Verdict]:
    """Check a ``per_image.csv`` or ``leaderboard.csv`` that stands alone, or with the other one.

    Parameters
    ----------
    file : path
    images : path, optional
        The folder that holds the folders of the references and of every method: the images are then scored again,
        under the table's own signatures.
    workers : int
        Threads.
    report : callable
        Told how many of how many references are done.

    Raises
    ------
    FileError
        When it cannot be read, or is no table of a run.
    UsageError
        When ``images`` is no folder.
    """
    if file.name not in KNOWN:
        raise FileError(
            "verify knows a bare table by its name", expected=" or ".join(KNOWN), file=file,
            way_out=f"Name the run's folder, which holds {RUN_JSON}",
        )  # fmt: skip
    lines = read_table(file)
    if not lines:
        raise FileError("the table has no rows", file=file)
    verdicts = [*_rows(file.name, lines), *_twice(file.name, lines), *_protocols(file.name, lines)]
    tables = {name: read_table(path) for name in KNOWN if (path := file.with_name(name)).is_file()}
    if len(tables) == len(KNOWN):
        verdicts += _means(tables["leaderboard.csv"], tables["per_image.csv"], file.with_name("per_image.csv"))
    elif file.name == "leaderboard.csv":
        verdicts += _ranks(lines)
    if images is None:
        reason = f"there is no {RUN_JSON} that says which images it is of"
        return verdicts + [Verdict(file.name, row_name(file.name, line), UNCHECKED, reason=reason) for line in lines]
    if not images.is_dir():
        raise UsageError("the folder of images is not there", found=str(images), expected="a folder for --images")
    scorer = Scorer(_places(images, tables), workers, report, tables.get("per_image.csv", ()))
    check = check_lines if file.name == "per_image.csv" else check_board
    return [*verdicts, *check(lines, scorer)]


def _places(images: Path, tables: Mapping[str, Sequence[Line]]) -> Places:
    every = [line for lines in tables.values() for line in lines]
    keys = list(dict.fromkeys(line["image"] for line in tables.get("per_image.csv", ())))
    datasets = [line["dataset"] for line in tables.get("leaderboard.csv", ())]
    return find_places(images, list(dict.fromkeys(line["method"] for line in every)), keys, (datasets or [""])[0])


def _rows(name: str, lines: Sequence[Line]) -> Iterator[Verdict]:
    """Yield the signatures that cannot be read, and one verdict on all others."""
    for signature in dict.fromkeys(line["signature"] for line in lines):
        try:
            version = parse_signature(signature).version
        except SrmetricsError as error:
            yield Verdict("signature", signature, DIFFERENT, reason=f"it cannot be read: {error}")
            continue
        others = {line["srmetrics_version"] for line in lines if "srmetrics_version" in line} - {version}
        reason = f"it says version {version}, and the row {', '.join(sorted(others))}" if others else ""
        yield Verdict("signature", signature, DIFFERENT if others else IDENTICAL, reason=reason)


def _protocols(name: str, lines: Sequence[Line]) -> Iterator[Verdict]:
    """Yield presets that at the row's scale are not what its signature says; of other protocols nothing is known."""
    seen = {(line["protocol"], line["scale"], line["signature"]) for line in lines if name == "leaderboard.csv"}
    for protocol, scale, signature in sorted(seen):
        if protocol not in PRESETS:
            if protocol.split()[:1] not in [[known] for known in (*PRESETS, "custom")]:
                yield Verdict(name, f"the protocol {protocol}", DIFFERENT, reason="there is no such preset")
            continue
        try:
            told = parse_signature(signature).protocol
            asked = PRESETS[protocol].protocol
            data_range = told.range if isinstance(told.range, float) and asked.range in ("dtype", "given") else None
            expected = asked.resolve(scale=int(scale) if scale else None, data_range=data_range)
        except (SrmetricsError, ValueError) as error:
            yield Verdict(name, f"the protocol {protocol}", DIFFERENT, reason=f"at scale {scale!r}: {error}")
            continue
        # Regions are scored with the population's covariance.
        if told not in (expected, replace(expected, covariance="population")):
            reason = f"at scale {scale or 'none'} it is not what the signature says"
            yield Verdict(name, f"the protocol {protocol}", DIFFERENT, reason=reason)


def _twice(name: str, lines: Sequence[Line]) -> Iterator[Verdict]:
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        place = (*(line[key] for key in KEYS[name]), line["signature"])
        if place in seen:
            yield Verdict(name, row_name(name, line), DIFFERENT, reason="the row stands there more than once")
        seen.add(place)


def _means(board: list[dict[str, str]], images: list[dict[str, str]], file: Path) -> list[Verdict]:
    """Compare what needs no seed: means, counts and ranks."""
    metrics = metrics_of_header(list(board[0]) if board else [])
    average = board[0]["average"] if board else "image"
    if average not in ("image", "group"):
        return [Verdict("leaderboard.csv", "average", DIFFERENT, reason=f"there is no average {average!r}")]
    try:
        rows = rows_from(images, metrics, (), file)
    except FileError as error:
        return [Verdict(file.name, "the table", DIFFERENT, reason=str(error))]
    seeded = [name for name in board[0] if name.endswith(SEEDED)] if board else []
    return compare_means(board, rows, average, ROUNDING, seeded)  # type: ignore[arg-type]


def _ranks(lines: Sequence[Line]) -> Iterator[Verdict]:
    """Yield the metrics whose ranks are not the order of their means."""
    blocks: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        blocks.setdefault((line["signature"], line["region"]), []).append(line)
    for column, metric in zip(
        (name for name in lines[0] if f"{name}_n_infinite" in lines[0]), metrics_of_header(list(lines[0])), strict=True
    ):
        higher = METRICS[metric].higher_is_better if metric in METRICS else None
        for (_, region), block in blocks.items():
            counted = [line for line in block if line[f"{column}_rank"].isdecimal()]
            odd = next((line[column] for line in counted if difference(line[column], line[column]) is None), None)
            if odd is not None:
                reason = f"{odd!r} is no number"
                yield Verdict("leaderboard.csv", f"{region}, ranks of {column}", DIFFERENT, reason=reason)
                continue
            ranked = sorted((int(line[f"{column}_rank"]), float(line[column])) for line in counted)
            means = [mean for _, mean in ranked]
            wrong = higher is not None and means != sorted(means, reverse=higher)
            reason = "the ranks are not the order of the means" if wrong else ""
            yield Verdict(
                "leaderboard.csv", f"{region}, ranks of {column}", DIFFERENT if wrong else IDENTICAL, reason=reason
            )
