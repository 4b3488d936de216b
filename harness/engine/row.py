"""A row: one pair in one region, scored. Rows are the database; every table is a view of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """The scores of one method on one image (or volume) in one region."""

    image: str
    """The reference's key."""
    group: str
    """What the image is not independent within; empty where there are no groups."""
    method: str
    region: str
    n_pixels: int
    values: Mapping[str, float]
    """Metric name to value; NaN where it could not be computed."""
    signature: str
    facets: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, float] = field(default_factory=dict)
    n_sampled: int | None = None
    mask_support: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be scored, and why."""

    image: str
    method: str
    """Empty where the reference or its mask is at fault, and no method was scored."""
    what: str
    """``missing``, ``unclear``, ``unreadable``, ``mask``, ``unscorable``, ``metric:NAME`` or ``left out``."""
    file: str
    reason: str

    @property
    def partial(self) -> bool:
        """True when something that was asked for is absent from the tables: exit code 3."""
        return self.what != "left out"


@dataclass(frozen=True, slots=True)
class InputDigest:
    """What was read: the digest of one decoded image."""

    role: str
    """``reference``, ``mask`` or ``candidate``."""
    image: str
    shape: tuple[int, ...]
    dtype: str
    sha256: str
    method: str = ""
    """Whose candidate it is; empty for references and masks."""
