"""Names of files and methods as people read them: nothing in them acts."""

from __future__ import annotations


def readable(text: str) -> str:
    r"""Return text with every character spelt out that is not seen, or that turns the direction of writing.

    Examples
    --------
    >>> readable("a\u202eb"), readable("\x1b[31mred")
    ('a\\u202eb', '\\x1b[31mred')
    """
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
