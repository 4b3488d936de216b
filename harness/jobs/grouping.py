"""Groups (patients, slides, volumes) and facets of images, from their keys or from a CSV."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.images.sniff import suffix_of
from harness.jobs.compare_options import one_group
from srmetrics.errors import FileError, PairingError


def groups_of(keys: Sequence[str], group_by: str | None) -> dict[str, str]:
    """Return the group of every key; empty text for all without ``group_by``.

    Parameters
    ----------
    keys : sequence of str
        The references' keys.
    group_by : str, optional
        A CSV file with the columns ``image`` (keys, with or without the suffix of the file) and ``group``, or a
        regular expression with one group that is searched in the key.

    Raises
    ------
    PairingError
        When images have no group, naming the first of them.
    """
    if group_by is None:
        return dict.fromkeys(keys, "")
    if group_by.lower().endswith(".csv"):
        table = _read_csv(Path(group_by))
        groups = {key: table[key] for key in keys if key in table}
    else:
        pattern = one_group(group_by, "--group-by")
        matches = {key: pattern.search(key) for key in keys}
        groups = {key: match[1] for key, match in matches.items() if match and match[1]}
    missing = [key for key in keys if not groups.get(key)]
    if missing:
        raise PairingError(
            "images have no group",
            found=f"{len(missing)} of {len(keys)}, such as {missing[0]!r}",
            expected=f"a group for every image from {group_by!r}",
            way_out="Mend the CSV or the regular expression given as --group-by",
        )
    return groups


def facets_of(key: str, facets: Mapping[str, str]) -> dict[str, str]:
    """Return the facets of a key: what each pattern's group finds in it, or nothing."""
    found = {name: one_group(pattern, f"the facet {name!r}").search(key) for name, pattern in facets.items()}
    return {name: (match[1] or "") if match else "" for name, match in found.items()}


def _read_csv(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames is None or not {"image", "group"} <= set(reader.fieldnames):
                raise FileError(
                    "the CSV of groups has other columns",
                    found=", ".join(reader.fieldnames or ()) or "no line",
                    expected="image,group",
                    way_out="Name the columns so in its first line",
                    file=path,
                )
            groups: dict[str, str] = {}
            for row in reader:
                image, group = _key_named(row["image"] or ""), (row["group"] or "").strip()
                if groups.setdefault(image, group) != group:
                    raise FileError(
                        "an image has two groups", found=f"{image!r}: {groups[image]!r}, {group!r}", file=path
                    )
            return groups
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(
            "the CSV of groups cannot be read",
            found=error.strerror if isinstance(error, OSError) else str(error),
            expected="a CSV in UTF-8 with the columns image,group",
            way_out="Look at the name after --group-by; what does not end in .csv is a regular expression on the key",
            file=path,
        ) from error


def _key_named(name: str) -> str:
    """Return the key that a file's name in a table stands for."""
    name = unicodedata.normalize("NFC", name.strip().replace("\\", "/").removeprefix("./"))
    return name.removesuffix(suffix_of(name))
