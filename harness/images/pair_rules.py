"""Pairing as the user says it: by a regular expression with one group, or by a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.images.sniff import suffix_of
from srmetrics.errors import FileError, PairingError, UsageError


@dataclass(frozen=True, slots=True)
class PairByPattern:
    """Files whose keys hold the same text where the group of a regular expression matches are a pair."""

    pattern: str

    def __post_init__(self) -> None:
        try:
            groups = re.compile(self.pattern).groups
        except re.error as error:
            raise UsageError(
                "the pairing expression is no regular expression",
                found=f"{self.pattern!r}: {error}",
                way_out=r"Try one like '(\d+)'",
            ) from None
        if groups != 1:
            raise UsageError(
                "the pairing expression needs one group: what two files must share",
                found=f"{groups} groups in {self.pattern!r}",
                expected="one pair of round brackets",
                way_out="Write (?:...) for brackets that only hold things together",
            )

    def shared_part(self, key: str) -> str | None:
        """Return what the group matches in a key, or None where the expression does not match."""
        found = re.search(self.pattern, key)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class PairByTable:
    """Pairs spelt out: for each method (or for '', which stands for all) the reference's key -> the candidate's."""

    candidates: Mapping[str, Mapping[str, str]]
    source: str = "the table"

    def for_method(self, method: str) -> Mapping[str, str]:
        """Return reference key -> candidate key for a method."""
        found = self.candidates.get(method, self.candidates.get(""))
        if found is None:
            raise PairingError(
                f"the pairing table has no column for the method {method!r}",
                found=", ".join(self.candidates),
                expected=f"a column {method!r}, or one column 'candidate' for all",
                file=self.source,
            )
        return found


PairRule = PairByPattern | PairByTable


def parse_pair_rule(text: str) -> PairRule:
    """Read what follows ``--pair``: the name of a CSV file, or a regular expression with one group.

    Raises
    ------
    FileError
        When it is a file that cannot be read, or is called otherwise than a CSV.
    PairingError
        When the table makes no sense, or the expression has not one group.
    """
    if text.casefold().endswith(".csv"):
        return read_pair_table(text)
    if Path(text).is_file():
        raise FileError(
            "--pair names a file that is no CSV by its name",
            expected="a name that ends in .csv, or a regular expression",
            way_out="Save it as a CSV with the columns image,candidate",
            file=text,
        )
    return PairByPattern(text)


def read_pair_table(path: str | Path) -> PairByTable:
    """Read a pairing table.

    Parameters
    ----------
    path : str or path
        A CSV in UTF-8 with a header. The column ``image`` has the reference's path below its folder, the column
        ``candidate`` the candidate's below each method's folder; or one column per method, headed by its name. Suffixes
        may be left out; an empty cell means that the image is missing.

    Raises
    ------
    FileError
        When the file cannot be read.
    PairingError
        When columns are missing, or an image has two rows.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(
            "the pairing table cannot be read",
            found=error.strerror if isinstance(error, OSError) else str(error),
            expected="a CSV in UTF-8 with the columns image,candidate",
            way_out="Look at the name after --pair; what does not end in .csv is a regular expression",
            file=path,
        ) from error
    columns = [name for name in (rows[0] if rows else {}) if name]
    if "image" not in columns or len(columns) < 2:
        raise PairingError(
            "the pairing table lacks a column",
            found=", ".join(columns) or "no rows",
            expected="the columns 'image' and 'candidate', or 'image' and one for each method",
            file=path,
        )
    tables: dict[str, dict[str, str]] = {"" if name == "candidate" else name: {} for name in columns if name != "image"}
    for row in rows:
        image = _without_suffix(row["image"])
        for name, table in tables.items():
            if image in table:
                raise PairingError("the pairing table names an image twice", found=image, file=path)
            table[image] = _without_suffix(row[name or "candidate"])
    return PairByTable(tables, str(path))


def _without_suffix(name: str) -> str:
    name = name.strip().replace("\\", "/").removeprefix("./")
    return name.removesuffix(suffix_of(name))
