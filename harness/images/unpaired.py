"""What to say of two sets of files of which no two pair: names from both sides, and how to pair them."""

from __future__ import annotations

from harness.images.imageset import ImageSet
from harness.images.pair_rules import PairRule
from srmetrics.errors import PairingError

MOST_NAMES = 3
"""Names of each side that are shown."""


def nothing_pairs(
    references: ImageSet, images: ImageSet, location: str, rule: PairRule | None = None, *, what: str = "images"
) -> PairingError:
    """Return the error of a location none of whose files pairs with a reference.

    Parameters
    ----------
    references, images : ImageSet
        Both sides.
    location : str
        What the user named to have ``images``.
    rule : PairByPattern or PairByTable, optional
        How they were paired, where the user said it.
    what : str
        What the files are: ``images`` or ``masks``.
    """
    count = len(images.files)
    its = f"none of its {count} {what} pairs" if count > 1 else f"its only {what.removesuffix('s')} does not pair"
    found = f"{_some(images)} beside the reference{'s' * (len(references.files) > 1)} {_some(references)}"
    if rule is None:
        return PairingError(
            f"{its} with a reference by its name",
            found=found,
            expected="equal names, but for what all files of a folder bear (baby_HR and baby_RCAN)",
            way_out="Say what two files share by --pair and a regular expression with one group, such as '([0-9]+)', "
            "or pair them in a CSV with the columns image,candidate",
            file=location,
        )
    return PairingError(
        f"{its} with a reference as --pair says",
        found=found,
        expected="a group that matches the same text in both names, or a table that names both",
        way_out="Mend the expression or the table given as --pair, or leave it out where names are equal",
        file=location,
    )


def _some(images: ImageSet) -> str:
    keys = sorted({file.key for file in images.files})
    more = len(keys) - MOST_NAMES
    return ", ".join(map(repr, keys[:MOST_NAMES])) + (f" and {more} more" if more > 0 else "")
