"""Pair the candidates of every method with the references: by path, by name, by a template, or as the user says.

One rule holds for all files of a method, and it is never the position in a list. Which rule that is follows from the
names alone, in such a way that files which are missing leave the others paired as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.images.imageset import ImageFile, ImageSet
from harness.images.links import Keys, Links, by_names, by_pattern, by_table
from harness.images.markers import words_of_name
from harness.images.pair_rules import PairByPattern, PairRule
from srmetrics.errors import PairingError


@dataclass(frozen=True, slots=True)
class PairFailure:
    """An image that cannot be paired because its partner is not clear."""

    key: str
    """The reference's key."""
    method: str | None
    """The method it happened in; None where the references themselves are at odds."""
    error: PairingError
    """What is wrong, with the names of all files involved."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which file of each method belongs to which reference."""

    keys: tuple[str, ...]
    """The references' keys, sorted: what ``image`` is in every table."""
    references: Mapping[str, ImageFile]
    """Key -> reference."""
    candidates: Mapping[str, Mapping[str, ImageFile]]
    """Method -> key -> candidate, for the pairs that were found."""
    missing: Mapping[str, tuple[str, ...]]
    """Method -> keys that the references have and the method has not."""
    extra: Mapping[str, tuple[ImageFile, ...]]
    """Method -> its files that belong to no reference."""
    failures: tuple[PairFailure, ...]
    """Images whose partner is not clear; they are not among the missing."""
    rule: Mapping[str, str]
    """Method -> the rule that paired it, in words, with its template if it has one."""
    middles: Mapping[str, Mapping[str, str]]
    """Method -> key -> the part that both names share, for methods that a template paired."""

    @property
    def common(self) -> tuple[str, ...]:
        """The keys that all methods have."""
        return tuple(key for key in self.keys if all(key in found for found in self.candidates.values()))


def pair(reference: ImageSet, candidates: Mapping[str, ImageSet], rule: PairRule | None = None) -> Pairing:
    """Pair every method's files with the references.

    Parameters
    ----------
    reference : ImageSet
        The references; their keys name the images.
    candidates : mapping of str to ImageSet
        Method -> its files.
    rule : PairByPattern or PairByTable, optional
        How to pair. Without one, the first of these that pairs anything, for each method:

        1. equal path below the folder, without suffix;
        2. equal name, where one of the two lies in no subfolder, or their subfolders end alike (folders such as
           ``HR`` and ``x4`` do not count);
        3. one template: names that are equal but for what the files of a folder bear in common, such as ``_HR_x4``
           and ``_RCAN_x4``.

        Two files that were named themselves, not by a folder, are a pair.

    Returns
    -------
    Pairing
        Missing and extra files are listed in it, and so are images whose partner is not clear.

    Raises
    ------
    PairingError
        When two templates pair the files of a method equally well, or a table is at odds with the files.
    """
    references, doubled = _by_key(reference.files)
    failures = [
        PairFailure(key, None, _unclear("several references have one name", files)) for key, files in doubled.items()
    ]
    pairs: dict[str, dict[str, ImageFile]] = {}
    missing, extra, rules, middles = {}, {}, {}, {}
    for method, images in candidates.items():
        links = _links(reference, images, method, rule)
        pairs[method], unclear = _one_to_one(links, reference.files, images.files, method)
        failures += [failure for failure in unclear if failure.key not in doubled]
        settled = {*pairs[method], *(failure.key for failure in unclear)}
        linked = {theirs for _, theirs in links.pairs}
        missing[method] = tuple(key for key in sorted(references) if key not in settled)
        extra[method] = tuple(file for file in images.files if file.key not in linked)
        rules[method] = links.rule
        middles[method] = {key: middle for key, middle in links.middles.items() if key in pairs[method]}
    ordered = tuple(sorted(failures, key=lambda failure: (failure.key, failure.method or "")))
    return Pairing(tuple(sorted(references)), references, pairs, missing, extra, ordered, rules, middles)


def _links(reference: ImageSet, images: ImageSet, method: str, rule: PairRule | None) -> Links:
    ours = Keys(sorted({file.key for file in reference.files}), words_of_name(reference.name))
    theirs = Keys(sorted({file.key for file in images.files}), words_of_name(images.name) | words_of_name(method))
    if isinstance(rule, PairByPattern):
        return by_pattern(ours, theirs, rule)
    if rule is not None:
        return by_table(ours, theirs, rule, method)
    if reference.single and images.single:
        return Links("the two files that were named", [(ours.keys[0], theirs.keys[0])])
    try:
        return by_names(ours, theirs)
    except PairingError as error:
        raise error.in_file(images.root) from None


def _one_to_one(
    links: Links, references: Sequence[ImageFile], candidates: Sequence[ImageFile], method: str
) -> tuple[dict[str, ImageFile], list[PairFailure]]:
    """Take the links in which each side has one file, and fail the others by name."""
    ours, theirs = _grouped(references), _grouped(candidates)
    partners: dict[str, list[str]] = defaultdict(list)
    claimants: dict[str, list[str]] = defaultdict(list)
    for key, other in links.pairs:
        partners[key].append(other)
        claimants[other].append(key)
    pairs, failures = {}, []
    for key, others in partners.items():
        left = [file for rival in {rival: 0 for other in others for rival in claimants[other]} for file in ours[rival]]
        right = [file for other in others for file in theirs[other]]
        if len(left) == len(right) == 1:
            pairs[key] = right[0]
        else:
            what = "several references fit one file" if len(left) > 1 else "several files fit one reference"
            failures.append(PairFailure(key, method, _unclear(what, [*left, *right])))
    return pairs, failures


def _grouped(files: Iterable[ImageFile]) -> dict[str, list[ImageFile]]:
    found: dict[str, list[ImageFile]] = defaultdict(list)
    for file in files:
        found[file.key].append(file)
    return found


def _by_key(files: Iterable[ImageFile]) -> tuple[dict[str, ImageFile], dict[str, list[ImageFile]]]:
    """Split files into those that have a key to themselves, and those that share one (a.png and a.bmp)."""
    found = _grouped(files)
    alone = {key: group[0] for key, group in found.items() if len(group) == 1}
    return alone, {key: group for key, group in found.items() if len(group) > 1}


def _unclear(what: str, files: Sequence[ImageFile]) -> PairingError:
    return PairingError(
        what,
        found=" and ".join(str(file.path) for file in files),
        expected="one file on either side",
        way_out="Take out all but one, name the files by a pattern such as 'FOLDER/*.png', or pair them by --pair",
    )
