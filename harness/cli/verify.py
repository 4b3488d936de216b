"""``srmetrics verify``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from harness.jobs.verify import Verdict, Verification

MOST_LINES = 20
"""Findings that are printed; --format json has them all."""

A_PATH = re.compile(r"\S*/\S*|'[^']*'")
"""What may be the name of a file in a reason."""

MOST_CELLS = 3
"""Cells of one row that are printed."""

EXAMPLES = """\b
Examples:
  srmetrics verify run/
  srmetrics verify run/ --images /new/place/of/the/images
  srmetrics verify archived/ --digests-only
  srmetrics verify their/leaderboard.csv --images folder/with/HR/and/every/method
  srmetrics verify run/ --format json > checked.json

\b
Exit codes: 0 all holds; 1 something differs; 2 wrong usage; 3 nothing differs, but something could not be checked.
"""


@click.command("verify", epilog=EXAMPLES)
@click.argument("run", metavar="RUN_OR_CSV", type=click.Path(exists=True))
@click.option("--images", type=click.Path(), metavar="DIR", help="The only folder to look for images in.")
@click.option("--digests-only", is_flag=True, help="Leave the images alone: only digests and tables are checked.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the number of cores by default.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="What is printed.",
)
def command(run: str, images: str | None, digests_only: bool, workers: int | None, form: str) -> int:
    """Check a run: its CSVs against their digests, its tables against its rows, its rows against its images.

    RUN_OR_CSV is what --out of compare or bench wrote. Images are looked for where they lay, and beside the run; with
    --images DIR in DIR alone. With the versions and the kind of processor that the run was made with, every number must
    be equal; otherwise within 1e-6.

    A leaderboard.csv or per_image.csv without its run.json is scored again from --images DIR under its own signatures:
    DIR holds a folder of references and one named as each method.
    """
    from harness.cli.screen import progress, say, screen, shown
    from harness.jobs.verify import verify
    from srmetrics.errors import UsageError

    if digests_only and images is not None:
        raise UsageError("--digests-only leaves the images alone, and --images names them", way_out="Give one of them")
    with progress("Verifying") as report:
        found = verify(run, images=images, digests_only=digests_only, workers=workers, progress=report)
    if form == "json":
        from harness.leaderboard.to_json import to_json_text

        say(to_json_text(_plain(found)))
        return found.exit_code
    console = screen()
    console.print(_summary(found))
    lines = _lines(found)
    for line in lines[:MOST_LINES]:
        console.print(shown(line), markup=False, highlight=False, soft_wrap=True)
    if len(lines) > MOST_LINES:
        say(f"... and {len(lines) - MOST_LINES} more lines: --format json lists all that was found\n")
    if found.conditions.differences and found.exit_code:
        say(shown(f"Numbers may differ by 1e-6: {'; '.join(found.conditions.differences)}.") + "\n")
    say(shown(_conclusion(found, digests_only)) + "\n")
    for note in found.notes:
        click.echo(shown(f"Note: {note}"), err=True)
    next_step = _next_step(found, images, digests_only)
    if next_step:
        click.echo(f"Next: {next_step}", err=True)
    return found.exit_code


def _summary(found: Verification) -> Any:
    from rich.table import Table

    from harness.cli.screen import shown
    from harness.jobs.verify import STATUSES

    table = Table(title=shown(found.run), title_justify="left")
    table.add_column("checked")
    for status in STATUSES:
        table.add_column(status, justify="right")
    for name in found.tables:
        table.add_row(shown(name), *(str(found.count(status, name) or "") for status in STATUSES))
    return table


def _lines(found: Verification) -> list[str]:
    """Return a line for each finding; those that say the same of several rows are one."""
    alike: dict[tuple[str, str, str], list[Verdict]] = {}
    for at, verdict in enumerate(found.findings):
        # What differs in numbers stands for itself; reasons may differ in the names of files alone.
        own = f"{at}" if verdict.cells else A_PATH.sub("", verdict.reason)
        alike.setdefault((verdict.status, verdict.table, own), []).append(verdict)
    return [
        _line(verdicts[0]) + (f" (and {len(verdicts) - 1} more like it)" if len(verdicts) > 1 else "")
        for verdicts in alike.values()
    ]


def _line(verdict: Verdict) -> str:
    where = f"{verdict.status}: {verdict.table}, {verdict.row}"
    parts = []
    for cell in verdict.cells[:MOST_CELLS]:
        by = "" if cell.by is None else f" (by {cell.by:.3g})"
        parts.append(f"{cell.column} recorded {cell.recorded or 'empty'}, recomputed {cell.recomputed or 'empty'}{by}")
    if len(verdict.cells) > MOST_CELLS:
        parts.append(f"and {len(verdict.cells) - MOST_CELLS} more columns")
    if verdict.reason:
        parts.append(verdict.reason)
    return f"{where}: {'; '.join(parts)}" if parts else where


def _conclusion(found: Verification, digests_only: bool) -> str:
    from harness.jobs.verify import DIFFERENT, UNCHECKED, WITHIN

    if found.exit_code == 1:
        what = "what the run recorded" if found.of_a_run else "what the table says"
        return f"DIFFERENT: {found.count(DIFFERENT)} of {len(found.verdicts)} things are not {what}."
    if found.exit_code == 3:
        unchecked = f"{found.count(UNCHECKED)} of {len(found.verdicts)} things could not be checked"
        return f"NOT CHECKABLE: nothing differs, but {unchecked}."
    if not found.of_a_run:
        return "All holds: every row is what these images give under the table's signatures."
    if found.conditions.differences:
        how = f"{found.count(WITHIN)} within 1e-6" if found.count(WITHIN) else "all equal"
        return f"All holds, {how} ({'; '.join(found.conditions.differences)})."
    if digests_only:
        return "All holds: every digest and table is what the run recorded. The images were left alone."
    return "All holds: every digest, row and score is what the run recorded."


def _next_step(found: Verification, images: str | None, digests_only: bool) -> str:
    from harness.jobs.verify import MERGED

    if found.exit_code == 1 and not found.of_a_run:
        return "ask whoever made the table for its run.json, which says which images it is of, to the last bit"
    if found.exit_code == 1:
        return "restore the files from where the run was made, or run the command of run.json again"
    if found.exit_code == 3 and not found.of_a_run and images is None:
        return (
            "verify the run's folder, where run.json says which images it is of; or --images DIR, which holds a folder "
            "of references and one named as each method"
        )
    if found.exit_code == 3 and not found.of_a_run:
        return (
            "name the folders in --images as the table names its methods, and leave per_image.csv beside "
            "leaderboard.csv: it says which references they are of"
        )
    if found.exit_code == 3 and any(one.reason == MERGED for one in found.findings):
        return "verify the runs that it was made of: run.json lists them under runs"
    if found.exit_code == 3 and not digests_only and images is None:
        return "--images DIR says where the images are now; --digests-only leaves them out"
    if found.exit_code == 3 and images is not None:
        return "--images DIR is the only folder looked in: name one that holds all images, or leave the option out"
    return ""


def _plain(found: Verification) -> dict[str, Any]:
    from dataclasses import asdict

    from harness.jobs.verify import STATUSES

    return {
        "run": found.run,
        "exit_code": found.exit_code,
        "holds": found.exit_code == 0,
        "tolerance": found.conditions.tolerance,
        "conditions": list(found.conditions.differences),
        "summary": {name: {status: found.count(status, name) for status in STATUSES} for name in found.tables},
        "verdicts": [asdict(verdict) for verdict in found.verdicts],
        "notes": list(found.notes),
    }
