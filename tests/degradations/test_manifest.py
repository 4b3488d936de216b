"""A manifest's lines read back as they were written, and nothing else passes for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from degradations import degrade, read_manifest
from degradations.manifest import (
    SCHEMA,
    describe_pixels,
    entry_line,
    library_versions,
    parse_line,
    stays_inside,
)
from srmetrics.errors import FileError, ManifestError

IMAGE = np.arange(64, dtype=np.uint8).reshape(8, 8)


def entry(**changes: Any) -> dict[str, Any]:
    _, record = degrade(IMAGE, "bicubic-matlab-x2@1", key="a/b")
    return {**record, "source": "a/b.png", "file": "a/b.png", **changes}


@given(st.text(min_size=1).filter(stays_inside), st.integers(0, 2**200), st.integers(0, 99))
def test_a_line_reads_back_to_what_was_written(key: str, seed: int, draw: int) -> None:
    written = entry(key=key, seed=seed, draw=draw)
    line = entry_line(written)
    assert line.count("\n") == 1
    assert line.isascii()
    assert written == parse_line(line, 1).model_dump(by_alias=True, exclude_none=True)


def test_a_manifest_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_text(entry_line(entry()) + entry_line(entry(draw=1)), encoding="utf-8")
    assert [0, 1] == [each.draw for each in read_manifest(path)]


def test_pixel_digests_are_of_type_shape_and_little_endian_bytes() -> None:
    # By hand: printf 'uint16 [1, 2]\n\x02\x01\x00\xff' | sha256sum
    expected = "504b4974226312ea46b1d6a1ba56ecc0e525eee75f325f9254d80f7e981cf7d8"
    for order in ("<u2", ">u2"):
        assert expected == describe_pixels(np.array([[0x0102, 0xFF00]], order))["sha256"]
    assert describe_pixels(IMAGE) != describe_pixels(IMAGE.reshape(4, 16))
    assert describe_pixels(IMAGE)["sha256"] != describe_pixels(IMAGE.astype(np.int8))["sha256"]


def test_versions_name_what_pixels_depend_on() -> None:
    versions = library_versions()
    assert versions["numpy"] == np.__version__
    assert versions["libjpeg"]
    assert versions["pillow_libjpeg"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": SCHEMA + 1}, "line 7, schema: the manifest is newer.*Upgrade"),
        ({"schema": "1"}, "line 7, schema"),
        ({"sigma": 1}, "line 7, sigma"),
        ({"seed": "0"}, "line 7, seed"),
        ({"seed": -1}, "line 7, seed"),
        ({"draw": 0.0}, "line 7, draw"),
        ({"recipe_digest": "abc"}, "line 7, recipe_digest"),
        ({"draws": [{"step": "clip"}]}, "line 7, draws.0.drew"),
        ({"input": {"dtype": "uint8", "shape": [8, 8]}}, "line 7, input.sha256"),
        ({"file": "../up.png"}, "line 7, file: the path leads out"),
        ({"file": "/etc/passwd"}, "line 7, file: the path leads out"),
        ({"file": "a/../../up.png"}, "line 7, file: the path leads out"),
        ({"file": "C:/up.png"}, "line 7, file: the path leads out"),
        ({"file": "..\\up.png"}, "line 7, file: the path leads out"),
        ({"file": ""}, "line 7, file: the path leads out"),
        ({"source": "../up.png"}, "line 7, source: the path leads out"),
        ({"hr": "../up.png"}, "line 7, hr: the path leads out"),
        ({"key": "../up"}, "line 7, key: the path leads out"),
    ],
)
def test_a_malformed_line_is_refused_with_line_and_field(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ManifestError, match=words) as raised:
        parse_line(json.dumps(entry(**changes)), 7, "manifest.jsonl")
    assert str(raised.value).startswith("manifest.jsonl: ")


@pytest.mark.parametrize("line", ["", "{", "[]", "1", "null", '"a"', "[" * 3000, "x" * (1 << 20) + "x"])
def test_what_is_no_entry_is_refused(line: str) -> None:
    with pytest.raises(ManifestError, match="line 1"):
        parse_line(line, 1)


def test_a_missing_field_is_named() -> None:
    without = entry()
    del without["output"]
    with pytest.raises(ManifestError, match="line 1, output: Field required"):
        parse_line(json.dumps(without), 1)


def test_files_that_are_no_manifest_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    with pytest.raises(FileError, match=r"manifest\.jsonl"):
        read_manifest(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FileError):
        read_manifest(path)
    path.write_text("\n")
    with pytest.raises(ManifestError, match="empty"):
        read_manifest(path)
    path.write_text(entry_line(entry()) * 2)
    with pytest.raises(ManifestError, match="two lines"):
        read_manifest(path)
    path.write_text(entry_line(entry()) + entry_line(entry())[:50])
    with pytest.raises(ManifestError, match="line 2 is not JSON"):
        read_manifest(path)


def test_a_manifest_that_is_not_there_is_named_without_the_systems_number(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"found No such file or directory; expected the manifest\.jsonl") as refused:
        read_manifest(tmp_path / "gone.jsonl")
    assert str(tmp_path / "gone.jsonl") == refused.value.file
