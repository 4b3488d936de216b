"""Whether a run's tables follow from its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.run_folder import RunFolder, parse_table
from harness.jobs.verify.conditions import Conditions
from harness.jobs.verify.heading import check_dataset_digest
from harness.jobs.verify.rebuilt import rebuilt_board, rebuilt_texts
from harness.jobs.verify.tables import compare_tables
from harness.jobs.verify.tables_for_people import check_texts
from harness.jobs.verify.tested import Tested
from harness.jobs.verify.verdict import DIFFERENT, Verdict
from harness.leaderboard.build import OnMissing, images_counted
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.to_files import run_texts
from srmetrics.errors import FileError, SrmetricsError

ROWS = "per_image.csv"


def check_tables(
    run: RunFolder,
    heading: Heading,
    rows: Sequence[Row],
    now: Sequence[Row] | None,
    conditions: Conditions,
    tested: Tested | None,
    *,
    masked: bool,
) -> Iterator[Verdict]:
    """Make every table again from the rows, and compare.

    A table that follows from the rows as they are recorded, or as they are scored now, is in order: where the two
    differ, the row is at fault and not the table.

    Parameters
    ----------
    run : RunFolder
    heading : Heading
        Of the leaderboard.
    rows : sequence of Row
        Of ``per_image.csv``.
    now : sequence of Row or None
        As they are scored now, where all images could be.
    conditions : Conditions
    tested : Tested or None
        What a bench's splits ask for, where they were drawn again.
    masked : bool
        Whether there are columns that masks have.
    """
    own = list(now or rows)
    on_missing: OnMissing = run.command["on_missing"] if run.job == "compare" else "common"
    digest = check_dataset_digest(run, heading, images_counted(own, run.methods, on_missing))
    if digest is not None:
        yield digest
    tried = [list(_from_rows(run, heading, rows, conditions, tested, masked=masked))]
    if now is not None and any(verdict.status == DIFFERENT for verdict in tried[0]):
        tried.append(list(_from_rows(run, heading, now, conditions, tested, masked=masked)))
    for name in dict.fromkeys(verdict.table for verdict in tried[0]):
        yield from min(([one for one in verdicts if one.table == name] for verdicts in tried), key=_faults)


def _faults(verdicts: Sequence[Verdict]) -> int:
    return sum(one.status == DIFFERENT for one in verdicts)


def _from_rows(
    run: RunFolder,
    heading: Heading,
    rows: Sequence[Row],
    conditions: Conditions,
    tested: Tested | None,
    *,
    masked: bool,
) -> Iterator[Verdict]:
    board = rebuilt_board(run, heading, rows, masked=masked)
    faults, texts = _texts(run, board, tested)
    yield from faults
    recorded = run.recorded_digests()
    for name, text in texts.items():
        path = run.path / name
        if name.endswith(".csv"):
            if name not in recorded:
                yield Verdict(
                    name, "the table", DIFFERENT, reason="it should be there, and run.json has no digest of it"
                )
            elif path.is_file():
                yield from _compare_csv(path, text, conditions.tolerance)
    yield from check_texts(run, board, texts, conditions)


def _texts(run: RunFolder, board: Leaderboard, tested: Tested | None) -> tuple[list[Verdict], Mapping[str, str]]:
    """Return the files that follow from the rows, and what is wrong with those that others follow from."""
    try:
        texts = rebuilt_texts(run, board, tested)
    except FileError as error:
        fault = Verdict(Path(error.file or "").name, "the table", DIFFERENT, reason=str(error))
    except SrmetricsError as error:
        fault = Verdict("predictions.csv", "the table", DIFFERENT, reason=str(error))
    else:
        return [], {name: text for name, text in texts.items() if name != ROWS}
    kept = ("leaderboard.csv", "leaderboard.md", "leaderboard.tex", "comparisons.csv")
    return [fault], {name: text for name, text in run_texts(board).items() if name in kept}


def _compare_csv(path: Path, text: str, tolerance: float) -> Iterator[Verdict]:
    try:
        content = path.read_bytes().decode()
        found = parse_table(content, path)
    except (FileError, UnicodeDecodeError, OSError) as error:
        yield Verdict(path.name, "the table", DIFFERENT, reason=str(error))
        return
    header = text.partition("\n")[0]
    if content.partition("\n")[0] != header:
        yield Verdict(path.name, "the columns", DIFFERENT, reason=f"they should be {header}")
    # As a file would hold it: names that are no Unicode are spelt out.
    expected = text.encode("utf-8", "backslashreplace").decode()
    yield from compare_tables(path.name, found, parse_table(expected, path), tolerance)
