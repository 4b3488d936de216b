"""Pair names that differ only in what stands around a common part: ``baby_HR_x4`` with ``baby_RCAN_x4``.

A template is one prefix and one suffix per folder; what they leave of a name is its key. A template has to be found in
such a way that files which are absent would change nothing: with half of the files gone, the rest must pair as before
or not at all. So the two affixes may not hold different numbers (``img_001_HR`` is never ``img_002_LR``), and the less
they look like markers (``HR``, ``x4``, the method's name), the more files have to agree on them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from harness.images.markers import has_plain_number, is_marker, numbers_disagree, tokens_of
from srmetrics.errors import PairingError

# A key begins after separators, and ends before them or before a scale that is glued to it (babyx4_SwinIR).
_SEPARATORS = re.compile(r"[_\-. ]+")
_GLUED_SCALE = re.compile(r"(?<=[^\W_])[xX]\d+(?=[_\-. ]|$)")
_SCALE = re.compile(r"x\d+|\d+x")

# How many pairs must agree on two affixes. Two files can agree by accident on words that mean nothing to us
# (p1_axial, p2_axial with p1_coronal, p2_coronal), and a number that only some files of a folder have is more often an
# image's than a marker.
_ONE_WORD, _NO_WORD_IN_FRONT, _UNKNOWN_WORDS, _NEVER = 1, 2, 3, 1 << 62

_MOST_GUESSES = 100_000


@dataclass(frozen=True, slots=True)
class Template:
    """What stands around the key in the reference's names and in the candidate's."""

    reference_prefix: str
    reference_suffix: str
    candidate_prefix: str
    candidate_suffix: str

    def __str__(self) -> str:
        reference = f"{self.reference_prefix}*{self.reference_suffix}"
        return f"{reference} with {self.candidate_prefix}*{self.candidate_suffix}"


class Match(NamedTuple):
    """Two names that a template pairs, and the part that they share."""

    reference: str
    candidate: str
    middle: str


class _Split(NamedTuple):
    prefix: str
    key: str
    suffix: str
    before: str  # the piece of the prefix that touches the key
    after: str  # the piece of the suffix that touches the key


class _Scored(NamedTuple):
    template: Template
    matches: tuple[Match, ...]
    trusted: bool


@dataclass(frozen=True, slots=True)
class Side:
    """The names of one folder, and the words that are markers there: those of its own name.

    A name may hold a folder (``p1/scan_HR``); only its last part is split, and folders must be equal to pair.
    """

    names: tuple[str, ...]
    words: frozenset[str] = frozenset()

    @property
    def stems(self) -> list[str]:
        """The names without their folders."""
        return [name.rpartition("/")[2] for name in self.names]


def find_template(reference: Side, candidate: Side) -> tuple[Template, tuple[Match, ...]] | None:
    """Find the one template that pairs most names, or None where none is certain.

    Returns
    -------
    tuple of Template and matches, or None
        The matches stand in the order of the reference's names.

    Raises
    ------
    PairingError
        When two templates are equally good.
    """
    certain = _templates(reference, candidate, certain=True)
    if certain:
        best = _best(certain, reference, candidate)
        return best.template, best.matches
    # Several guesses of one quality deserve an error that names them; a single one is no ground to pair on. (Among
    # thousands of names every pair would have to be looked at, and the missing files are listed anyway.)
    if len(reference.names) * len(candidate.names) <= _MOST_GUESSES:
        guesses = _templates(reference, candidate, certain=False)
        if guesses:
            _best(guesses, reference, candidate)
    return None


def _templates(reference: Side, candidate: Side, *, certain: bool) -> list[_Scored]:
    """Every template that has the pairs it needs to be believed; ``certain`` asks for affixes that are attested too."""

    @cache
    def doubts(ours: str, theirs: str, leading: bool) -> int:
        return _doubts(ours, theirs, reference, candidate, leading=leading)

    by_key: dict[str, list[tuple[str, _Split]]] = defaultdict(list)
    for name, split in _splits(candidate, attested=certain):
        by_key[split.key].append((name, split))
    votes: dict[Template, list[Match]] = defaultdict(list)
    for name, ours in _splits(reference, attested=certain):
        for other, theirs in by_key.get(ours.key, ()):
            # Where both names continue alike, the key is longer than this; that split is found as well.
            if (ours.before and ours.before == theirs.before) or (ours.after and ours.after == theirs.after):
                continue
            if doubts(ours.prefix, theirs.prefix, True) + doubts(ours.suffix, theirs.suffix, False) < _NEVER:
                template = Template(ours.prefix, ours.suffix, theirs.prefix, theirs.suffix)
                votes[template].append(Match(name, other, ours.key.rpartition("/")[2]))
    votes.pop(Template("", "", "", ""), None)  # equal names in different folders
    found = []
    for template, matches in votes.items():
        doubt = doubts(template.reference_prefix, template.candidate_prefix, True)
        doubt += doubts(template.reference_suffix, template.candidate_suffix, False)
        trusted = doubt < _UNKNOWN_WORDS
        if len(matches) >= doubt and (trusted or certain):
            found.append(_Scored(template, tuple(sorted(matches)), trusted))
    return found


def _splits(side: Side, *, attested: bool) -> Iterator[tuple[str, _Split]]:
    """Every way to see a name as prefix + key + suffix.

    Attested affixes are those that two files bear together, or that are markers; an only file attests its own.
    """
    pieces = [(name, *name.rpartition("/")[::2]) for name in side.names]
    cuts = {stem: _cuts(stem) for _, _, stem in pieces}
    attested = attested and len(pieces) > 1
    prefixes = Counter(stem[:start] for _, _, stem in pieces for start in cuts[stem][0])
    suffixes = Counter(stem[end:] for _, _, stem in pieces for end in cuts[stem][1])
    markers = {affix for affix in (*prefixes, *suffixes) if is_marker(affix, side.words)} if attested else set()
    found = []
    for name, folder, stem in pieces:
        starts, ends = cuts[stem]
        for i, start in enumerate(starts):
            prefix = stem[:start]
            if attested and prefixes[prefix] == 1 and prefix not in markers:
                continue
            before = stem[starts[i - 1] : start] if i else ""
            for j, end in enumerate(ends):
                key, suffix = stem[start:end], stem[end:]
                if not key or _is_only_scale(key) or (attested and suffixes[suffix] == 1 and suffix not in markers):
                    continue
                after = stem[end : ends[j + 1]] if j + 1 < len(ends) else ""
                found.append((name, _Split(prefix, f"{folder}/{key}" if folder else key, suffix, before, after)))
    together = Counter((split.prefix, split.suffix) for _, split in found)
    for name, split in found:
        known = split.prefix in markers and split.suffix in markers
        if not attested or known or together[split.prefix, split.suffix] > 1:
            yield name, split


def _cuts(stem: str) -> tuple[Sequence[int], Sequence[int]]:
    """Where a key may begin, and where it may end, in ascending order."""
    separators = [(found.start(), found.end()) for found in _SEPARATORS.finditer(stem)]
    starts = {0, *(end for _, end in separators)} - {len(stem)}
    ends = {len(stem), *(start for start, _ in separators), *(m.start() for m in _GLUED_SCALE.finditer(stem))} - {0}
    return sorted(starts), sorted(ends)


def _is_only_scale(key: str) -> bool:
    return all(_SCALE.fullmatch(token) for token in tokens_of(key))


def _doubts(ours: str, theirs: str, reference: Side, candidate: Side, *, leading: bool) -> int:
    """How many pairs have to agree on two affixes of the same end before they are believed; 0 if they are plain."""
    if ours == theirs:
        return 0
    if numbers_disagree(ours, theirs):
        return _NEVER
    we_know, they_know = is_marker(ours, reference.words), is_marker(theirs, candidate.words)
    if not we_know and not they_know:
        return _UNKNOWN_WORDS
    if we_know and they_know:
        return 0
    known, unknown, side = (ours, theirs, candidate) if we_know else (theirs, ours, reference)
    if _borne_by_all(unknown, side, leading=leading):
        return 0
    if has_plain_number(unknown):
        return _UNKNOWN_WORDS
    return _NO_WORD_IN_FRONT if leading and not known else _ONE_WORD


def _borne_by_all(affix: str, side: Side, *, leading: bool) -> bool:
    """Whether several files have the affix and no file lacks it."""
    stems = side.stems
    return len(stems) > 1 and all(stem.startswith(affix) if leading else stem.endswith(affix) for stem in stems)


def _best(found: list[_Scored], reference: Side, candidate: Side) -> _Scored:
    """Take the trusted template with most pairs.

    Among several of them the longer key wins a file that they contest, and then the template that every file of both
    folders fits; two that are still equal are an error.
    """
    most = max((scored.trusted, len(scored.matches)) for scored in found)
    leaders = [scored for scored in found if (scored.trusted, len(scored.matches)) == most]
    longest: Counter[str] = Counter()
    for match in (match for scored in leaders for match in scored.matches):
        for file in _files(match):
            longest[file] = max(longest[file], len(match.middle))
    leaders = [
        scored
        for scored in leaders
        if any(all(len(match.middle) == longest[file] for file in _files(match)) for match in scored.matches)
    ] or leaders
    leaders = [scored for scored in leaders if _fits_all(scored.template, reference, candidate)] or leaders
    leaders = sorted(leaders, key=lambda scored: (scored.matches, str(scored.template)))
    if any(_pairs(leaders[0].matches) != _pairs(scored.matches) for scored in leaders[1:]):
        readings = " or ".join(str(scored.template) for scored in leaders[:2])
        raise PairingError(
            "two templates pair the names equally well",
            found=f"{readings}, {len(leaders[0].matches)} pairs each",
            expected="one way to read the names",
            way_out="Choose one by --pair with a regular expression of one group, or name the pairs in a CSV",
        )
    return leaders[0]


def _fits_all(template: Template, reference: Side, candidate: Side) -> bool:
    ours = (template.reference_prefix, template.reference_suffix)
    theirs = (template.candidate_prefix, template.candidate_suffix)
    return all(
        stem.startswith(prefix) and stem.endswith(suffix)
        for (prefix, suffix), side in ((ours, reference), (theirs, candidate))
        for stem in side.stems
    )


def _files(match: Match) -> tuple[str, str]:
    return "reference:" + match.reference, "candidate:" + match.candidate


def _pairs(matches: Iterable[Match]) -> set[tuple[str, str]]:
    return {(match.reference, match.candidate) for match in matches}
