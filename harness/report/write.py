"""``srmetrics report``: from a finished run to one page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from harness.engine.atomic import write_atomically
from harness.engine.cores import available_cores
from harness.engine.row import Row
from harness.jobs.run_folder import RunFolder, open_run
from harness.jobs.run_rows import rows_of
from harness.report.board import Board, board_of
from harness.report.chart_sections import score_sections
from harness.report.embedding import Embedding, choose, uri
from harness.report.encoding import colour_bar
from harness.report.facts import altered_words, citing_section, convention_section, facts_of, failures_section, notes_of
from harness.report.gather import Gathered, gather_pictures
from harness.report.histogram import histogram_section
from harness.report.page_data import FOLDER, page_data, picture_blocks, places_of
from harness.report.pick_tables import pick_costs, pick_tables
from harness.report.picks import Pick, pick_images
from harness.report.render import page_html
from harness.report.scores import Block, blocks_of
from harness.report.section import Section
from srmetrics.errors import FileError, UsageError
from srmetrics.metrics import find_metric

PAGE = "index.html"
MEGABYTE = 1_000_000
OWN_FILE = re.compile(r"[0-9a-f]{24}\.png")
"""What the pictures beside a page are called; nothing else is ever removed."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Material:
    """All that is known before it is decided what lies in the page."""

    run: RunFolder
    rows: tuple[Row, ...]
    methods: tuple[str, ...]
    board: Board
    board_lines: list[dict[str, str]]
    before: list[Section]
    after: list[Section]
    picks: list[tuple[Block, list[Pick]]]
    gathered: Gathered
    warnings: list[str]
    """What is not as the run wrote and scored it."""
    max_megabytes: float


def write_report(
    run: str | PathLike[str] | RunFolder,
    *,
    out: str | PathLike[str] | None = None,
    images: str | PathLike[str] | None = None,
    max_megabytes: float = 30,
    workers: int | None = None,
    progress: Progress | None = None,
    warn: Callable[[str], None] | None = None,
) -> Path:
    """Write a run as one HTML page: ``srmetrics report`` in Python.

    Parameters
    ----------
    run : str, path or RunFolder
        The folder that ``compare --out`` or ``bench --out`` wrote.
    out : str or path, optional
        The page's folder; ``report`` in the run's by default.
    images : str or path, optional
        A folder to look in for images that were moved since the run.
    max_megabytes : float, optional
        How large the page may be, in millions of bytes; whole pictures that have no room lie beside it.
    workers : int, optional
        Images that are read at once; the number of cores by default.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file of references.
    warn : callable, optional
        Called with each line that the page has of tables and pictures that are not what the run wrote and scored.

    Returns
    -------
    Path
        The page. The same run and images give the same bytes.

    Raises
    ------
    FileError
        When the folder holds no finished run, or the page cannot be written.
    UsageError
        When ``images`` is no folder, or the page cannot be that small.
    """
    opened = run if isinstance(run, RunFolder) else open_run(Path(run))
    folder = opened.path / "report" if out is None else Path(out)
    if max_megabytes <= 0:
        raise UsageError(
            "a page cannot be that small", found=f"--max-mb {max_megabytes:g}", expected="a number above 0"
        )
    rows = rows_of(opened)
    if not rows:
        raise FileError(
            "nothing was scored in this run", way_out="failures.csv says why", file=opened.path / "per_image.csv"
        )
    blocks = blocks_of(rows)
    higher = {metric: find_metric(metric).higher_is_better for metric in opened.metrics}
    methods = tuple(dict.fromkeys((*opened.methods, *(row.method for row in rows))))
    picks = [
        (block, pick_images(block, methods, opened.metrics, higher))
        for block in blocks
        if block.region == blocks[0].region
    ]
    gathered = gather_pictures(
        opened, blocks, [pick for _, some in picks for pick in some], methods, images, folder / FOLDER,
        workers or available_cores(), progress or (lambda done, total: None),
    )  # fmt: skip
    lines = opened.table("leaderboard.csv")
    comparisons = opened.table("comparisons.csv")
    before, after = score_sections(blocks, methods, higher, opened.scoring.get("baseline"), (lines, comparisons))
    material = Material(
        run=opened,
        rows=rows,
        methods=methods,
        board=board_of(opened, higher),
        board_lines=lines,
        before=[*before, *_bench_sections(opened)],
        after=[
            *histogram_section(gathered.shown, methods),
            *after,
            *(section for section in (failures_section(opened), citing_section(opened)) if section is not None),
            convention_section(opened),
        ],
        picks=picks,
        gathered=gathered,
        warnings=[*altered_words(opened), *gathered.changed_words()],
        max_megabytes=max_megabytes,
    )
    page, beside = _fitting_page(material, folder)
    write_atomically(folder / PAGE, page)
    _remove_unused(folder / FOLDER, beside)
    if warn is not None:
        for line in material.warnings:
            warn(line)
    return folder / PAGE


def _bench_sections(run: RunFolder) -> list[Section]:
    if run.job != "bench":
        return []
    from harness.report.bench_sections import bench_sections

    return bench_sections(run)


def _fitting_page(material: Material, folder: Path) -> tuple[bytes, set[str]]:
    """Return the page, no larger than it may be, and the names of the pictures that it needs beside it."""
    most = int(material.max_megabytes * MEGABYTE)
    shown = material.gathered.shown
    bare = len(_page(material, Embedding(), folder))
    if bare > most:
        raise UsageError(
            "the page cannot be that small",
            found=f"--max-mb {material.max_megabytes:g}",
            expected=f"at least {bare / MEGABYTE:.1f}, which it needs without any picture",
        )
    costs = pick_costs([pick for _, picks in material.picks for pick in picks], shown)
    room = most - bare
    while True:
        embedding = choose(list(shown.values()), costs, room)
        page = _page(material, embedding, folder)
        if len(page) <= most:
            beside = {
                layer.file for image in shown.values() if image.key not in embedding.whole for layer in image.layers
            }
            return page, beside
        room -= max(len(page) - most, most // 100)


def _page(material: Material, embedding: Embedding, folder: Path) -> bytes:
    run, shown = material.run, material.gathered.shown
    places = places_of(material.rows)
    tables = [
        table
        for block, picks in material.picks
        for table in pick_tables(
            picks, block.signature if len(material.picks) > 1 else "", material.methods, shown, places, embedding
        )
    ]
    facts = facts_of(run, material.rows, material.board_lines)
    with_pictures = [image for image in shown.values() if image.layers]
    contents = [
        ("leaderboard", "Leaderboard"),
        *((section.id, section.title) for section in material.before),
        ("images", "Images"),
        *((section.id, section.title) for section in material.after),
    ]
    context: dict[str, Any] = {
        "facts": facts,
        "contents": contents,
        "board": material.board,
        "warnings": material.warnings,
        "notes": notes_of(run, places),
        "before": material.before,
        "after": material.after,
        "images": {
            "words": material.gathered.words(embedding, material.max_megabytes),
            "problems": material.gathered.problems(),
            "problems_title": "Pictures that cannot be shown, or have changed",
            "picks": tables,
            "shown": bool(with_pictures),
            "has_maps": any(layer.role == "error" for image in with_pictures for layer in image.layers),
            "colour_bar": uri("png", colour_bar()),
        },
        "data": page_data(material.rows, material.methods, run.metrics, shown, embedding),
        "blocks": picture_blocks(shown, embedding, folder / FOLDER),
    }
    return page_html(context).encode("utf-8", "backslashreplace")


def _remove_unused(folder: Path, used: Iterable[str]) -> None:
    """Remove what an earlier page, or this one's making, left beside it."""
    if not folder.is_dir():
        return
    kept = set(used)
    for path in folder.iterdir():
        if OWN_FILE.fullmatch(path.name) and path.name not in kept:
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
