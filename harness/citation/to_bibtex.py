"""References as BibTeX, in ASCII as far as accents go, so that the oldest BibTeX reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from harness.citation.reference import OTHERS, Reference
from harness.leaderboard.to_latex import escaped

_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
"""Combining marks and the command that LaTeX has for each."""

_FIELDS = (
    "journal", "booktitle", "school", "institution", "publisher", "volume", "number", "pages", "year",
    "doi", "eprint", "url", "version", "note",
)  # fmt: skip
_AS_THEY_ARE = ("doi", "eprint", "url")


def to_bibtex(reference: Reference) -> str:
    """Return a work as a BibTeX entry."""
    found = {
        "author": author_list(reference.authors),
        "title": _title(reference.title),
    }
    for name in _FIELDS:
        value = getattr(reference, "institution" if name == "school" else name)
        if not value or (name in ("school", "institution") and (name == "school") != reference.kind.endswith("thesis")):
            continue
        if name == "institution" and reference.kind == "misc":
            name = "howpublished"
        text = str(value)
        if name == "pages":
            text = re.sub(r"(?<=\d)-(?=\d)", "--", text)
        found[name] = text if name in _AS_THEY_ARE else bibtex_text(text)
    if reference.eprint:
        found["archiveprefix"] = "arXiv"
        if reference.kind == "misc":  # styles without eprint show this
            found["howpublished"] = f"arXiv:{reference.eprint}"
    if reference.version:
        found["note"] = f"Version {bibtex_text(reference.version)}"
    return entry(reference.kind, reference.key, found)


def entry(kind: str, key: str, found: dict[str, str]) -> str:
    """Return an entry of fields whose values are BibTeX already."""
    width = max(map(len, found))
    # The name of a month is a macro, which each style has its own words for.
    lines = [f"  {name:<{width}} = {value if name == 'month' else f'{{{value}}}'}," for name, value in found.items()]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"]) + "\n"


def bibtex_text(text: str) -> str:
    """Return text that BibTeX and LaTeX set as it is: braces are spelt out, since BibTeX counts even escaped ones."""
    safe = escaped(text).replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")
    return "".join(_accented(letter) for letter in " ".join(safe.split()))


def comment(text: str) -> str:
    """Return a line between entries. BibTeX reads everything after an at sign as an entry, also here."""
    return "% " + " ".join(text.replace("@", "(at)").split())


def author_list(names: Sequence[str]) -> str:
    """Return the field of authors: a name without a comma is a group's, and braces keep it in one piece."""
    return " and ".join(map(_author, names))


def _author(name: str) -> str:
    if name == OTHERS:
        return OTHERS
    return bibtex_text(name) if "," in name else f"{{{bibtex_text(name)}}}"


def _title(title: str) -> str:
    # Braces in the table are BibTeX's own; everything between them is text.
    return "".join(part if part in "{}" else bibtex_edges(part) for part in re.split(r"([{}])", title))


def bibtex_edges(part: str) -> str:
    """Return a part of a text as BibTeX, with the spaces at its ends."""
    start, end = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :]
    return start + bibtex_text(part.strip()) + end if part.strip() else part


def _accented(letter: str) -> str:
    decomposed = unicodedata.normalize("NFD", letter)
    if len(decomposed) != 2 or decomposed[1] not in _ACCENTS or not decomposed[0].isascii():
        return letter
    base = {"i": r"\i", "j": r"\j"}.get(decomposed[0], decomposed[0])
    command = _ACCENTS[decomposed[1]]
    return f"{{\\{command}{{{base}}}}}"
