"""What can be asked of a comparison, and the protocol that follows from it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.jobs.compare_expanded import refuse_expanded
from harness.leaderboard.build import OnMissing
from harness.statistics.units import Average
from srmetrics import PRESETS, EvaluationProtocol, find_protocol
from srmetrics.errors import ProtocolError, RangeError, UsageError
from srmetrics.metrics import find_metric

AUTO_OTSU = "auto:otsu"
"""In place of mask files: masks are made from the references by Otsu's threshold."""

PATIENT = "dicom:PatientID"
"""Groups by the patient that a DICOM file names, as a salted hash."""

COLUMNS = ("image", "group", "method", "region", "n_pixels", "n_sampled", "mask_support", "signature")
"""The columns of ``per_image.csv`` that are always there."""


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """Everything that a comparison hangs on beside the files."""

    protocol: str | EvaluationProtocol = "native"
    scale: int | None = None
    data_range: float | None = None
    window: str | None = None
    """DICOM value window, ``CENTRE,WIDTH``."""
    metrics: tuple[str, ...] = ("psnr", "ssim")
    masks: str | None = None
    """A folder or pattern of masks, or ``auto:otsu``."""
    masking: str | None = None
    labels: Mapping[int, str] | None = None
    boundary: int | None = None
    align: str | None = None
    grey: str | None = None
    alpha: str | None = None
    pair: str | None = None
    """A regular expression with one group, or a CSV."""
    group_by: str | None = None
    """A CSV ``image,group``, a regular expression with one group on the key, or ``dicom:PatientID``."""
    average: Average = "image"
    facets: Mapping[str, str] = field(default_factory=dict)
    on_missing: OnMissing = "common"
    baseline: str | None = None
    dataset: str | None = None
    keep_constant: bool = False
    seed: int = 0
    workers: int = 1

    def __post_init__(self) -> None:
        """Refuse what does not go together before any file is read."""
        if not self.metrics:
            raise UsageError("no metric was asked for", way_out="Give at least one: --metric psnr")
        for name in self.metrics:
            find_metric(name)
        if len(set(self.metrics)) != len(self.metrics):
            raise UsageError("a metric was asked for twice", found=", ".join(self.metrics))
        if self.masks is None:
            for name, value in (("--masking", self.masking), ("--labels", self.labels), ("--boundary", self.boundary)):
                if value is not None:
                    raise UsageError(f"{name} needs masks", way_out="Give them: --masks 'masks/*.png'")
        self._check_regions()
        if self.average not in ("image", "group"):
            raise UsageError("there is no such average", found=repr(self.average), expected="image or group")
        if self.on_missing not in ("common", "own", "error"):
            raise UsageError("there is no such rule for missing images", found=repr(self.on_missing))
        for name, number, least in (
            ("workers", self.workers, 1),
            ("boundary", self.boundary, 1),
            ("scale", self.scale, 1),
            ("seed", self.seed, 0),
        ):
            if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < least):
                raise UsageError(f"--{name} cannot be this", found=repr(number), expected=f"a number from {least}")
        for name, pattern in self.facets.items():
            one_group(pattern, f"the facet {name!r}")
            if name in COLUMNS or name in self.metrics:
                raise UsageError("a facet is called like a column of per_image.csv", found=repr(name))
        if self.group_by is not None and not self.group_by.lower().endswith(".csv") and self.group_by != PATIENT:
            if Path(self.group_by).is_file():
                raise UsageError(
                    "--group-by names a file that is no CSV by its name",
                    found=repr(self.group_by),
                    expected="a name that ends in .csv, or a regular expression",
                    way_out="Save it as a CSV with the columns image,group",
                )
            one_group(self.group_by, "--group-by")
        self._check_numbers()

    def _check_regions(self) -> None:
        if self.labels is None:
            return
        names = list(self.labels.values())
        if self.masks == AUTO_OTSU:
            raise UsageError("--labels name the values of mask files, and auto:otsu has none")
        if not names or len(set(names)) < len(names):
            raise UsageError("every label needs a name of its own", found=", ".join(names) or "no label")
        taken = [name for name in ("image", "boundary" if self.boundary else "image") if name in names]
        if taken:
            raise UsageError(f"a label is called {taken[0]!r}, which is the name of another region")

    def _check_numbers(self) -> None:
        protocol = self.resolved_early
        if protocol.needs_scale and self.scale is None:
            raise UsageError(
                f"the protocol {self.protocol_name} needs the scale of super-resolution", way_out="Give it: --scale 4"
            )
        told = self.data_range
        if told is None and protocol.range == "given" and protocol.value_window == "none":
            raise UsageError(
                f"the protocol {self.protocol_name} must be told the data range",
                way_out="Give it: --data-range 255 for 8-bit images",
            )
        if told is not None:
            if isinstance(told, bool) or not math.isfinite(told) or told <= 0:
                raise UsageError("this cannot be a data range", found=repr(told), expected="a number above 0")
            try:
                protocol.resolve(scale=self.scale, data_range=told)
            except RangeError as error:
                # The same for every image, so that it is said once and before any file is read.
                raise UsageError(
                    error.what, found=error.found, expected=error.expected, way_out=error.way_out
                ) from error

    @property
    def resolved_early(self) -> EvaluationProtocol:
        """The protocol with the options that replace its fields."""
        changes = {"align": self.align, "grey": self.grey, "alpha": self.alpha, "masking": self.masking}
        changed = replace(
            find_protocol(self.protocol),
            **{name: value for name, value in changes.items() if value is not None},  # type: ignore[arg-type]
        )
        if self.window is not None:
            try:
                changed = replace(changed, value_window=self.window.replace(",", "/"))
            except ProtocolError as error:
                raise UsageError(
                    "--window cannot be this",
                    found=repr(self.window),
                    expected="centre and width, the width above 1, such as 40,400",
                ) from error
        return changed

    @property
    def protocol_name(self) -> str:
        """The preset's name, with what was changed of it."""
        base = find_protocol(self.protocol)
        if isinstance(self.protocol, str) and self.protocol in PRESETS:
            name = self.protocol
        else:
            name = next((preset.name for preset in PRESETS.values() if preset.protocol == base), "custom")
        changed = self.resolved_early
        differing = [
            f"{part}={getattr(changed, part)}"
            for part in ("align", "grey", "alpha", "masking", "value_window")
            if getattr(changed, part) != getattr(base, part)
        ]
        return " ".join([name, *differing])


def one_group(pattern: str, what: str) -> re.Pattern[str]:
    """Return a regular expression that has exactly one group.

    Raises
    ------
    UsageError
        When it is malformed, or has no group or several.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UsageError(f"the regular expression of {what} is malformed: {error}", found=repr(pattern)) from error
    if compiled.groups != 1:
        raise UsageError(
            f"the regular expression of {what} must have one group",
            found=f"{compiled.groups} groups in {pattern!r}",
            expected="one pair of parentheses around what is wanted, such as '^(patient[0-9]+)_'",
        )
    return compiled


def parse_labels(text: str) -> dict[int, str]:
    """Return the names of labels from ``255=nucleus,128=cytoplasm``.

    Raises
    ------
    UsageError
        When a part is not ``VALUE=NAME``, or a value or name stands twice.
    """
    labels: dict[int, str] = {}
    for part in text.split(","):
        value, equals, name = part.partition("=")
        if not equals or not value.strip().isdecimal() or not name.strip():
            raise UsageError("the labels cannot be read", found=repr(part), expected="VALUE=NAME, such as 255=nucleus")
        if int(value) in labels or name.strip() in labels.values():
            raise UsageError("a label stands twice", found=repr(part))
        labels[int(value)] = name.strip()
    return labels


def method_locations(reference: str, candidates: Mapping[str, str] | tuple[str, ...] | list[str]) -> dict[str, str]:
    """Return a name for each candidate: the one given (``name=folder``), or what sets its path apart.

    ``RCAN/x4`` and ``RCANplus/x4`` beside the reference ``HR/x4`` are called ``RCAN`` and ``RCANplus``.

    Raises
    ------
    UsageError
        When two candidates would have one name, or they are the files of a pattern that was not put in quotes.
    """
    if not candidates:
        raise UsageError("there is no candidate", way_out="Give at least one folder of outputs after the reference")
    if isinstance(candidates, Mapping):
        return dict(candidates)
    named: list[tuple[str | None, str]] = []
    for text in candidates:
        name, equals, location = text.partition("=")
        plain = not equals or not name or "/" in name or "\\" in name or Path(text).exists()
        named.append((None, text) if plain else (name, location))
    unnamed = [location for name, location in named if name is None]
    refuse_expanded(reference, unnamed)
    found = dict(zip(unnamed, _telling_names(reference, unnamed), strict=True))
    locations: dict[str, str] = {}
    for given, location in named:
        name = given if given is not None else found[location]
        if name in locations:
            raise UsageError(
                "two candidates have one name",
                found=f"{name!r} for {locations[name]} and {location}",
                way_out="Name them: first=FOLDER second=FOLDER",
            )
        locations[name] = location
    return locations


def _telling_names(reference: str, locations: list[str]) -> list[str]:
    """Return the last part of each path that tells them apart, and from the reference where that is another place."""
    mine = [_folder_parts(location) for location in locations]
    others = [*mine, _folder_parts(reference)]
    while len(set(others)) > 1 and len({one[-1] for one in others}) == 1 and all(len(one) > 1 for one in others):
        mine, others = [one[:-1] for one in mine], [one[:-1] for one in others]
    for depth in range(1, max(map(len, mine), default=1) + 1):
        names = ["/".join(one[-depth:]) for one in mine]
        if len(set(names)) == len(names):
            return names
    return ["/".join(one) for one in mine]


def _folder_parts(location: str) -> tuple[str, ...]:
    path = Path(location.partition("::")[0])
    while any(character in path.name for character in "*?["):
        path = path.parent
    parts = path.resolve().parts[1:]
    if path.is_file():
        return (*parts[:-1], path.stem)
    return parts or (location,)
