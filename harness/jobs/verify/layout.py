"""Whether the classes and groups that a bench recorded are those of its images' folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from harness.jobs.layouts import read_layout
from harness.jobs.recorded_files import REFERENCE
from harness.jobs.run_folder import RUN_JSON
from harness.jobs.run_pictures import RunPictures
from harness.jobs.verify.options import study_of
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from srmetrics.errors import SrmetricsError

LAYOUT = "classes and groups"


def check_layout(pictures: RunPictures) -> Iterator[Verdict]:
    """Read the layout of a bench's images again, and compare every class and group."""
    run = pictures.run
    root = pictures.roots.get(REFERENCE)
    recorded = run.facts["inputs"]
    if root is None or any(pictures.reference(key) is None for key in recorded):
        yield Verdict(RUN_JSON, LAYOUT, UNCHECKED, reason="not all images are there")
        return
    images = study_of(run).images
    try:
        found = read_layout(_location(pictures, root), images)
    except SrmetricsError as error:
        yield Verdict(RUN_JSON, LAYOUT, UNCHECKED, reason=str(error))
        return
    now = {image.key: (image.group, image.label) for image in found.images}
    wrong = 0
    for key, facts in recorded.items():
        then = (str(facts[2]), str(facts[3]))
        if key not in now:
            reason = "the folder's layout has no such image"
        elif now[key] != then:
            reason = f"group and class were {then}, and are {now[key]}"
        else:
            continue
        wrong += 1
        yield Verdict(RUN_JSON, f"{key}, {LAYOUT}", DIFFERENT, reason=reason)
    if not wrong:
        yield Verdict(RUN_JSON, LAYOUT, IDENTICAL)


def _location(pictures: RunPictures, root: Path) -> str:
    """Return the folder or pattern that the bench was given, where it is now."""
    run = (pictures.run.facts.get("run") or {}).get("images")
    if not isinstance(run, str):
        return str(root)
    # A folder is the root itself; a pattern has the root before its first wildcard.
    rest = os.path.relpath(run, pictures.recorded[REFERENCE].root)
    return str(root if rest == "." or rest.startswith("..") else root / rest)
