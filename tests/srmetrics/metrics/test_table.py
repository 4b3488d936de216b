"""The table of metrics: what is in it, and how a name is found."""

from __future__ import annotations

import pytest

from srmetrics import METRICS
from srmetrics.errors import MetricError
from srmetrics.metrics import column_name, find_metric


def test_the_table_holds_the_metrics_of_the_design_under_their_names() -> None:
    assert list(METRICS) == ["psnr", "ssim", "ms_ssim", "mse", "rmse", "mae", "nrmse"]
    assert all(metric.name == name for name, metric in METRICS.items())
    assert {name for name, metric in METRICS.items() if metric.higher_is_better} == {"psnr", "ssim", "ms_ssim"}
    assert all(metric.summary for metric in METRICS.values())
    assert "2004" in METRICS["ssim"].citation
    assert "2003" in METRICS["ms_ssim"].citation


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_found_by_its_name(name: str) -> None:
    assert find_metric(name) is METRICS[name]


def test_an_unknown_name_is_answered_with_a_near_one_and_the_list() -> None:
    known = "one of psnr, ssim, ms_ssim, mse, rmse, mae, nrmse, or piq:NAME"
    with pytest.raises(MetricError) as caught:
        find_metric("pnsr")
    assert str(caught.value) == f"there is no such metric; found 'pnsr'; expected {known}. Did you mean 'psnr'?"
    with pytest.raises(MetricError) as caught:
        find_metric("qqqq")
    assert caught.value.way_out is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [("lpips", "piq:lpips"), ("LPIPS", "piq:lpips"), ("dist", "piq:dists"), ("PSNR", "psnr"), ("MS-SSIM", "ms_ssim")],
)
def test_piqs_metrics_and_other_spellings_are_suggested_too(name: str, meant: str) -> None:
    with pytest.raises(MetricError, match=f"Did you mean '{meant}'"):
        find_metric(name)


def test_several_metrics_in_one_name_are_told_apart() -> None:
    with pytest.raises(MetricError, match=r"'psnr,piq:vif'\. Name each by itself: --metric psnr --metric piq:vif"):
        find_metric("psnr,piq:vif")
    with pytest.raises(MetricError, match="there is no such metric; found 'psnr,x'"):
        find_metric("psnr,x")


def test_a_metrics_column_has_no_colon() -> None:
    assert column_name("piq:lpips") == "piq_lpips"
    assert column_name("psnr") == "psnr"
