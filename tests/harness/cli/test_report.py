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
