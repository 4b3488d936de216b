"""What the buttons of a leaderboard's row put on the clipboard."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from harness.jobs.run_folder import RunFolder
from harness.leaderboard.to_latex import escaped
from harness.report.scores import number_in
from harness.report.words import counted, metric_name, value_text
from srmetrics.metrics import column_name


class Verbatim(str):
    """Text that is escaped for HTML and otherwise left as it is: what is copied is not what is shown."""

    __slots__ = ()


class Copied(NamedTuple):
    """What one button copies."""

    kind: str
    """The button's word: ``CSV``, ``LaTeX`` or ``Cite``."""
    label: str
    """What it is, for screen readers and for the line that says that it was copied."""
    text: Verbatim


def citation_of(run: RunFolder, line: Mapping[str, str]) -> Verbatim:
    """Return BibTeX for one row: the numbers, the data they are of, the convention, and the program.

    Parameters
    ----------
    run : RunFolder
        The run.
    line : mapping of str to str
        A line of ``leaderboard.csv``.
    """
    method, dataset = line["method"], line["dataset"]
    numbers = []
    for metric in run.metrics:
        value = number_in(line, column_name(metric), "leaderboard.csv")
        if not math.isnan(value):
            unit = " dB" if metric == "psnr" else ""
            numbers.append(f"{metric_name(metric)} {value_text(metric, value).replace('−', '-')}{unit}")
    region = "" if line["region"] == "image" else f", region {line['region']}"
    scale = f" x{line['scale']}" if line["scale"] else ""
    about = f"{method} on {dataset}{scale} ({line['protocol']}{region}, {counted(int(line['n_images']), 'image')})"
    digest = line["dataset_digest"]
    fields = {
        "title": f"{{{escaped(about)}: {escaped(', '.join(numbers))}}}",
        "author": "{{The srmetrics authors}}",
        "year": f"{{{str(run.facts.get('started', ''))[:4]}}}",
        "howpublished": f"{{srmetrics {escaped(run.version)}}}",
        "note": f"{{signature: {escaped(line['signature'])}; SHA-256 of the data set: {escaped(digest)}}}",
    }
    key = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-").lower() for part in (dataset, method)).strip("-")
    body = "".join(f"  {name} = {text},\n" for name, text in fields.items())
    return Verbatim(f"@misc{{srmetrics-{key or 'run'}-{digest[:8]},\n{body}}}\n")
