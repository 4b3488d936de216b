"""``srmetrics cite`` and ``srmetrics figure`` as users run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pybtex.database import parse_file

from harness.cli.main import main

Command = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    import harness

    rng = np.random.default_rng(0)
    for name, strength in (("HR", 0), ("ours", 3), ("<b>", 6)):
        (tmp_path / name).mkdir()
        for at in range(5):
            image = np.random.default_rng(at).integers(40, 215, (48, 60, 3))
            cv2.imwrite(
                str(tmp_path / name / f"im{at}.png"), image + rng.integers(-strength, strength + 1, image.shape)
            )
    named = {"ours": tmp_path / "ours", "<b>": tmp_path / "<b>"}
    harness.compare(tmp_path / "HR", named, workers=1).write(tmp_path / "run")
    return tmp_path / "run"


def test_cite_prints_text_and_writes_every_format(srmetrics: Command, run: Path, tmp_path: Path) -> None:
    done = srmetrics("cite", run)
    assert (0, "") == (done.code, done.err)
    assert done.out.startswith("PSNR and SSIM of ours and <b> on HR\n\nours and <b> were scored on 5 images of HR")
    assert "doi:10.1109/TIP.2003.819861" in done.out
    done = srmetrics("cite", run, "--out", tmp_path / "paper", "--author", "Curie, Marie")
    assert 0 == done.code
    assert {"citation.txt", "citation.bib", "CITATION.cff", "table.tex", "methods.tex"} == {
        path.name for path in (tmp_path / "paper").iterdir()
    }
    assert "To do: HR: add the data set's work" in done.err
    assert "authors" not in done.err
    done = srmetrics("cite", run, "--out", tmp_path / "one.bib")
    assert 0 == done.code
    assert set(parse_file(tmp_path / "one.bib").entries) == set(parse_file(tmp_path / "paper/citation.bib").entries)
    done = srmetrics("cite", run, "--format", "methods", "--out", tmp_path / "paper")
    assert r"\textless{}b\textgreater{} were scored" in (tmp_path / "paper/methods.tex").read_text()


def test_cite_refuses_what_cannot_be_cited(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == left_by("cite", run, "--out", tmp_path / "a.tex")
    assert "--format latex or --format methods" in capsys.readouterr().err
    board = run / "leaderboard.csv"
    board.write_bytes(board.read_bytes().replace(b"ours", b"best"))
    assert 1 == left_by("cite", run)
    said = capsys.readouterr().err.replace("\n", " ")
    assert "not the one that the run wrote" in said
    assert f"srmetrics verify {run}" in said
    assert 1 == left_by("cite", tmp_path)


def left_by(*arguments: object) -> object:
    """Run the command in this process and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main(list(map(str, arguments)))
    return left.value.code


def test_figure_writes_the_file_and_prints_crops_to_paste(srmetrics: Command, run: Path, tmp_path: Path) -> None:
    done = srmetrics("figure", run, "--image", "im3", "--out", tmp_path / "fig.pdf")
    assert 0 == done.code
    lines = done.out.splitlines()
    crops = [line.strip() for line in lines if line.startswith("  --crop ")]
    assert crops
    assert "Caption: im3, crop " + crops[0].removeprefix("--crop ") in done.out
    assert "of the whole image. Best in bold. Signature: colour:all-channels|" in done.out
    assert (tmp_path / "fig.pdf").read_bytes().startswith(b"%PDF")
    assert "Note" not in done.err
    done = srmetrics(
        "figure", run, "--image", "im3", *crops[0].split(), "--methods", "ours", "--out", tmp_path / "f.svg"
    )
    assert 0 == done.code
    assert "--crop" not in done.out
    done = srmetrics("figure", run, "--image", "im3", "--title", "网", "--out", tmp_path / "f.svg")
    assert 0 == done.code
    assert "font (DejaVu Sans) has no 网" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--image", "im9", "--out", "f.pdf"), 2, "Did you mean"),
        (("--image", "", "--out", "f.pdf"), 2, "the run has no such image"),
        (("--image", "im3", "--out", "f.gif"), 2, ".pdf, .svg or .png"),
        (("--image", "im3", "--crop", "50,0,20,20", "--out", "f.pdf"), 2, "--crop 40,0,20,20"),
        (("--image", "im3", "--methods", "our", "--out", "f.pdf"), 2, "Did you mean 'ours'"),
        (("--out", "f.pdf"), 2, "--image"),
    ],
)
def test_figure_names_what_is_wrong(
    run: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    assert code == left_by("figure", run, *arguments)
    assert says in capsys.readouterr().err.replace("\n", " ")


def test_figure_refuses_other_numbers_and_other_pixels(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ours/im3.png").write_bytes((tmp_path / "<b>/im3.png").read_bytes())
    assert 1 == left_by("figure", run, "--image", "im3", "--out", tmp_path / "f.png")
    said = capsys.readouterr().err.replace("\n", " ")
    assert "the output of ours are not those that were scored" in said
    assert f"srmetrics verify {run}" in said
    table = run / "per_image.csv"
    table.write_bytes(table.read_bytes().replace(b"1", b"2", 1))
    assert 1 == left_by("figure", run, "--image", "im2", "--out", tmp_path / "f.png")
    assert "per_image.csv" in capsys.readouterr().err
    assert not (tmp_path / "f.png").exists()
