"""The citeable text of a resolved protocol: derived from its fields, never written by hand."""

from __future__ import annotations

from typing import NamedTuple

from srmetrics.errors import ProtocolError
from srmetrics.fields import shortest
from srmetrics.protocol import EvaluationProtocol, field_names
from srmetrics.version import VERSION


class Signature(NamedTuple):
    """What a signature says."""

    protocol: EvaluationProtocol
    version: str
    metric: str | None = None


def format_signature(protocol: EvaluationProtocol, metric: str | None = None, version: str = VERSION) -> str:
    """Return the signature of a resolved protocol.

    Parameters
    ----------
    protocol : EvaluationProtocol
        A resolved one; ``protocol.resolve(scale=, data_range=)`` makes it.
    metric : str, optional
        Put in front, for a single score.
    version : str
        The version of srmetrics that computed the score; stands last.

    Returns
    -------
    str
        ``name:value`` for every field, in one fixed order, joined by ``|``.

    Raises
    ------
    ProtocolError
        When the protocol is not resolved.

    Examples
    --------
    >>> from srmetrics import EvaluationProtocol
    >>> format_signature(EvaluationProtocol().resolve(data_range=255), "psnr")[:48]
    'psnr|colour:all-channels|round:none|grey:keep|al'
    """
    if not protocol.resolved:
        raise ProtocolError(
            "only a resolved protocol has a signature",
            found=f"crop: {protocol.crop}, align: {protocol.align}, range: {protocol.range}",
            way_out="Call protocol.resolve(scale=..., data_range=...) first",
        )
    parts = [] if metric is None else [metric]
    parts += [f"{name}:{_write(getattr(protocol, name))}" for name in field_names()]
    return "|".join([*parts, f"v:{version}"])


def parse_signature(text: str) -> Signature:
    """Return what a signature says: the protocol, the version and, where it names one, the metric.

    Raises
    ------
    ProtocolError
        When a field is missing, unknown, out of order, or has no such value.
    """
    parts = text.strip().split("|")
    metric = parts.pop(0) if parts and not parts[0].startswith("colour:") else None
    names = [part.partition(":")[0] for part in parts]
    expected = [*field_names(), "v"]
    if names != expected:
        missing = [name for name in expected if name not in names]
        unknown = [name for name in names if name not in expected]
        found = "; ".join(
            f"{word}: {', '.join(some)}" for word, some in (("missing", missing), ("unknown", unknown)) if some
        )
        raise ProtocolError(
            "this is not a signature of srmetrics",
            found=found or "the fields in another order",
            expected="|".join(f"{name}:..." for name in expected),
            way_out="'srmetrics protocols' lists the presets' names",
        )
    if metric == "":
        raise ProtocolError("the signature's metric is empty", found=repr(text[:40]))
    values = {name: part.partition(":")[2] for name, part in zip(names, parts, strict=True)}
    version = values.pop("v")
    if not version:
        raise ProtocolError("the signature's version is empty", found=repr(text[-20:]))
    protocol = EvaluationProtocol(
        **{name: _READ.get(name, str)(value) for name, value in values.items()}  # type: ignore[arg-type]
    )
    if not protocol.resolved:
        raise ProtocolError("a signature holds numbers where this one holds a rule", found=repr(text))
    return Signature(protocol, version, metric)


def _write(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "/".join(_write(part) for part in value)
    if isinstance(value, float):
        return shortest(value)
    return str(value)


def _read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ProtocolError("a number in the signature cannot be read", found=repr(text)) from None


def _read_range(text: str) -> float | str:
    return text if text[:1].isalpha() and text not in ("inf", "nan") else _read_number(text)


def _read_optional(text: str) -> float | None:
    return None if text == "none" else _read_number(text)


def _read_pair(text: str) -> tuple[float, ...]:
    return tuple(_read_number(part) for part in text.split("/"))


_READ = {"range": _read_range, "k": _read_pair, "psnr_cap": _read_optional, "psnr_eps": _read_optional}
