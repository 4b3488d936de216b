"""The pairs of an audit: found and paired as ``compare`` does, and read one page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure
from harness.images import Picture, open_picture
from harness.jobs.audit.facts import PageFacts, facts_of_pair
from harness.jobs.compare_inputs import gather_inputs
from harness.jobs.compare_options import CompareOptions
from harness.jobs.scoring import is_constant
from harness.jobs.scoring_task import ScoringTask
from srmetrics.errors import SizeError, SrmetricsError
from srmetrics.prepare.gate import largest_value

METHOD = "candidate"


@dataclass(frozen=True, slots=True)
class FilePair:
    """A reference's file and its candidate's, with what their pages say."""

    task: ScoringTask
    keys: tuple[str, ...]
    """What each page is called."""
    pages: tuple[PageFacts, ...]
    constant: tuple[bool, ...]
    """Pages of a volume whose reference is constant: left out of means over images."""
    volume_max: float
    """The largest value of all the reference's pages."""

    def read(self) -> Iterator[tuple[Picture, Picture]]:
        """Read the pages, one pair at a time."""
        yield from _pictures(self.task)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an audit reads."""

    reference: str
    candidate: str
    dataset: str
    files: tuple[FilePair, ...]
    failures: tuple[Failure, ...]
    notes: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all pages."""
        return tuple(key for file in self.files for key in file.keys)


def find_inputs(reference: str, candidate: str, *, data_range: float | None, pair: str | None, workers: int) -> Inputs:
    """Find and pair the files of an audit, and look into each once.

    Raises
    ------
    SrmetricsError
        When a location holds no image, or names cannot be paired at all.
    """
    options = CompareOptions(data_range=data_range, pair=pair, workers=workers)
    found = gather_inputs(reference, {METHOD: candidate}, options)
    failures = list(found.missing)
    files = []

    def look(task: ScoringTask) -> FilePair | Failure:
        return looked_at(task, data_range)

    for one in run_on_threads(look, found.tasks, workers):
        if isinstance(one, Failure):
            failures.append(one)
        else:
            files.append(one)
    return Inputs(reference, candidate, found.dataset, tuple(files), tuple(failures), found.notes)


def looked_at(task: ScoringTask, told: float | None) -> FilePair | Failure:
    """Return what the pages of a reference and its candidate say, or why they cannot be read."""
    keys, pages, constant, largest = [], [], [], 0.0
    try:
        for page, (reference, candidate) in enumerate(_pictures(task)):
            pages.append(facts_of_pair(reference, candidate, told))
            constant.append(is_constant(reference.pixels))
            largest = max(largest, largest_value(reference.pixels))
            keys.append(page)
    except SrmetricsError as error:
        path = task.candidates[METHOD].path
        error.in_file(path)
        return Failure(task.key, METHOD, "unreadable", str(error.file or path), str(error))
    several = len(pages) > 1
    return FilePair(
        task,
        tuple(task.page_key(page, len(pages)) for page in keys),
        tuple(pages),
        tuple(several and each for each in constant),
        largest,
    )


def _pictures(task: ScoringTask) -> Iterator[tuple[Picture, Picture]]:
    candidate_file = task.candidates[METHOD]
    with ExitStack() as files:
        reference = files.enter_context(open_picture(task.reference.path, field=task.reference.field))
        candidate = files.enter_context(open_picture(candidate_file.path, field=candidate_file.field))
        if reference.pages != candidate.pages:
            raise SizeError(
                "the file has another number of slices than its reference",
                found=str(candidate.pages),
                expected=str(reference.pages),
                file=candidate_file.path,
            )
        for page in range(reference.pages):
            yield reference.read(page), candidate.read(page)
