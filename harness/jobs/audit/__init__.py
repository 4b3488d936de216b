"""Which convention gives a claimed score? Every one that makes sense is tried, and suspicions are tested."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike, fspath
from pathlib import Path

from harness.engine.cores import available_cores
from harness.jobs.audit.claims import read_claims_csv
from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.run import AuditOptions, claims_of, score_everything, search_for
from harness.jobs.audit.tables import AuditTable, audit_rows
from srmetrics.errors import UsageError

__all__ = ["Audit", "AuditTable", "audit", "audit_table"]

Location = str | PathLike[str]


def audit(
    reference: Location,
    candidate: Location,
    claimed: str | None = None,
    *,
    claimed_images: Location | None = None,
    scale: int | None = None,
    data_range: float | None = None,
    pair: Location | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Audit:
    """Find the conventions under which a candidate scores what is claimed of it: ``srmetrics audit`` in Python.

    Parameters
    ----------
    reference, candidate : str or path
        A folder, a pattern or a file each, paired by name as ``compare`` does.
    claimed : str
        ``"28.42/0.8104"``, ``"28.42"``, ``"/0.8104"``, ``"28.42/81.04"`` (percent) or ``"psnr=28.42,ssim=0.8104"``.
    claimed_images : str or path, optional
        A CSV ``image,psnr,ssim`` of what is claimed of single images, beside the mean or in its place.
    scale : int, optional
        The factor of super-resolution. Without it crops by the common scales are tried.
    data_range : float, optional
        What full white stands for, for files that do not say it.
    pair : str or path, optional
        How names pair, as in ``compare``.
    workers : int, optional
        Threads; the number of cores by default.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file.

    Returns
    -------
    Audit
        ``classes`` holds what was found, the most likely first; ``suspects`` what may be wrong where nothing was.

    Raises
    ------
    UsageError
        When the claim cannot be read.
    SrmetricsError
        When nothing can be paired.
    """
    if claimed is None and claimed_images is None:
        raise UsageError("nothing is claimed", way_out="Give it: --claimed 28.42/0.8104")
    table = None if claimed_images is None else Path(fspath(claimed_images))
    rows = None if table is None else read_claims_csv(table)
    claims_of(claimed, None, None, ())  # what cannot be read is said before anything is scored
    options = _options(scale, data_range, pair, workers)
    scored = score_everything(fspath(reference), fspath(candidate), options, progress or (lambda done, total: None))
    return search_for(claims_of(claimed, rows, table, scored.table.keys), scored)


def audit_table(
    reference: Location,
    candidate: Location,
    claimed_csv: Location,
    *,
    scale: int | None = None,
    data_range: float | None = None,
    pair: Location | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> AuditTable:
    """Audit a table of claims: ``srmetrics audit --claimed-csv`` in Python.

    Parameters
    ----------
    reference, candidate : str or path
        The folders that the table's own ``reference`` and ``candidate`` (or ``method``) are looked for in; the places
        themselves for lines that name none.
    claimed_csv : str or path
        A CSV with ``psnr``, ``ssim`` or both, and ``method``, ``candidate``, ``reference``, ``dataset`` and ``scale``
        where they are wanted.

    Returns
    -------
    AuditTable
        An audit for each line, and the conventions that give the most lines.

    Raises
    ------
    SrmetricsError
        When the table cannot be read, or nothing can be done for any line.
    """
    options = _options(scale, data_range, pair, workers)
    return audit_rows(
        fspath(reference), fspath(candidate), Path(fspath(claimed_csv)), options, progress or (lambda done, total: None)
    )


def _options(scale: int | None, data_range: float | None, pair: Location | None, workers: int | None) -> AuditOptions:
    return AuditOptions(
        scale, data_range, None if pair is None else fspath(pair), available_cores() if workers is None else workers
    )
