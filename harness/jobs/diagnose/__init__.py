"""What makes numbers wrong before anyone scores: detectors of faults in references, candidates and pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike, fspath

from harness.jobs.compare_options import method_locations
from harness.jobs.diagnose.finding import Diagnosis, Finding
from harness.jobs.diagnose.jpeg import JpegTraces, jpeg_traces
from harness.jobs.diagnose.luma import luma_of
from harness.jobs.diagnose.shift import Shift, estimate_shift
from harness.jobs.diagnose.upscaled import UpscaledTraces, is_upscaled
from srmetrics.errors import UsageError

__all__ = [
    "Diagnosis",
    "Finding",
    "JpegTraces",
    "Shift",
    "UpscaledTraces",
    "diagnose",
    "estimate_shift",
    "is_upscaled",
    "jpeg_traces",
    "luma_of",
]

Location = str | PathLike[str]


def diagnose(
    reference: Location,
    candidates: Location | Sequence[Location] | Mapping[str, Location],
    *,
    scale: int | None = None,
    pair: Location | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Diagnosis:
    """Look for what makes numbers wrong before anyone scores: ``srmetrics diagnose`` in Python.

    Parameters
    ----------
    reference : str or path
        A folder, a pattern or a file.
    candidates : str, path, sequence of them, or mapping of names to them
        One location or several; ``name=folder`` names a method, as on the command line.
    scale : int, optional
        The factor of super-resolution; it tells which sizes and shifts are usual mistakes.
    pair : str or path, optional
        How names pair: a regular expression with one group that is the key, or a CSV.
    workers : int, optional
        Threads; the number of cores by default.
    progress : callable, optional
        Called as ``progress(done, total)`` after each reference.

    Returns
    -------
    Diagnosis
        Its ``findings``, gravest first; ``clean`` says whether there is neither an error nor a warning.

    Raises
    ------
    SrmetricsError
        When a location holds no image, or names cannot be paired at all.
    """
    from harness.engine.cores import available_cores
    from harness.jobs.diagnose.run import diagnose_inputs

    for name, number in (("scale", scale), ("workers", workers)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise UsageError(f"--{name} cannot be this", found=repr(number), expected="a number from 1")
    if isinstance(candidates, Mapping):
        named: Mapping[str, str] | list[str] = {name: fspath(location) for name, location in candidates.items()}
    elif isinstance(candidates, str | PathLike):
        named = [fspath(candidates)]
    else:
        named = [fspath(location) for location in candidates]
    root = fspath(reference)
    return diagnose_inputs(
        root,
        method_locations(root, named),
        scale=scale,
        pair_by=None if pair is None else fspath(pair),
        workers=available_cores() if workers is None else workers,
        report=progress or (lambda done, total: None),
    )
