"""The rules of pairing: which reference's key goes with which candidate's key, before it is seen what is one to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.images.markers import is_marker
from harness.images.pair_rules import PairByPattern, PairByTable
from harness.images.templates import Side, find_template
from srmetrics.errors import PairingError


@dataclass(frozen=True, slots=True)
class Links:
    """What one rule finds for one method."""

    rule: str
    """The rule in words, with its template if it has one."""
    pairs: Sequence[tuple[str, str]]
    """(Reference's key, candidate's key); one key may stand in several."""
    middles: Mapping[str, str] = field(default_factory=dict)
    """Reference's key -> what both names share, under a template."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one folder, and the words of its name, which are no part of what an image is called."""

    keys: Sequence[str]
    words: frozenset[str]

    def place(self, key: str) -> tuple[str, ...]:
        """Return the subfolders of a key but for those that only say what kind of image it is (``HR``, ``x4``)."""
        return tuple(part for part in key.split("/")[:-1] if not is_marker(part, self.words))


def by_names(reference: Keys, candidate: Keys) -> Links:
    """Pair by equal path, else by equal name, else by one template; by the first of these that pairs anything."""
    pairs = _meeting(reference.keys, candidate.keys, lambda key: key)
    if pairs:
        return Links("equal path" + _hint(reference, candidate, pairs), pairs)
    pairs = [
        (ours, theirs)
        for ours, theirs in _meeting(reference.keys, candidate.keys, _name)
        if _end_alike(reference.place(ours), candidate.place(theirs))
    ]
    if pairs:
        return Links("equal name" + _hint(reference, candidate, pairs), pairs)
    return _by_template(reference, candidate)


def _hint(reference: Keys, candidate: Keys, pairs: Sequence[tuple[str, str]]) -> str:
    """Say so where a template would pair what an earlier rule has left: one rule holds for all files of a folder."""
    used = {key for key, _ in pairs}, {key for _, key in pairs}
    left = [
        Keys([key for key in side.keys if key not in taken], side.words)
        for side, taken in zip((reference, candidate), used, strict=True)
    ]
    if not all(side.keys for side in left):
        return ""
    try:
        more = _by_template(*left)
    except PairingError:
        return ""
    words = f" (the {more.rule} would pair {len(more.pairs)} others: choose them by a pattern, or use --pair)"
    return words if more.pairs else ""


def by_pattern(reference: Keys, candidate: Keys, pattern: PairByPattern) -> Links:
    """Pair the keys of which the expression's group matches the same text."""
    pairs = _meeting(reference.keys, candidate.keys, pattern.shared_part)
    return Links(f"expression {pattern.pattern}", pairs)


def by_table(reference: Keys, candidate: Keys, table: PairByTable, method: str) -> Links:
    """Pair as a table says; every name in it has to be there."""
    pairs = [(ours, theirs) for ours, theirs in table.for_method(method).items() if theirs]
    for what, named, there in (
        ("reference", table.for_method(method).keys(), set(reference.keys)),
        (f"file of {method!r}", (theirs for _, theirs in pairs), set(candidate.keys)),
    ):
        unknown = [name for name in named if name not in there]
        if unknown:
            raise PairingError(
                f"the pairing table names a {what} that is not there",
                found=unknown[0],
                expected=f"a path below its folder, such as {min(there)}",
                file=table.source,
            )
    return Links(f"table {table.source}", pairs)


def _by_template(reference: Keys, candidate: Keys) -> Links:
    """Pair names that are equal but for one prefix and one suffix of each folder."""
    # Folders have to agree as well, unless one side keeps all its files in one.
    flat = not any(map(reference.place, reference.keys)) or not any(map(candidate.place, candidate.keys))
    ours, theirs = _named(reference, flat), _named(candidate, flat)
    found = find_template(Side(tuple(sorted(ours)), reference.words), Side(tuple(sorted(theirs)), candidate.words))
    if found is None:
        examples = f"references such as {reference.keys[0]!r}, files such as {candidate.keys[0]!r}"
        return Links(f"none: neither paths nor names agree, and no template is certain ({examples})", [])
    template, matches = found
    pairs = [(key, other) for match in matches for key in ours[match.reference] for other in theirs[match.candidate]]
    middles = {key: match.middle for match in matches for key in ours[match.reference]}
    return Links(f"template {template}", pairs, middles)


def _named(side: Keys, flat: bool) -> dict[str, list[str]]:
    """Map what the template sees of a key to the keys: the name alone, or with its subfolders."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in side.keys:
        found[_name(key) if flat else "/".join((*side.place(key), _name(key)))].append(key)
    return found


def _meeting(ours: Iterable[str], theirs: Iterable[str], part: Callable[[str], str | None]) -> list[tuple[str, str]]:
    """Link all keys that have the same part."""
    holders: dict[str, list[str]] = defaultdict(list)
    for key in theirs:
        shared = part(key)
        if shared is not None:
            holders[shared].append(key)
    parts = ((key, part(key)) for key in ours)
    return [(key, other) for key, shared in parts if shared is not None for other in holders.get(shared, ())]


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _end_alike(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    shorter = min(len(ours), len(theirs))
    return not shorter or ours[-shorter:] == theirs[-shorter:]
