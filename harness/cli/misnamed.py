"""What a command names and is not there, as wrong usage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def misnamed_is_wrong_usage(file: str | None = None) -> Iterator[None]:
    """Raise as `UsageError` that a recipe, upscaler or classifier is unknown, malformed or unfit.

    A command reaches these errors with what its user named, before it has done anything; where it comes across
    them later, they are failures of single images or trainings, and are listed.

    Parameters
    ----------
    file : str, optional
        The file that named it, for errors that name none.

    Raises
    ------
    UsageError
        In the words of the error that it stands for.
    """
    from srmetrics.errors import ClassifierError, ModelError, RecipeError, UsageError

    try:
        yield
    except (RecipeError, ModelError, ClassifierError) as error:
        raise UsageError(
            error.what,
            found=error.found,
            expected=error.expected,
            way_out=error.way_out,
            file=error.file if file is None else error.file or file,
        ) from error
