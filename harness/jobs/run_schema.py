"""What ``run.json`` holds, so that whatever reads it later finds what it expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.jobs.study import Study
from srmetrics.errors import FileError

# More may stand there: what later versions add says nothing against what is known.
_OPEN = ConfigDict(extra="ignore", strict=True, frozen=True)

Texts = dict[str, str]


class _CompareCommand(BaseModel):
    model_config = _OPEN

    job: Literal["compare"]
    reference: str
    candidates: Texts
    protocol: str
    scale: int | None
    data_range: float | None
    window: str | None
    metrics: list[str]
    align: str | None
    grey: str | None
    alpha: str | None
    masks: str | None
    masking: str | None
    labels: Texts
    boundary: int | None
    pair: str | None
    group_by: str | None
    average: Literal["image", "group"]
    facets: Texts
    on_missing: Literal["common", "own", "error"]
    baseline: str | None
    dataset: str | None
    keep_constant: bool


class _BenchCommand(BaseModel):
    model_config = _OPEN

    job: Literal["bench"]
    study: Study
    keep_float: bool
    deduplicate: bool
    allow_leakage: bool
    strict: bool


class _MergeCommand(BaseModel):
    model_config = _OPEN

    job: Literal["leaderboard"]
    metrics: list[str]
    average: Literal["image", "group"]
    seed: int


class _Heading(BaseModel):
    model_config = _OPEN

    dataset: str
    dataset_digest: str
    scale: int | None
    degradation: str
    protocol: str
    average: str


class _Files(BaseModel):
    model_config = _OPEN

    root: str
    field: str | None
    names: Texts


class _AllFiles(BaseModel):
    model_config = _OPEN

    reference: _Files
    mask: _Files | None
    candidates: dict[str, _Files]


class _Facts(BaseModel):
    model_config = _OPEN

    srmetrics_version: str
    signatures: list[str]
    sha256: Texts
    versions: dict[str, str | None] = {}
    machine: dict[str, str | int | None] = {}
    heading: _Heading | None = None
    files: _AllFiles | None = None
    decoded: dict[str, Texts] | None = None
    label_maps: bool | None = None


class _CompareInputs(BaseModel):
    model_config = _OPEN

    reference: Texts
    mask: Texts
    candidates: dict[str, Texts]


class _CompareFacts(_Facts):
    command: _CompareCommand
    inputs: _CompareInputs
    seed: int
    protocol: dict[str, str | int | float | list[float] | None] | None = None


class _Pixels(BaseModel):
    model_config = _OPEN

    mask: Texts
    arms: dict[str, Texts]


class _Place(BaseModel):
    model_config = _OPEN

    images: str | None = None


class _BenchFacts(_Facts):
    command: _BenchCommand
    inputs: dict[str, tuple[str, str, str, str]]
    upscalers: dict[str, Any]
    classifiers: dict[str, Any]
    modes: dict[str, list[str]] | None = None
    splits: list[dict[str, str | int]] | None = None
    unsplittable: Texts = {}
    dropped: Texts | None = None
    pixels: _Pixels | None = None
    run: _Place = _Place()


class _MergeFacts(_Facts):
    command: _MergeCommand
    classifiers: dict[str, Any] = {}
    unsplittable: Texts = {}
    pixels: _Pixels | None = None


_KINDS: dict[str, type[_Facts]] = {"compare": _CompareFacts, "bench": _BenchFacts, "leaderboard": _MergeFacts}


def check_facts(text: bytes, job: object, file: Path) -> None:
    """Check the text of a ``run.json``.

    Raises
    ------
    FileError
        For the first place that holds something else than a run writes, naming it.
    """
    kind = _KINDS.get(job) if isinstance(job, str) else None
    if kind is None:
        raise FileError(
            "the run is of a job that is not known here", found=repr(job), expected=", ".join(_KINDS), file=file
        )
    try:
        kind.model_validate_json(text)  # in JSON, keys that are numbers are text
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FileError(f"this is not what a run's run.json holds: {place}: {first['msg']}", file=file) from error
