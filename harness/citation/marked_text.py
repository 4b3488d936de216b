"""Text with works as ``[@key]``, made plain, or LaTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from harness.citation.reference import Reference
from harness.leaderboard.to_latex import escaped

_MARK = re.compile(r" ?\[(@[\w-]+(?:; @[\w-]+)*)\]")

_KNOWN = "–—‘’“”„…†‡•€"
"""Signs beyond Latin-1 that LaTeX's input encoding knows."""

_FORMULAS = (
    ("10 log10(L^2 / MSE)", r"$10 \log_{10}(L^2 / \mathrm{MSE})$"),
    ("max(1, round(min(H, W) / 256))", r"$\max(1, \mathrm{round}(\min(H, W) / 256))$"),
    ("0.299 R + 0.587 G + 0.114 B", r"$0.299 R + 0.587 G + 0.114 B$"),
    ("with L = ", r"with $L$ = "),
    ("k1 = ", r"$k_1$ = "),
    ("k2 = ", r"$k_2$ = "),
    ("(n - 1)", r"($n - 1$)"),
    ("p values", r"$p$ values"),
    ("p < 0.05", r"$p < 0.05$"),
)
"""What `srmetrics.explain` and the paragraph write in plain letters, and the same in LaTeX."""


def to_plain(text: str, works: Mapping[str, Reference]) -> str:
    """Return the text with its works as ``(Wang et al., 2004)``."""

    def said(found: re.Match[str]) -> str:
        keys = _keys(found)
        # What looks like a work and is none is part of somebody's file name.
        return f" ({'; '.join(works[key].label for key in keys)})" if works.keys() >= set(keys) else found[0]

    return _MARK.sub(said, text)


def to_latex_text(text: str, works: Mapping[str, Reference]) -> str:
    r"""Return the text as LaTeX: names escaped, formulas in mathematics, works as ``\cite``."""
    parts = []
    at = 0
    for found in _MARK.finditer(text):
        if not works.keys() >= set(_keys(found)):
            continue
        parts += [_formulas(text[at : found.start()]), rf"~\cite{{{','.join(_keys(found))}}}"]
        at = found.end()
    return "".join([*parts, _formulas(text[at:])])


def keys_in(text: str) -> list[str]:
    """Return the keys of the works that the text marks, each once."""
    return list(dict.fromkeys(key for found in _MARK.finditer(text) for key in _keys(found)))


def foreign_letters(text: str) -> str:
    """Return the letters and signs that pdfLaTeX does not know by itself, each once: Greek, Chinese and the like."""
    return "".join(
        letter
        for letter in dict.fromkeys(text)
        if ord(letter) > 255 and letter not in _KNOWN and not unicodedata.name(letter, "").startswith("LATIN")
    )


def _keys(found: re.Match[str]) -> list[str]:
    return [key.strip().removeprefix("@") for key in found[1].split(";")]


def _formulas(text: str) -> str:
    for plain, latex in _FORMULAS:
        if plain in text:
            before, _, after = text.partition(plain)
            return _formulas(before) + latex + _formulas(after)
    text = re.sub(r"(?<=\d) x (?=\d)", "\0", text)
    return escaped(text).replace("\0", r" $\times$ ")
