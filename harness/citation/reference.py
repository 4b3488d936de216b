"""The works that srmetrics can cite: one table, and how a work is found in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

KINDS = ("article", "inproceedings", "book", "mastersthesis", "misc")
"""The BibTeX types in use: those that every style knows."""

OTHERS = "others"
"""The last author of a work that is cited by its first ones."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One work. Text is plain, but for braces in the title, which keep the case of names."""

    key: str
    """Of its BibTeX entry; it never changes."""
    kind: str
    """One of `KINDS`."""
    authors: tuple[str, ...]
    """``Family, Given``; a name without a comma is a group's."""
    title: str
    year: int | None = None
    journal: str = ""
    booktitle: str = ""
    volume: int | None = None
    number: int | None = None
    pages: str = ""
    doi: str = ""
    eprint: str = ""
    """Its number in arXiv."""
    url: str = ""
    publisher: str = ""
    institution: str = ""
    note: str = ""
    version: str = ""
    marks: tuple[str, ...] = ()
    """What a citation in the code says beside the title that means this work."""
    architectures: tuple[str, ...] = ()
    """What the architecture of an upscaler begins with, and what methods are called after it."""
    datasets: tuple[str, ...] = ()
    """What data sets are called that are this work's."""

    @property
    def plain_title(self) -> str:
        """The title without the braces of BibTeX."""
        return self.title.replace("{", "").replace("}", "")

    @property
    def label(self) -> str:
        """How running text names the work: ``Wang et al., 2004``."""
        families = [author.partition(",")[0] for author in self.authors if author != OTHERS]
        if len(families) == 2 and OTHERS not in self.authors:
            who = " and ".join(families)
        else:
            who = families[0] + (" et al." if len(self.authors) > 1 else "")
        return who if self.year is None else f"{who}, {self.year}"


@cache
def references() -> dict[str, Reference]:
    """Return every work by its key."""
    text = files("harness.citation").joinpath("references.toml").read_text("utf-8")
    return {key: _reference(key, entry) for key, entry in tomllib.loads(text).items()}


def found_in(citation: str) -> tuple[Reference, ...]:
    """Return the works that a citation in words names, by title or mark; nothing where none is known."""
    text = _normal(citation)
    return tuple(
        one for one in references().values() if any(_normal(mark) in text for mark in (one.plain_title, *one.marks))
    )


def of_architecture(name: str) -> Reference | None:
    """Return the work that a network's architecture is of, from words such as ``BasicSR RCAN(num_feat=64)``."""
    words = [_letters(word) for word in re.split(r"[\s(]+", name.removeprefix("BasicSR ")) if word]
    return next((one for one in references().values() if words and words[0] in _lettered(one.architectures)), None)


def of_method(name: str) -> Reference | None:
    """Return the work that a method is likely of, from its name: ``RCAN``, ``RCAN+`` or ``EDSR_x4``."""
    plain = re.sub(r"([_\- ]?x[2348])+$", "", name, flags=re.IGNORECASE)
    plain = re.sub(r"(\+|[_\- ]?plus)$", "", plain, flags=re.IGNORECASE)
    return next((one for one in references().values() if _letters(plain) in _lettered(one.architectures)), None)


def of_dataset(name: str) -> Reference | None:
    """Return the work that a data set is likely of, from its name."""
    return next((one for one in references().values() if _letters(name) in _lettered(one.datasets)), None)


def _reference(key: str, entry: dict[str, Any]) -> Reference:
    unknown = set(entry) - {field.name for field in fields(Reference)}
    if unknown or entry.get("kind") not in KINDS:
        raise RuntimeError(f"references.toml: {key} has no kind, or fields that are none: {sorted(unknown)}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return Reference(key, **values)


def _normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _lettered(names: Iterable[str]) -> set[str]:
    return {_letters(name) for name in names}
