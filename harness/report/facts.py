"""What a page says of the run itself: its head, its notes, its convention in words, and how it was made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from harness.engine.row import Row
from harness.jobs.as_written import altered_tables
from harness.jobs.run_folder import RunFolder
from harness.report.section import Cell, Column, Quoted, Section, Table
from srmetrics import explain
from srmetrics.errors import SrmetricsError

SUCH_AS = re.compile(r",? such as (.+?)(?=$|[;:] | \(--)")


@dataclass(frozen=True, slots=True)
class Facts:
    """The head of the page."""

    title: str
    version: str
    lines: tuple[tuple[str, str], ...]
    footer: str


def facts_of(run: RunFolder, rows: tuple[Row, ...], board: list[dict[str, str]]) -> Facts:
    """Return the head of the page; no path of any file is in it."""
    first = board[0] if board else {}
    datasets = list(dict.fromkeys(line["dataset"] for line in board)) or ["no scores"]
    title = ", ".join(datasets) + (f" ×{first['scale']}" if first.get("scale") else "")
    images, groups = {row.image for row in rows}, {row.group for row in rows if row.group}
    lines = [("Protocol", ", ".join(dict.fromkeys(line["protocol"] for line in board)))]
    degradations = [text for text in dict.fromkeys(line["degradation"] for line in board) if text]
    lines += [("Degradation", ", ".join(degradations))] if degradations else []
    lines += [("Images", f"{len(images):,}")]
    lines += [("Groups", f"{len(groups):,}")] if groups else []
    lines += [("Methods", str(len(run.methods)))]
    lines += [("Mean over", f"{first['average']}s")] if first.get("average") else []
    started = str(run.facts.get("started", ""))
    lines += [("Scored", started.replace("T", " ").replace("Z", " UTC"))] if started else []
    lines += [("srmetrics", run.version)]
    if first.get("dataset_digest"):
        lines.append(("Data set digest", first["dataset_digest"][:16]))
    footer = (
        f"Made by srmetrics {run.version} from this run's tables. The numbers at full precision are in its CSV files; "
        "srmetrics verify checks them. A score is cited together with its signature."
    )
    return Facts(title, run.version, tuple(lines), footer)


def altered_words(run: RunFolder) -> list[str]:
    """Return a line for each table that is not the one that the run wrote."""
    return [
        f"{name} is not the file that the run wrote: it was altered since (srmetrics verify says where)"
        for name in altered_tables(run)
    ]


def notes_of(run: RunFolder, known: Collection[str]) -> list[str]:
    """Return the run's own notes; a file's name stands in them only where it is an image of ``per_image.csv``."""
    return [_without_unknown(str(note), known) for note in run.facts.get("notes") or ()]


def _without_unknown(note: str, known: Collection[str]) -> str:
    found = SUCH_AS.search(note)
    if found is None or found[1].strip("'\"") in known:
        return note
    return note[: found.start()] + note[found.end() :]


def failures_section(run: RunFolder) -> Section | None:
    """Return how many images could not be scored and why, without names and paths; None where all were."""
    lines = run.table("failures.csv")
    if not lines:
        return None
    counts = Counter((line["method"] or "reference", line["what"]) for line in lines)
    rows = tuple((method, what, Cell(str(number), number)) for (method, what), number in counts.items())
    columns = (Column("Of", numeric=False), Column("What", numeric=False), Column("Number"))
    table = Table("What could not be scored", columns, rows)
    text = "failures.csv lists them with their files and the reasons in full."
    return Section("failures", "Not scored", (table, text))


def citing_section(run: RunFolder) -> Section | None:
    """Return how the run is cited; None where its tables are no longer what it wrote, so that nothing may be cited."""
    from harness.citation import cite

    try:
        citation = cite(run.path)
    except SrmetricsError:
        return None
    text = "With srmetrics cite RUN --author NAME --url ADDRESS what is marked TODO is filled in."
    parts = (
        Quoted("Methods", "paragraph for the Methods section, in LaTeX", citation.methods),
        Quoted("BibTeX", "BibTeX of the run and of what it stands on", citation.bibtex),
        Quoted("table", "leaderboard as a table in LaTeX", citation.latex),
        text,
    )
    return Section("citing", "Citing this run", parts)


def convention_section(run: RunFolder) -> Section:
    """Return the convention in words, and what the run recorded of how it was made."""
    parts: list[str | Table] = []
    for signature in run.signatures:
        try:
            parts += [line for line in explain(signature).split("\n") if line.strip()]
        except SrmetricsError:
            continue  # another version's signature, which stands in the leaderboard as it is
        parts.append(f"Signature: {signature}")
    versions = run.facts.get("versions") or {}
    rows: list[tuple[str | Cell, ...]] = [(str(name), str(version)) for name, version in versions.items()]
    machine = run.facts.get("machine") or {}
    rows += [(f"machine: {name}", str(value)) for name, value in machine.items()]
    rows.append(("seed", str(run.seed)))
    if "seconds" in run.facts:
        rows.append(("seconds", str(run.facts["seconds"])))
    rows += [(f"SHA-256 of {name}", digest) for name, digest in run.recorded_digests().items()]
    columns = (Column("What", numeric=False), Column("Value", numeric=False))
    parts.append(Table("What the run recorded", columns, tuple(rows), sortable=False))
    return Section("convention", "Convention and run", tuple(parts))
