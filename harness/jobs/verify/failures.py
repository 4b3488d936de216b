"""Whether what failed when the run was made is what fails now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from harness.jobs.recorded_files import MASK, METHOD
from harness.jobs.run_pictures import RunPictures
from harness.jobs.verify.paired_now import files_that_came
from harness.jobs.verify.rescored import Rescored
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict

TABLE = "failures.csv"

BY_NAME = ("missing", "unclear")
"""Failures that follow from the names of files."""

NOT_SCORING = ("not degradable", "not upscaled", "not classified")
"""Failures of a bench in what is not done again."""


def check_failures(pictures: RunPictures, found: Rescored) -> Iterator[Verdict]:
    """Compare the recorded failures with those of now."""
    lines = pictures.run.table(TABLE)
    yield from _by_name(pictures, lines)
    now = Counter((one.image, one.method, one.what, _reason(one.reason, one.file)) for one in found.failures)
    for line in lines:
        if line["what"] in (*BY_NAME, *NOT_SCORING):
            continue
        image, method, what = line["image"], line["method"], line["what"]
        name = f"{image}, {method or '-'}, {what}"
        place = (image, method, what, _reason(line["reason"], line["file"]))
        if now[place]:
            now[place] -= 1
            yield Verdict(TABLE, name, IDENTICAL)
            continue
        own = pictures.file_key(image)
        absent = found.lacks(image, method) or found.lacks(own, method) or _all_absent(pictures, found, own, method)
        other = next((one for one in now if one[:3] == place[:3] and now[one]), None)
        if own not in pictures.keys and not absent:
            absent = "it was set aside before scoring, and is not read again"
        if absent:
            yield Verdict(TABLE, name, UNCHECKED, reason=absent)
        elif other is not None:
            now[other] -= 1
            yield Verdict(TABLE, name, DIFFERENT, reason=f"the recorded reason is another than now: {other[3]}")
        else:
            yield Verdict(TABLE, name, DIFFERENT, reason="it does not fail now")
    for (image, method, what, reason), count in now.items():
        for _ in range(count):
            name = f"{image}, {method or '-'}, {what}"
            yield Verdict(TABLE, name, DIFFERENT, reason=f"it fails now, and is not listed: {reason}")


def _by_name(pictures: RunPictures, lines: Sequence[Mapping[str, str]]) -> Iterator[Verdict]:
    """Yield verdicts on images that a method lacks: a name was recorded of all others."""
    if pictures.run.job != "compare":
        return
    came = files_that_came(pictures)
    listed: dict[tuple[str, str], str] = {}
    for line in lines:
        if line["what"] in BY_NAME:
            listed[line["image"], line["method"]] = line["what"]
    for (image, method), what in listed.items():
        role = pictures.recorded.get(f"{METHOD}{method}" if method else MASK)
        reason = ""
        if role is not None and image in role.names and (method != "" or image in pictures.keys):
            reason = "a file of it was recorded"
        elif (image, method) in came:
            reason = f"it has a file now: {came[image, method]}"
        yield Verdict(TABLE, f"{image}, {method or '-'}, {what}", DIFFERENT if reason else IDENTICAL, reason=reason)
    for key in pictures.keys:
        for method in pictures.run.methods:
            role = pictures.recorded.get(f"{METHOD}{method}")
            if role is not None and key not in role.names and (key, method) not in listed:
                yield Verdict(
                    TABLE,
                    f"{key}, {method}, missing",
                    DIFFERENT,
                    reason="no file of it was recorded, and it is not listed",
                )


def _all_absent(pictures: RunPictures, found: Rescored, key: str, method: str) -> str:
    """Return why no method of an image was scored, where that is so: its reference was not opened then."""
    if method:
        return ""
    reasons = [found.lacks(key, one) for one in pictures.run.methods]
    return reasons[0] if reasons and all(reasons) else ""


def _reason(text: str, file: str) -> str:
    # Files may have been moved since.
    return text.replace(file, "FILE") if file else text
