"""``srmetrics report``, and ``--report`` on the commands that make runs."""

from __future__ import annotations

import re


def test_a_run_becomes_a_page(srmetrics, folders) -> None:
    done = srmetrics("compare", folders.references, folders.outputs, "--out", folders.out, "--report")
    assert done.code == 0
    page = folders.out / "report/index.html"
    assert re.search(rf"^Wrote {re.escape(str(page))} \(\d\.\d MB\)$", done.err, re.MULTILINE)
    first = page.read_bytes()
    again = srmetrics("report", folders.out, "--workers", 1)
    assert (again.code, again.out) == (0, "")
    assert page.read_bytes() == first


def test_a_page_may_lie_elsewhere_and_be_smaller(srmetrics, folders) -> None:
    assert srmetrics("compare", folders.references, folders.outputs, "--out", folders.out).code == 0
    elsewhere = folders.out.parent / "page"
    assert srmetrics("report", folders.out, "--out", elsewhere, "--max-mb", 0.5).code == 0
    assert not (folders.out / "report").exists()
    assert (elsewhere / "index.html").stat().st_size < 500_000


def test_what_cannot_be_done_is_said_with_its_exit_code(srmetrics, folders) -> None:
    done = srmetrics("report", folders.references)
    assert done.code == 1
    assert "no finished run" in done.err
    done = srmetrics("compare", folders.references, folders.outputs, "--report")
    assert done.code == 2
    assert "--report goes with --out" in done.err
    assert srmetrics("compare", folders.references, folders.outputs, "--out", folders.out).code == 0
    done = srmetrics("report", folders.out, "--max-mb", 0.01)
    assert done.code == 2
    assert "which it needs without any picture" in done.err
    assert srmetrics("report", folders.out, "--images", folders.out / "absent").code == 2


def test_what_is_not_as_it_was_scored_is_a_warning_on_the_page_and_the_terminal(srmetrics, folders) -> None:
    assert srmetrics("compare", folders.references, folders.outputs, "--out", folders.out).code == 0
    (folders.outputs / "a.png").write_bytes((folders.outputs / "b.png").read_bytes())
    table = folders.out / "per_image.csv"
    table.write_bytes(table.read_bytes().replace(b"1", b"2", 1))
    done = srmetrics("report", folders.out)
    assert done.code == 3
    warnings = [line.removeprefix("Warning: ") for line in done.err.splitlines() if line.startswith("Warning: ")]
    assert len(warnings) == 2
    assert warnings[0].startswith("per_image.csv is not the file that the run wrote")
    assert warnings[1].startswith("a: the picture of ours is not the one that was scored")
    page = (folders.out / "report/index.html").read_text("utf-8")
    before = page[: page.index('<section id="leaderboard"')]
    assert all(line in before for line in warnings)
