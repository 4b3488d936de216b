"""Scoring the images of a table without ``run.json`` again: its signatures say how, the folders' names say which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.engine.row import Failure, Row
from harness.jobs.compare import compare_inputs
from harness.jobs.compare_options import CompareOptions
from harness.jobs.run_folder import RUN_JSON, parse_table
from harness.jobs.run_rows import AFTER_VALUES, BEFORE_VALUES
from harness.jobs.verify.conditions import TOLERANCE
from harness.jobs.verify.places import Places
from harness.jobs.verify.tables import Line, compare_tables, row_name
from harness.jobs.verify.verdict import DIFFERENT, UNCHECKED, Verdict
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.to_csv import per_image_csv
from srmetrics import METRICS, parse_signature
from srmetrics.errors import SrmetricsError
from srmetrics.metrics import column_name
from srmetrics.version import VERSION

TABLE = "per_image.csv"
IMAGE = "image"
"""The region that needs no mask."""

Report = Callable[[int, int], None]


@dataclass(slots=True)
class Again:
    """What scoring under one signature gives."""

    rows: tuple[Row, ...] = ()
    failures: tuple[Failure, ...] = ()
    dataset_digest: str = ""
    fault: str = ""
    """Why nothing could be scored."""
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    """(Image, method) to the line of ``per_image.csv``."""


def score_again(
    signature: str,
    metrics: Sequence[str],
    places: Places,
    workers: int,
    report: Report,
    *,
    keep_constant: bool = True,
) -> Again:
    """Score all images of the folders under a signature.

    Parameters
    ----------
    signature : str
        Of the table's rows; its version is written into the lines that are computed.
    metrics : sequence of str
    places : Places
        With references.
    workers : int
    report : callable
    keep_constant : bool
        Whether slices with a constant reference are scored, which a run leaves out unless it was asked for them.
    """
    try:
        protocol, version, _ = parse_signature(signature)
        options = CompareOptions(
            protocol=protocol, metrics=tuple(metrics), keep_constant=keep_constant, workers=workers
        )
        methods = {method: str(folder) for method, folder in places.methods.items()}
        board = compare_inputs(str(places.reference), methods, options, report)
    except SrmetricsError as error:
        return Again(fault=str(error))
    heading = Heading("", "", None, "", "", IMAGE, tuple(metrics), version)
    text = per_image_csv(Leaderboard(heading, (), (), board.per_image, ()))
    lines = parse_table(text.replace(f"|v:{VERSION}\n", f"|v:{version}\n"), Path(TABLE))
    return Again(
        board.per_image,
        board.failures,
        board.heading.dataset_digest,
        lines={(line["image"], line["method"]): line for line in lines},
    )


def metric_of(column: str) -> str:
    """Return the metric that a column is of: ``piq:lpips`` of ``piq_lpips``; nothing where it is of none."""
    named = {column_name(name): name for name in METRICS}
    return named.get(column, "") or (column.replace("_", ":", 1) if column.startswith("piq_") else "")


class Scorer:
    """Scores the folders of a table under each of its signatures, once."""

    def __init__(self, places: Places, workers: int, report: Report, known: Sequence[Line]) -> None:
        self.places, self._workers, self._report = places, workers, report
        self.groups: Mapping[str, str] = {line["image"]: line["group"] for line in known}
        """Image to its group, where a ``per_image.csv`` says it."""
        self.signed: Mapping[tuple[str, str], str] = {
            (line["image"], line["method"]): line["signature"] for line in known if line["region"] == IMAGE
        }
        """Image and method to the signature that they were scored under, likewise."""
        self._again: dict[tuple[str, tuple[str, ...], bool], Again] = {}

    def under(self, signature: str, metrics: tuple[str, ...], *, keep_constant: bool = True) -> Again:
        """Return the scores under a signature."""
        asked = (signature, metrics, keep_constant)
        if asked not in self._again:
            self._again[asked] = score_again(
                signature, metrics, self.places, self._workers, self._report, keep_constant=keep_constant
            )
        return self._again[asked]

    def lacks(self, line: Line) -> str:
        """Return why a line of either table cannot be scored again; nothing where it can."""
        if self.places.reference is None:
            return self.places.reason
        if line["region"] != IMAGE:
            return f"its mask is not known: there is no {RUN_JSON}"
        if line["method"] not in self.places.methods:
            return f"no folder is named as the method {line['method']!r}"
        return ""


def check_lines(lines: Sequence[Line], scorer: Scorer) -> Iterator[Verdict]:
    """Yield a verdict on every line of a ``per_image.csv``, on columns that say nothing here, and on lines it lacks."""
    # Columns such as psnr_c0 are of single channels, and come with their metric.
    metrics = tuple(metric for column in lines[0] if (metric := metric_of(column)))
    known = {*BEFORE_VALUES, *AFTER_VALUES, *map(column_name, metrics)}
    for line in lines:
        reason, now = scorer.lacks(line), None
        if not (reason or metrics):
            reason = "no column is a metric that is known here"
        if not reason:
            again = scorer.under(line["signature"], metrics)
            now = again.lines.get((line["image"], line["method"]))
            reason = again.fault
        if now is not None:
            known |= set(now)
            # Groups are names that the user gave, and not in the images.
            kept = [column for column in line if column in now and column != "group"]
            own, computed = ({column: one[column] for column in kept} for one in (line, now))
            yield from compare_tables(TABLE, [own], [computed], TOLERANCE)
        elif reason:
            yield Verdict(TABLE, row_name(TABLE, line), UNCHECKED, reason=reason)
        else:
            yield _not_scored(line, again.failures)
    for column in lines[0]:
        if column not in known:
            reason = "it is no metric that is known here (a facet is known to run.json alone)"
            yield Verdict(TABLE, f"the column {column}", UNCHECKED, reason=reason)
    yield from _lacking(lines, scorer, metrics)


def _lacking(lines: Sequence[Line], scorer: Scorer, metrics: tuple[str, ...]) -> Iterator[Verdict]:
    """Yield what the folders give of the table's methods and the table does not have: rows may have been left out."""
    there = {(line["image"], line["method"]) for line in lines}
    scored = [line["signature"] for line in lines if metrics and not scorer.lacks(line)]
    for signature in dict.fromkeys(scored):
        more = [place for place in scorer.under(signature, metrics).lines if place not in there]
        if any("#" in image for image, _ in more):
            # Slices whose reference is constant are left out as a rule.
            usual = scorer.under(signature, metrics, keep_constant=False).lines
            more = [place for place in more if place in usual]
        for image, method in more:
            there.add((image, method))
            reason = "the folders give such a row, and the table has none"
            yield Verdict(TABLE, f"{image}, {method}, {IMAGE}", UNCHECKED, reason=reason)


def _not_scored(line: Line, failures: Sequence[Failure]) -> Verdict:
    place = (("", line["method"]), line["image"])
    failure = next((one for one in failures if one.method in place[0] and one.image == place[1]), None)
    if failure is None or failure.what == "missing":
        return Verdict(TABLE, row_name(TABLE, line), UNCHECKED, reason="the folders hold no such image")
    if failure.what == "unclear":
        reason = f"its file in the folders is not clear: {failure.reason}"
        return Verdict(TABLE, row_name(TABLE, line), UNCHECKED, reason=reason)
    reason = f"it cannot be scored now: {failure.reason}"
    return Verdict(TABLE, row_name(TABLE, line), DIFFERENT, reason=reason)
