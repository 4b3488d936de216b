"""``cite``: everything that a paper needs to tell of a run."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from harness.citation.cited_run import CitedRun, read_cited
from harness.citation.marked_text import foreign_letters, to_latex_text, to_plain
from harness.citation.metric_name import metric_name
from harness.citation.paragraph import listed, paragraph_of
from harness.citation.reference import OTHERS, Reference
from harness.citation.table import latex_of
from harness.citation.to_bibtex import author_list, bibtex_text, comment, entry, to_bibtex
from harness.citation.to_cff import cff_person, to_cff
from harness.citation.works import Section, sections_of
from harness.engine.atomic import write_together
from srmetrics.errors import UsageError

TODO_AUTHOR = "TODO: your names"
TODO_URL = "TODO: where the folder of the run can be had"
WIDTH = 100
"""Columns of the plain text."""

FORMATS: dict[str, str] = {
    "text": "citation.txt",
    "bibtex": "citation.bib",
    "cff": "CITATION.cff",
    "latex": "table.tex",
    "methods": "methods.tex",
}
"""Each format, and what its file is called in a folder."""


@dataclass(frozen=True)
class Citation:
    """A run's citation in every form; ``print`` shows the plain text."""

    cited: CitedRun
    sections: tuple[Section, ...]
    """The works that the run stands on, by what they are cited for."""
    authors: tuple[str, ...] = ()
    url: str = ""
    paragraph: str = field(init=False)
    """The paragraph for the Methods section, with works as ``[@key]``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraph", paragraph_of(self.cited))

    @property
    def works(self) -> dict[str, Reference]:
        """Every work by its key."""
        return {work.key: work for section in self.sections for work in section.works}

    @property
    def text(self) -> str:
        """The paragraph and the works in plain text, with what is left to check and add."""
        parts = [
            self.title,
            "",
            textwrap.fill(to_plain(self.paragraph, self.works), WIDTH, **_UNBROKEN),
            "",
            "References",
        ]
        for section in self.sections:
            parts += ["", f"{section.title}:"]
            parts += [_wrapped(plain_reference(work)) for work in section.works]
            parts += [_wrapped(f"({note})") for note in section.notes]
        parts += ["", "Signature:" if len(self.cited.signatures) == 1 else "Signatures:", *self.cited.signatures]
        return "\n".join(parts) + "\n"

    @property
    def bibtex(self) -> str:
        """A BibTeX file: the run, then its works."""
        parts = [comment("The run."), self._run_entry()]
        for section in self.sections:
            parts += [comment(f"{section.title}."), *(comment(f"TODO {note}") for note in section.notes)]
            parts += [to_bibtex(work) for work in section.works] or [""]
        return "\n".join(parts)

    @property
    def cff(self) -> str:
        """A CITATION.cff of the run, to lie beside its folder."""
        cited = self.cited
        run: dict[str, Any] = {
            "message": "If you use these scores, please cite them together with the signature in the abstract.",
            "type": "dataset",
            "title": self.title,
            "authors": [cff_person(author) for author in self.authors or (TODO_AUTHOR,)],
            "abstract": self._facts(),
        }
        if self.url:
            run["url"] = self.url
        if cited.date:
            run["date-released"] = cited.date
        return to_cff(run, list(self.works.values()), [f"TODO {' '.join(note.split())}" for note in self.todo])

    @property
    def latex(self) -> str:
        """The tables in LaTeX."""
        return latex_of(self.cited, self.works)

    @property
    def methods(self) -> str:
        r"""The paragraph for the Methods section in LaTeX, with ``\cite``."""
        return "\n".join(textwrap.wrap(to_latex_text(self.paragraph, self.works), WIDTH, **_UNBROKEN)) + "\n"

    @property
    def todo(self) -> list[str]:
        """What is left to the user: placeholders to fill in, works to check and add."""
        left = [] if self.authors else ["the authors of the run (--author)"]
        left += [] if self.url else ["where the folder of the run can be had (--url)"]
        left += [note for section in self.sections for note in section.notes]
        foreign = foreign_letters(self.paragraph + self.latex)
        return left + ([f"pdfLaTeX cannot set {foreign}: compile with XeLaTeX or LuaLaTeX"] if foreign else [])

    @property
    def title(self) -> str:
        """What the run is, in a line."""
        cited = self.cited
        metrics = listed([metric_name(metric) for metric in cited.run.metrics])
        scale = f" at scale {cited.first['scale']}" if cited.first["scale"] else ""
        return f"{metrics} of {listed(cited.methods)} on {cited.dataset}{scale}"

    def to(self, form: str) -> str:
        """Return the citation in one of `FORMATS`.

        Raises
        ------
        UsageError
            When there is no such format.
        """
        if form not in FORMATS:
            raise UsageError("there is no such format", found=repr(form), expected=", ".join(FORMATS))
        made: str = getattr(self, form)
        return made

    def write(self, folder: str | PathLike[str]) -> list[Path]:
        """Write every format into a folder, all files or none, and return their paths."""
        contents = {Path(folder) / name: self.to(form).encode("utf-8", "replace") for form, name in FORMATS.items()}
        write_together(contents)
        return list(contents)

    def _run_entry(self) -> str:
        year, _, month = self.cited.date.partition("-")
        months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
        found = {
            "author": author_list(self.authors or (TODO_AUTHOR,)),
            "title": f"{{{bibtex_text(self.title)}}}",
            "year": year,
        }
        if month:
            found["month"] = months[int(month[:2]) - 1]
        found["note"] = _breakable(bibtex_text(self._facts()))
        found["url"] = self.url or TODO_URL
        return entry("misc", self.cited.key, {name: value for name, value in found.items() if value})

    def _facts(self) -> str:
        cited = self.cited
        facts = [
            f"Data set {cited.dataset} with digest {cited.first['dataset_digest']}",
            f"protocol {cited.protocol}",
            *([f"degradation {cited.first['degradation']}"] if cited.first["degradation"] else []),
            f"srmetrics {cited.run.version}",
            f"{'signature' if len(cited.signatures) == 1 else 'signatures'} {' and '.join(cited.signatures)}",
        ]
        return "; ".join(facts) + "."

    def __str__(self) -> str:
        return self.text


def _breakable(text: str) -> str:
    """Return LaTeX in which digests and signatures, which have no spaces, may be broken."""
    text = re.sub(r"[0-9a-f]{8}(?=[0-9a-f])", r"\g<0>\\allowbreak{}", text)
    return text.replace(r"\textbar{}", r"\textbar{}\allowbreak{}")


_UNBROKEN: Mapping[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def cite(run: str | PathLike[str], *, authors: Sequence[str] = (), url: str = "") -> Citation:
    """Return how to cite a run: works, LaTeX table and the paragraph for the Methods section.

    Parameters
    ----------
    run : str or path
        The folder of a finished run of ``compare``, ``bench`` or ``leaderboard``.
    authors : sequence of str, optional
        Who made the run, each ``Family, Given``; without them a placeholder stands there.
    url : str, optional
        Where the run's folder can be had; without it a placeholder stands there.

    Returns
    -------
    Citation
        With ``text``, ``bibtex``, ``cff``, ``latex`` and ``methods``; ``write(folder)`` writes them all.

    Raises
    ------
    FileError
        When the folder holds no finished run, or its tables are not those that the run wrote.
    UsageError
        When the URL is none, or an author has no name.
    """
    if not all(author.strip() for author in authors):
        raise UsageError("an author has no name", found=repr(""), expected="'Family, Given', or a group's name")
    if url and not re.fullmatch(r"(https|http|ftp|sftp)://[^\s{}\\\"<>^`|%]+", url):
        raise UsageError("this is no URL", found=repr(url), expected="https://... without spaces and braces")
    cited = read_cited(fspath(run))
    return Citation(cited, tuple(sections_of(cited)), tuple(authors), url)


def plain_reference(work: Reference) -> str:
    """Return a work in a line of plain text, as a list of references has it."""
    who = ", ".join(_initials(author) for author in work.authors if author != OTHERS)
    who += " et al." if OTHERS in work.authors else ""
    where = work.journal or work.booktitle or work.publisher or work.institution
    if work.journal:
        volume = f" {work.volume}" if work.volume else ""
        number = f"({work.number})" if work.number else ""
        where += volume + number + (f":{work.pages}" if work.pages else "")
    elif work.pages:
        where += f", pages {work.pages}"
    ends = [
        where,
        f"version {work.version}" if work.version else "",
        str(work.year or ""),
    ]
    parts = [who.rstrip("."), work.plain_title, ", ".join(end for end in ends if end)]
    parts += [f"arXiv:{work.eprint}" if work.eprint and "arXiv" not in work.doi else ""]
    parts += [f"doi:{work.doi}" if work.doi else work.url, work.note]
    return ". ".join(part for part in parts if part) + "."


def _initials(author: str) -> str:
    family, comma, given = author.partition(", ")
    short = re.sub(r"(\w)\w*\.?", r"\1.", re.sub(r" \(.*\)", "", given))
    return f"{short} {family}" if comma else family


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ", **_UNBROKEN)
