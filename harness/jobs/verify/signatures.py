"""Whether the signatures of a run's rows can be read, and say what its command asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.engine.row import Row
from harness.jobs.compare_options import CompareOptions
from harness.jobs.run_folder import RUN_JSON, RunFolder
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, Verdict
from harness.leaderboard.leaderboard import Leaderboard
from srmetrics import parse_signature
from srmetrics.errors import SrmetricsError

SIGNATURE = "signature"


def check_signatures(
    run: RunFolder, rows: Sequence[Row], board: Leaderboard, options: CompareOptions | None
) -> Iterator[Verdict]:
    """Yield a verdict on each signature of the rows, and on the list in ``run.json``.

    Parameters
    ----------
    run : RunFolder
    rows : sequence of Row
        Of ``per_image.csv``.
    board : Leaderboard
        What follows from them.
    options : CompareOptions or None
        What the command asked for; None where it is not known.
    """
    faults: dict[str, str] = {}
    for (signature, whole), image in {(row.signature, row.region == "image"): row.image for row in rows[::-1]}.items():
        reason = _fault(signature, run.version, options, whole=whole)
        if reason or signature not in faults:
            faults[signature] = f"{reason}, first at {image}" if reason else ""
    for signature, reason in faults.items():
        yield Verdict(SIGNATURE, signature, DIFFERENT if reason else IDENTICAL, reason=reason)
    if list(board.signatures) != list(run.signatures):
        yield Verdict(RUN_JSON, "signatures", DIFFERENT, reason="they are not those of the leaderboard's rows")


def _fault(text: str, version: str, options: CompareOptions | None, *, whole: bool) -> str:
    """Return what is wrong with a signature of rows of the whole image, or of regions; nothing where it is right."""
    try:
        protocol, own_version, metric = parse_signature(text)
    except SrmetricsError as error:
        return f"it cannot be read: {error}"
    if metric is not None:
        return "it is the signature of a single metric"
    if own_version != version:
        return f"it says version {own_version}, and {RUN_JSON} says {version}"
    if options is None:
        return ""
    asked = options.resolved_early
    told = protocol.range if isinstance(protocol.range, float) else None
    try:
        expected = asked.resolve(scale=options.scale, data_range=told if asked.range in ("dtype", "given") else None)
    except SrmetricsError as error:
        return f"it does not follow from the command: {error}"
    if not whole and expected.masking == "normalised":
        expected = replace(expected, covariance="population")  # as regions are scored, which see parts of windows
    if expected != protocol:
        wrong = [name for name in expected.__dataclass_fields__ if getattr(expected, name) != getattr(protocol, name)]
        return "it is not what the command asked for: " + ", ".join(
            f"{name} is {getattr(protocol, name)}, asked for was {getattr(expected, name)}" for name in wrong
        )
    if options.data_range is not None and told is not None and told != options.data_range:
        return f"its range is {told:g}, and the command says {options.data_range:g}"
    return ""
