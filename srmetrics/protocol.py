"""How a pair of images becomes arrays and how SSIM lays its windows: one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from srmetrics.errors import ProtocolError, RangeError
from srmetrics.fields import (
    ALPHA_POLICIES,
    COLOURS,
    COVARIANCES,
    DOWNSAMPLINGS,
    EDGES,
    GREY_POLICIES,
    MASKINGS,
    POOLINGS,
    RANGE_RULES,
    ROUNDINGS,
    check_alignment,
    is_number,
    one_of,
    parse_value_window,
    pixels_or_rule,
    positive_range,
    shortest,
    two_constants,
    whole_scale,
    window_sigma,
    window_size,
)


@dataclass(frozen=True, slots=True)
class EvaluationProtocol:
    """Every convention that a score depends on.

    The fields stand in the order of the signature. Work is done in the order align, resize, grey and alpha,
    value window, colour, round, crop. A metric ignores the fields that it does not read.
    """

    colour: str = "all-channels"
    """``all-channels`` (one MSE over all, SSIM the mean of the channels'), ``mean-of-channels`` (a score for each
    channel, then their mean), ``y-bt601`` (MATLAB's studio Y, 16-235) or ``luma-bt601`` (full range)."""
    round: str = "none"
    """``integer`` rounds Y, luma or composited values at the input's integer depth, half away from zero."""
    grey: str = "keep"
    """``keep`` scores one-channel images as they are; ``expand`` makes them RGB first."""
    alpha: str = "error"
    """What happens to an alpha channel: ``error``, ``drop`` or ``composite`` (over white)."""
    align: str = "none"
    """``none`` (sizes must agree), ``modcrop`` (reference cut to a multiple of the scale), ``crop`` (both cut to the
    common top-left size) or ``resize-RULE`` (the candidate resized to the reference by an OpenCV rule)."""
    value_window: str = "none"
    """``none`` or ``centre/width``: DICOM's linear window, to values from 0 to 255."""
    crop: int | str = 0
    """Pixels cut from each side before scoring: a number, or the rules ``scale`` and ``scale+N``."""
    range: float | str = "dtype"
    """The data range: a number, or the rules ``dtype`` (255 or 65535 for unsigned integers), ``given`` (must be told)
    and ``reference-max`` (the largest value of the reference image or volume)."""
    pooling: str = "image"
    """``image``, or ``volume`` (one MSE per volume, SSIM the mean over its slices)."""
    masking: str = "normalised"
    """How SSIM treats a region: ``normalised``, ``interior``, ``map`` or ``zeroed``."""
    window: str = "gaussian-11-1.5"
    """SSIM's window: ``gaussian-SIZE-SIGMA`` or ``uniform-SIZE``."""
    edges: str = "valid"
    """Where windows may lie: ``valid`` (inside only), ``reflect`` (edge not repeated) or ``replicate``."""
    covariance: str = "population"
    """``population`` (divide by n) or ``sample`` (by n - 1)."""
    k: tuple[float, float] = (0.01, 0.03)
    """SSIM's k1 and k2."""
    downsample: str = "none"
    """Before SSIM: ``none``, ``wang`` (ssim.m's automatic rule) or ``avg-pool`` (piq's)."""
    psnr_cap: float | None = None
    """PSNR above this many dB is given as this."""
    psnr_eps: float | None = None
    """Added to the MSE of images in 0..1 before the logarithm."""

    def __post_init__(self) -> None:
        """Refuse values that no field can take, naming the field."""
        one_of("colour", self.colour, COLOURS)
        one_of("round", self.round, ROUNDINGS)
        one_of("grey", self.grey, GREY_POLICIES)
        one_of("alpha", self.alpha, ALPHA_POLICIES)
        one_of("pooling", self.pooling, POOLINGS)
        one_of("masking", self.masking, MASKINGS)
        one_of("edges", self.edges, EDGES)
        one_of("covariance", self.covariance, COVARIANCES)
        one_of("downsample", self.downsample, DOWNSAMPLINGS)
        check_alignment(self.align)
        # What can be written in several ways (numpy's numbers, 40.0/400, gaussian-11-1.50) is kept in one, so that one
        # convention has one signature.
        object.__setattr__(self, "crop", pixels_or_rule(self.crop))
        if isinstance(self.range, str):
            one_of("range", self.range, RANGE_RULES)
        else:
            object.__setattr__(self, "range", positive_range(self.range))
        if self.value_window != "none":
            centre, width = parse_value_window(self.value_window)
            object.__setattr__(self, "value_window", f"{shortest(centre)}/{shortest(width)}")
        size, sigma = window_size(self.window), window_sigma(self.window)
        object.__setattr__(self, "window", f"uniform-{size}" if sigma is None else f"gaussian-{size}-{shortest(sigma)}")
        object.__setattr__(self, "k", two_constants(self.k))
        for name in ("psnr_cap", "psnr_eps"):
            value = getattr(self, name)
            if value is not None:
                if not is_number(value) or value <= 0:
                    raise ProtocolError(
                        f"the field {name} has no such value",
                        found=repr(value),
                        expected="none or a number above 0",
                    )
                object.__setattr__(self, name, float(value))

    @property
    def resolved(self) -> bool:
        """True when no rule is left that needs the scale or the data range."""
        return (
            isinstance(self.crop, int)
            and self.align != "modcrop"
            and (not isinstance(self.range, str) or self.range == "reference-max")
        )

    @property
    def needs_scale(self) -> bool:
        """True when a rule needs the scale: ``--scale`` on the command line."""
        return self.align == "modcrop" or isinstance(self.crop, str)

    def resolve(self, *, scale: int | None = None, data_range: float | None = None) -> EvaluationProtocol:
        """Replace the rules by numbers.

        Parameters
        ----------
        scale : int, optional
            The factor of super-resolution, at least 1; needed by ``crop: scale``, ``scale+N`` and ``modcrop``.
        data_range : float, optional
            What the largest possible value stands for: 255, 65535, 1.0. It must be the protocol's own where the
            protocol names a number.

        Returns
        -------
        EvaluationProtocol
            One whose ``resolved`` is true, so that it has a signature.

        Raises
        ------
        ProtocolError
            When a rule needs a scale that was not given.
        RangeError
            When the range must be given and was not, or contradicts the protocol.
        """
        crop, align, span = self.crop, self.align, self.range
        if self.needs_scale:
            if scale is None:
                rule = f"crop: {crop}" if isinstance(crop, str) else "align: modcrop"
                raise ProtocolError(
                    f"the protocol's rule '{rule}' needs the scale", way_out="Give it: --scale 4, or scale=4"
                )
            factor = whole_scale(scale)
            if isinstance(crop, str):
                crop = factor + (int(crop.partition("+")[2]) if "+" in crop else 0)
            if align == "modcrop":
                align = f"modcrop-{factor}"
        if self.value_window != "none":
            # A DICOM window maps its values to 0..255, whatever the input's range was.
            for other in (data_range, span if isinstance(span, float) else None):
                if other is not None and positive_range(other) != 255.0:
                    raise RangeError(
                        "a value window sets the data range to 255",
                        found=f"a data range of {other:g}",
                        way_out="Leave --data-range out beside --window",
                    )
            span = 255.0
        elif span in ("dtype", "given"):
            if data_range is None:
                raise RangeError(
                    "the data range is not known",
                    expected="a number such as 255, 65535 or 1.0",
                    way_out="Give it: --data-range 1.0, or data_range=1.0",
                )
            span = positive_range(data_range)
        elif data_range is not None and span != positive_range(data_range):
            raise RangeError(
                "the protocol names another data range than the one given",
                found=f"data_range={data_range:g}",
                expected=f"range: {span if isinstance(span, str) else format(span, 'g')}",
                way_out="Leave one of them out",
            )
        return replace(self, crop=crop, align=align, range=span)


def field_names() -> tuple[str, ...]:
    """Return the names of the protocol's fields, in the order of the signature."""
    return tuple(field.name for field in fields(EvaluationProtocol))
