"""The real ``srmetrics diagnose``: what it prints, its exit codes, and file names that would do harm."""

from __future__ import annotations

import json

import numpy as np
import pytest
from image_shelf import Shelf

from degradations import imresize


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """References, good outputs, and outputs in BGR, two images each."""
    from skimage import data

    root = tmp_path_factory.mktemp("sets")
    shelf = Shelf(root)
    pictures = {"astronaut": data.astronaut()[:128, 100:256], "coffee": data.coffee()[60:188, 130:286]}
    for key, image in pictures.items():
        output = imresize(imresize(image, 0.5), 2)
        shelf.put(f"HR/{key}.png", image)
        shelf.put(f"good/{key}.png", output)
        shelf.put(f"bgr/{key}.png", np.ascontiguousarray(output[..., ::-1]))
    return root


def test_a_clean_set_exits_with_0_and_says_so(srmetrics, sets) -> None:
    done = srmetrics("diagnose", sets / "HR", sets / "good", "--scale", "2")
    assert (done.code, done.out.strip()) == (0, "2 references and 2 pairs: nothing found")
    assert "Next: srmetrics compare" in done.err


def test_a_fault_exits_with_3_and_is_told_with_evidence_effect_and_way_out(srmetrics, sets) -> None:
    done = srmetrics("diagnose", sets / "HR", sets / "good", sets / "bgr", "--scale", "2")
    assert done.code == 3
    assert "bgr: all 2 candidates have the channels in the order BGR" in done.out
    for title in ("ERROR", "seen", "effect", "way out", "images"):
        assert title in done.out
    assert "good:" not in done.out


def test_two_files_are_a_pair(srmetrics, sets) -> None:
    done = srmetrics("diagnose", sets / "HR" / "coffee.png", sets / "bgr" / "coffee.png")
    assert done.code == 3
    assert "the candidate 'coffee' has the channels in the order BGR" in done.out


def test_json_holds_every_finding_with_its_numbers(srmetrics, sets) -> None:
    done = srmetrics("diagnose", sets / "HR", f"ours={sets / 'bgr'}", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["clean"], found["references"], found["pairs"]) == (3, False, 2, 2)
    (finding,) = found["findings"]
    assert (finding["severity"], finding["kind"], finding["method"]) == ("error", "channels-permuted", "ours")
    assert finding["images"] == ["astronaut", "coffee"]
    assert finding["numbers"]["after_db"] > finding["numbers"]["before_db"]


def test_an_infinite_number_is_a_text_in_json(srmetrics, tmp_path) -> None:
    rng = np.random.default_rng(0)
    image = np.kron(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    Shelf(tmp_path).put("a.png", image)
    Shelf(tmp_path).put("b.png", np.ascontiguousarray(image[..., ::-1]))
    done = srmetrics("diagnose", tmp_path / "a.png", tmp_path / "b.png", "--format", "json")
    (finding,) = json.loads(done.out)["findings"]
    assert finding["numbers"]["after_db"] == "inf"


def test_names_that_are_markup_or_act_on_the_terminal_are_shown_and_not_obeyed(srmetrics, tmp_path, sets) -> None:
    name = "<img src=x onerror=alert(1)>[bold]\x1b[31m|.png"
    for folder in ("HR", "bgr"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes((sets / folder / "coffee.png").read_bytes())
    table = srmetrics("diagnose", tmp_path / "HR", tmp_path / "bgr")
    assert "\x1b" not in table.out
    assert "[bold]\\x1b[31m" in table.out
    markdown = srmetrics("diagnose", tmp_path / "HR", tmp_path / "bgr", "--format", "markdown")
    assert markdown.code == 3
    assert "<img" not in markdown.out
    assert "\x1b" not in markdown.out
    assert "&lt;img src=x onerror=alert(1)&gt;" in markdown.out


def test_wrong_usage_and_nothing_to_read(srmetrics, tmp_path, sets) -> None:
    assert srmetrics("diagnose", sets / "HR").code == 2
    assert srmetrics("diagnose", sets / "HR", sets / "good", "--scale", "0").code == 2
    missing = srmetrics("diagnose", sets / "HR", tmp_path / "nowhere")
    assert missing.code == 1
    assert "no such file or folder" in missing.err
