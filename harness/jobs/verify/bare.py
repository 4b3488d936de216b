"""A table without its ``run.json``: what it says of itself, and what its neighbour says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.jobs.run_folder import RUN_JSON, parse_table, read_table
from harness.jobs.run_rows import rows_from
from harness.jobs.verify.tables import KEYS, Line, compare_tables, row_name
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from harness.leaderboard.build import build_rows
from harness.leaderboard.leaderboard import Heading, Leaderboard, methods_of
from harness.leaderboard.to_csv import leaderboard_csv
from srmetrics import METRICS, parse_signature
from srmetrics.errors import FileError, SrmetricsError
from srmetrics.metrics import column_name

KNOWN = ("per_image.csv", "leaderboard.csv")
ROUNDING = 1e-12
"""How far means may be off: the versions that they were computed under are not known."""

SEEDED = ("_ci_low", "_ci_high", "_vs_best")
"""Ends of columns that hang on a seed and a baseline, which only ``run.json`` has."""


def check_bare(file: Path) -> list[Verdict]:
    """Check a ``per_image.csv`` or ``leaderboard.csv`` that stands alone, or with the other one.

    Raises
    ------
    FileError
        When it cannot be read, or is no table of a run.
    """
    if file.name not in KNOWN:
        raise FileError(
            "verify knows a bare table by its name", expected=" or ".join(KNOWN), file=file,
            way_out=f"Name the run's folder, which holds {RUN_JSON}",
        )  # fmt: skip
    lines = read_table(file)
    if not lines:
        raise FileError("the table has no rows", file=file)
    verdicts = [*_rows(file.name, lines), *_twice(file.name, lines)]
    both = [file.with_name(name) for name in KNOWN]
    if all(path.is_file() for path in both):
        images, board = read_table(both[0]), read_table(both[1])
        verdicts += _means(board, images, both[0])
    elif file.name == "leaderboard.csv":
        verdicts += _ranks(lines)
    reason = f"there is no {RUN_JSON} that says which images it is of"
    verdicts += [Verdict(file.name, row_name(file.name, line), UNCHECKED, reason=reason) for line in lines]
    return verdicts


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


def _twice(name: str, lines: Sequence[Line]) -> Iterator[Verdict]:
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        place = (*(line[key] for key in KEYS[name]), line["signature"])
        if place in seen:
            yield Verdict(name, row_name(name, line), DIFFERENT, reason="the row stands there more than once")
        seen.add(place)


def metrics_of_header(header: Sequence[str]) -> tuple[str, ...]:
    """Return the metrics that the columns of a leaderboard are of."""
    columns = [name for name in header if f"{name}_n_infinite" in header]
    named = {column_name(name): name for name in METRICS}
    return tuple(named.get(name, name.replace("piq_", "piq:", 1)) for name in columns)


def _means(board: list[dict[str, str]], images: list[dict[str, str]], file: Path) -> list[Verdict]:
    """Compare what needs no seed: means, counts and ranks."""
    metrics = metrics_of_header(list(board[0]) if board else [])
    rows = rows_from(images, metrics, (), file)
    average = board[0]["average"] if board else "image"
    if average not in ("image", "group"):
        return [Verdict("leaderboard.csv", "average", DIFFERENT, reason=f"there is no average {average!r}")]
    best: list[Verdict] = []
    for on_missing in ("common", "own"):
        built, _ = build_rows(
            rows, metrics, methods=methods_of(rows), average=average, on_missing=on_missing,  # type: ignore[arg-type]
        )  # fmt: skip
        heading = Heading("", "", None, "", "", average, metrics, "")
        text = leaderboard_csv(Leaderboard(heading, built, (), (), ()))
        parsed = parse_table(text, Path("leaderboard.csv"))
        verdicts = compare_tables("leaderboard.csv", _unseeded(board), _unseeded(parsed), ROUNDING)
        if not best or sum(v.status == DIFFERENT for v in verdicts) < sum(v.status == DIFFERENT for v in best):
            best = verdicts
    return best


def _unseeded(lines: Sequence[Line]) -> list[Line]:
    left_out = ("dataset", "dataset_digest", "scale", "degradation", "protocol", "srmetrics_version")
    return [
        {name: text for name, text in line.items() if name not in left_out and not name.endswith(SEEDED)}
        for line in lines
    ]


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
            ranked = sorted(
                (int(line[f"{column}_rank"]), float(line[column]))
                for line in block
                if line[f"{column}_rank"].isdecimal()
            )
            means = [mean for _, mean in ranked]
            wrong = higher is not None and means != sorted(means, reverse=higher)
            reason = "the ranks are not the order of the means" if wrong else ""
            yield Verdict(
                "leaderboard.csv", f"{region}, ranks of {column}", DIFFERENT if wrong else IDENTICAL, reason=reason
            )
