"""Every error that the three packages raise on purpose.

::

    SrmetricsError
    ├── ProtocolError             a protocol, preset or signature is unknown, malformed or cannot be resolved
    ├── MetricError               a metric is unknown, or its value does not exist for this input
    ├── ArrayError                an array is not an image that can be scored
    │   ├── ChannelError          channels (grey, RGB, alpha) that do not go together
    │   ├── SizeError             sizes that differ, or are too small for the window, crop or scale
    │   ├── RangeError            the data range is unknown, impossible, or differs between the two images
    │   └── NonFiniteError        NaN or infinity where a number is needed
    ├── MaskError                 a mask or label map that cannot be used
    ├── StepError                 a degradation step got an image or a parameter outside its range
    ├── RecipeError               a recipe is unknown or malformed
    ├── ManifestError             a manifest cannot be read, or a replay differs from it
    ├── DependencyError           an optional package is not installed
    ├── WeightsError              a weights file is absent, unreadable or refused
    ├── ModelError                an upscaler or classifier is unknown or misdescribed, or its output cannot be used
    ├── FileError                 a file or folder cannot be read or written, or is not what its name says
    ├── PairingError              files cannot be paired one to one
    ├── StatisticsError           a statistic was asked of data that do not carry it
    ├── TaskError                 a task of a run failed in a way that its job does not expect
    ├── WorkerError               workers cannot be started or reached, or do not go together
    ├── ClassifierError           a classifier is unknown, malformed, or cannot be trained or asked
    ├── SplitError                labelled images cannot be divided as asked
    ├── LeakageError              the same image or group stands on both sides of a split
    └── UsageError                options that do not go together

Each message says what is wrong, what was found, what was expected and the way out, in that order.
"""

from __future__ import annotations

from os import PathLike, fspath


class SrmetricsError(Exception):
    """What went wrong, in four parts, with the file it went wrong in.

    Parameters
    ----------
    what : str
        What is wrong, as a clause without a full stop.
    found : object, optional
        The offending value, shown as ``found ...``.
    expected : str, optional
        What would have been right.
    way_out : str, optional
        What the user can do next, as a sentence without a full stop.
    file : str or path, optional
        The file that it happened in; always shown first.
    """

    def __init__(
        self,
        what: str,
        *,
        found: object = None,
        expected: str | None = None,
        way_out: str | None = None,
        file: str | PathLike[str] | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.found = found
        self.expected = expected
        self.way_out = way_out
        self.file = None if file is None else fspath(file)

    def in_file(self, file: str | PathLike[str]) -> SrmetricsError:
        """Return the same error with the file named, keeping a file that is already there."""
        if self.file is None:
            self.file = fspath(file)
        return self

    def __str__(self) -> str:
        text = self.what
        if self.found is not None:
            text += f"; found {self.found}"
        if self.expected is not None:
            text += f"; expected {self.expected}"
        if self.way_out is not None:
            text += f". {self.way_out}"
        if not text.endswith((".", "?")):
            text += "."
        return text if self.file is None else f"{self.file}: {text}"

    def __reduce__(self) -> tuple[object, ...]:
        # An exception with keyword-only parts does not pickle by itself; workers send these between processes.
        return (_rebuild, (type(self), self.what, self.found, self.expected, self.way_out, self.file))


def _rebuild(
    kind: type[SrmetricsError],
    what: str,
    found: object,
    expected: str | None,
    way_out: str | None,
    file: str | None,
) -> SrmetricsError:
    return kind(what, found=found, expected=expected, way_out=way_out, file=file)


class ProtocolError(SrmetricsError):
    """A protocol, preset or signature is unknown, malformed or cannot be resolved."""


class MetricError(SrmetricsError):
    """A metric is unknown, or its value does not exist for this input."""


class ArrayError(SrmetricsError):
    """An array is not an image that can be scored."""


class ChannelError(ArrayError):
    """Channels (grey, RGB, alpha) that do not go together."""


class SizeError(ArrayError):
    """Sizes that differ, or are too small for the window, crop or scale."""


class RangeError(ArrayError):
    """The data range is unknown, impossible, or differs between the two images."""


class NonFiniteError(ArrayError):
    """NaN or infinity where a number is needed."""


class MaskError(SrmetricsError):
    """A mask or label map that cannot be used."""


class StepError(SrmetricsError):
    """A degradation step got an image or a parameter outside its range."""


class RecipeError(SrmetricsError):
    """A recipe is unknown or malformed."""


class ManifestError(SrmetricsError):
    """A manifest cannot be read, or a replay differs from it."""


class DependencyError(SrmetricsError):
    """An optional package is not installed."""


class WeightsError(SrmetricsError):
    """A weights file is absent, unreadable or refused."""


class ModelError(SrmetricsError):
    """An upscaler or classifier is unknown or misdescribed, or its output cannot be used."""


class FileError(SrmetricsError):
    """A file or folder cannot be read or written, or is not what its name says."""


class PairingError(SrmetricsError):
    """Files cannot be paired one to one."""


class StatisticsError(SrmetricsError):
    """A statistic was asked of data that do not carry it."""


class ClassifierError(SrmetricsError):
    """A classifier is unknown, malformed, or cannot be trained or asked."""


class SplitError(SrmetricsError):
    """Labelled images cannot be divided as asked."""


class LeakageError(SrmetricsError):
    """The same image or group stands on both sides of a split."""


class TaskError(SrmetricsError):
    """A task of a run failed in a way that its job does not expect."""


class WorkerError(SrmetricsError):
    """Workers cannot be started or reached, or do not go together."""


class UsageError(SrmetricsError):
    """Options that do not go together."""
