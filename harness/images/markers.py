"""Which parts of a file's name say what kind of image it is (``HR``, ``x4``), and not which image."""

from __future__ import annotations

import re
from collections import defaultdict

# Words that super-resolution and medical-imaging folders add to names. They only lend trust: a template between words
# that are not listed is believed too, when enough files agree on it (see templates.py).
_LISTED = (
    "hr lr sr gt hq lq ref reference references orig original originals truth ground groundtruth target source "
    "in input inputs out output outputs result results res rlt pred prediction predictions predicted restored "
    "recon reconstruction reconstructed rec fake real clean sharp blur blurred noisy degraded denoised "
    "enhanced nearest bilinear bicubic bic lanczos lrbi lrbd lrdn bi bd dn mod modcrop up upscaled upsampled "
    "down downscaled mask masks seg segmentation label labels annotation annotations "
)
_WORDS = frozenset(_LISTED.split())

_SEPARATORS = re.compile(r"[_\-. ]+")
_SCALE = re.compile(r"x\d+|\d+x")
_DIGITS = re.compile(r"\d+")


def tokens_of(text: str) -> tuple[str, ...]:
    """Cut a name at its separators and before a glued scale, and fold its case: ``babyx4_SwinIR`` -> baby x4 swinir."""
    apart = re.sub(r"(?<=[^\W_])(x\d+)(?=[_\-. ]|$)", r"_\1", text.casefold())
    return tuple(token for token in _SEPARATORS.split(apart) if token)


def words_of_name(name: str) -> frozenset[str]:
    """Return the words that a folder or a method named ``name`` may put into the names of its files."""
    tokens = tokens_of(name)
    return frozenset((*tokens, "".join(tokens), name.casefold())) - {""}


def is_marker(text: str, own_words: frozenset[str]) -> bool:
    """Whether every word of ``text`` is a known marker, a scale, or one of ``own_words``; true of no words at all."""
    tokens = tokens_of(text)
    if "".join(tokens) in own_words:
        return True
    return all(token in _WORDS or token in own_words or _SCALE.fullmatch(token) for token in tokens)


def has_plain_number(text: str) -> bool:
    """Whether one of the words is a number and nothing else, as image numbers are; ``x4`` and ``epoch9`` are not."""
    return any(token.isdecimal() for token in tokens_of(text))


def numbers_disagree(left: str, right: str) -> bool:
    """Whether both hold words of one form with different numbers: ``s1`` and ``s2``, ``001`` and ``002``."""
    ours, theirs = _numbered(left), _numbered(right)
    return any(ours[form] != theirs[form] for form in ours.keys() & theirs.keys())


def _numbered(text: str) -> dict[str, list[str]]:
    forms: dict[str, list[str]] = defaultdict(list)
    for token in tokens_of(text):
        if _DIGITS.search(token):
            forms[_DIGITS.sub("#", token)].append(token)
    return forms
