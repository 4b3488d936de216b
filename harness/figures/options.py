"""How a figure looks."""

from __future__ import annotations

from dataclasses import dataclass

from srmetrics.errors import UsageError


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """What can be asked of a figure beside image, crops and file."""

    methods: tuple[str, ...] | None = None
    """In this order; all by default."""
    metrics: tuple[str, ...] | None = None
    """In this order; all by default."""
    columns: int | None = None
    """Panels in a row."""
    width: str | float = "double"
    """``single``, ``double``, a length such as ``88mm``, or inches."""
    font_size: float = 7.0
    """Points."""
    dpi: int = 300
    """Of a PNG, at least."""
    window: str | None = None
    """DICOM value window, ``CENTRE,WIDTH``."""
    reference_name: str = "Reference"
    title: str | None = None
    """What stands under the whole image; data set, name and scale by default."""
    outline_mask: bool = False
    crop_scores: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for name, value, least, most in (
            ("columns", self.columns, 1, 40),
            ("font-size", self.font_size, 4, 40),
            ("dpi", self.dpi, 50, 1200),
        ):
            if value is not None and not least <= value <= most:
                raise UsageError(f"--{name} cannot be this", found=repr(value), expected=f"{least} to {most}")
