"""SSIM with the data range of floats on bytes, and the reverse."""

from __future__ import annotations

from harness.jobs.audit.space import Space, named_space
from harness.jobs.audit.suspects.suspect import Case, Suspect
from harness.jobs.audit.words import label

WRONG = (
    ("x255", "values from 0 to 1 were scored with a range of 255"),
    ("/255", "values from 0 to 255 were scored with a range of 1"),
)

NO = "SSIM with a range of 1 for values to 255, or of 255 for values to 1, does not give it"


def suspect_ranges(case: Case) -> list[Suspect]:
    """Score SSIM, and PSNR with it or without, with such a range."""
    if not case.claims.has("ssim"):
        return []
    if case.claims.has("psnr") and not _psnr_fits(case):
        return [Suspect("range", "no", NO)]
    plain = named_space(case.common())
    for rule, why in WRONG:
        psnr = dict.fromkeys((*plain.psnr, *(one._replace(range=rule) for one in plain.psnr)))
        ssim = dict.fromkeys(one._replace(range=rule) for one in plain.ssim)
        classes = case.search_after(rule, None, Space(tuple(psnr), tuple(ssim))).classes()
        if classes:
            first = classes[0].first
            return [Suspect("range", "explains", f"{label(first)} gives {case.shown(first)}: {why}")]
    return [Suspect("range", "no", NO)]


def _psnr_fits(case: Case) -> bool:
    """Return True when PSNR agrees under a common convention, with the right range or a wrong one."""
    plain = named_space(case.common()).psnr
    wrong = [one._replace(range=rule) for rule, _ in WRONG for one in plain]
    table = case.search_after("PSNR of wrong ranges", None, Space((*plain, *wrong), ())).table
    rounded, cut = case.claims.agreeing(table, "psnr")
    return bool((rounded | cut).any())
