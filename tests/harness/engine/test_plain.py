"""Plain values: what goes to disk comes back with every bit."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.engine.plain import Plain, from_json, rebuild, to_json, to_plain
from harness.engine.row import Failure, InputDigest, Row

# Surrogates stand for bytes of file names that are not UTF-8: the low half, as os.fsdecode makes them.
texts = st.text(st.characters(exclude_categories=("Cs",)) | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))
floats = st.floats(allow_nan=False) | st.integers(0, 2**64 - 1).map(
    lambda bits: struct.unpack(">d", bits.to_bytes(8, "big"))[0]
)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(texts | st.sampled_from(["$float", "$$float", "$"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def bits_of(value: Plain) -> object:
    """Equal for values that are the same bit for bit and of the same types, in the same order."""
    if isinstance(value, float):
        return ("float", struct.pack(">d", value))
    if isinstance(value, list):
        return [bits_of(one) for one in value]
    if isinstance(value, dict):
        return [(key, bits_of(one)) for key, one in value.items()]
    return (type(value).__name__, value)


@settings(max_examples=300)
@given(plain_values)
def test_values_come_back_bit_for_bit(value: Plain) -> None:
    assert bits_of(value) == bits_of(from_json(to_json(to_plain(value))))


@given(plain_values)
def test_a_value_is_one_line_of_ascii(value: Plain) -> None:
    text = to_json(value)
    assert text.isascii()
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.inf, '{"$float":"inf"}'),
        (-math.inf, '{"$float":"-inf"}'),
        (math.nan, '{"$float":"nan"}'),
        ({"$float": "inf"}, '{"$$float":"inf"}'),
    ],
)
def test_floats_that_json_lacks_are_named_and_no_text_is_taken_for_one(value: Plain, text: str) -> None:
    assert text == to_json(value)
    assert bits_of(value) == bits_of(from_json(text))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float32", "float64", "U5"])
def test_numpy_arrays_and_numbers_become_equal_python_values(dtype: str) -> None:
    array = np.array([[0, 1], [2, 250]]).astype(dtype)
    assert array.tolist() == to_plain(array)
    assert bits_of(array[1, 1].item()) == bits_of(to_plain(array[1, 1]))


@pytest.mark.parametrize(
    "value",
    [{1, 2}, b"bytes", Path("a"), 1j, np.complex128(1), np.longdouble(1), object(), {1: "a key"}, np.array([object()])],
    ids=lambda value: type(value).__name__,
)
def test_what_json_has_no_like_of_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_plain([value])


@pytest.mark.parametrize(
    "value",
    [
        Row(
            "baby", "", "edsr", "image", 9, {"psnr": math.inf}, "v:1", {"slice": "3"}, {"psnr_c0": 1.5}, 4, 0.5, ("a",)
        ),
        Failure("baby", "edsr", "unreadable", "baby.png", "it is cut short"),
        InputDigest("reference", "baby", (512, 512, 3), "uint8", "00ff"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_rows_come_back_equal(value: object) -> None:
    assert value == rebuild(type(value), from_json(to_json(to_plain(value))))
