"""A run and its works as a CITATION.cff, version 1.2.0 of the Citation File Format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from harness.citation.reference import OTHERS, Reference

_TYPES = {
    "article": "article",
    "inproceedings": "conference-paper",
    "book": "book",
    "mastersthesis": "thesis",
    "misc": "generic",
}
"""What the format calls the BibTeX types."""


def to_cff(run: dict[str, Any], works: Sequence[Reference], todo: Sequence[str] = ()) -> str:
    """Return the file: the run's own fields, then the works as ``references``; ``todo`` stands in comments on top."""
    document = {"cff-version": "1.2.0", **run, "references": [cff_reference(work) for work in works]}
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    return "".join(f"# {line}\n" for line in todo) + text


def cff_reference(reference: Reference) -> dict[str, Any]:
    """Return a work as an entry of ``references``."""
    kind = _TYPES[reference.kind]
    if reference.version:
        kind = "software"
    found: dict[str, Any] = {
        "type": kind,
        "title": reference.plain_title,
        "authors": [cff_person(author) for author in reference.authors],
    }
    if reference.kind == "mastersthesis":
        found["thesis-type"] = "Master's thesis"
    if reference.booktitle:
        found["conference"] = {"name": reference.booktitle}
        found["collection-title"] = reference.booktitle
    for name, value in (
        ("journal", reference.journal),
        ("volume", reference.volume),
        ("issue", reference.number),
        ("year", reference.year),
        ("version", reference.version),
        ("doi", reference.doi),
        ("url", reference.url or (f"https://arxiv.org/abs/{reference.eprint}" if reference.eprint else "")),
        ("notes", reference.note),
    ):
        if value:
            found[name] = value
    if reference.pages:
        first, _, last = reference.pages.partition("-")
        found |= {"start": first, "end": last} if last else {"start": first}
    for name, value in (("publisher", reference.publisher), ("institution", reference.institution)):
        if value:
            found[name] = {"name": value}
    return found


def cff_person(name: str) -> dict[str, str]:
    """Return an author: a person where the name has a comma, else a group."""
    if name == OTHERS:
        return {"name": "and others"}
    family, comma, given = name.partition(", ")
    if not comma:
        return {"name": name}
    particle = re.match(r"(van der|van|von|de|di|la) ", family)
    if particle:
        return {"family-names": family[particle.end() :], "name-particle": particle[1], "given-names": given}
    return {"family-names": family, "given-names": given}
