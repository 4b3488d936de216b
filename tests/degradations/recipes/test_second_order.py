"""Real-ESRGAN's degradation: its draws are distributed as the public training code's, run here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from basicsr.data import degradations as basicsr
from basicsr.data import realesrgan_dataset
from basicsr.models import realesrgan_model
from scipy import stats
from skimage.data import astronaut

from degradations import degrade
from degradations.pipeline import draw_steps
from degradations.recipes import find_recipe
from degradations.seeding import random_state
from degradations.step import Facts, Image, Record
from degradations.steps.blur import make_kernel
from srmetrics.errors import SizeError, StepError

SIDE = 400  # of the training code's crops
RUNS = 1500
# One fixed seed on each side: a comparison either holds or not. Some twenty of them are made.
SIGNIFICANCE = 1e-3
FAMILIES = ["iso", "aniso", "generalized_iso", "generalized_aniso", "plateau_iso", "plateau_aniso"]
SHARES = [0.45, 0.25, 0.12, 0.03, 0.12, 0.03]
# Facts of options/train_realesrgan_x4plus.yml; train_realesrgan_x2plus.yml differs in the scale alone.
PUBLISHED: dict[str, Any] = {
    "resize_prob": [0.2, 0.7, 0.1],
    "resize_range": [0.15, 1.5],
    "gaussian_noise_prob": 0.5,
    "noise_range": [1, 30],
    "poisson_scale_range": [0.05, 3],
    "gray_noise_prob": 0.4,
    "jpeg_range": [30, 95],
    "second_blur_prob": 0.8,
    "resize_prob2": [0.3, 0.4, 0.3],
    "resize_range2": [0.3, 1.2],
    "gaussian_noise_prob2": 0.5,
    "noise_range2": [1, 25],
    "poisson_scale_range2": [0.05, 2.5],
    "gray_noise_prob2": 0.4,
    "jpeg_range2": [30, 95],
    "blur_kernel_size": 21,
    "kernel_list": FAMILIES,
    "kernel_prob": SHARES,
    "sinc_prob": 0.1,
    "blur_sigma": [0.2, 3],
    "betag_range": [0.5, 4],
    "betap_range": [1, 2],
    "blur_kernel_size2": 21,
    "kernel_list2": FAMILIES,
    "kernel_prob2": SHARES,
    "sinc_prob2": 0.1,
    "blur_sigma2": [0.2, 1.5],
    "betag_range2": [0.5, 4],
    "betap_range2": [1, 2],
    "final_sinc_prob": 0.8,
    "gt_size": 256,
    "use_hflip": False,
    "use_rot": False,
    "scale": 4,
}
Event = tuple[str, Any]


@pytest.fixture(scope="module")
def training_runs(tmp_path_factory: pytest.TempPathFactory) -> list[list[Event]]:
    """List what BasicSR's own dataset and model draw, event by event, with the pixels' work taken out."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors: on a busy machine, waiting for the other threads takes minutes
    try:
        with pytest.MonkeyPatch.context() as patch:
            return list(run_training_code(patch, tmp_path_factory.mktemp("training")))
    finally:
        torch.set_num_threads(threads)


def run_training_code(patch: pytest.MonkeyPatch, folder: Any) -> Iterator[list[Event]]:
    (folder / "meta.txt").write_text("image.png\n")
    (folder / "image.png").write_bytes(b"")
    events: list[Event] = []

    def log(name: str, value: Any, returned: torch.Tensor) -> torch.Tensor:
        events.append((name, value))
        return returned

    def interpolate(
        image: torch.Tensor, *, mode: str, size: tuple[int, int] | None = None, scale_factor: float = 1
    ) -> torch.Tensor:
        height, width = size or (int(side * scale_factor) for side in image.shape[2:])
        return log("resize", (height, mode), image.new_zeros(1, 3, height, width))

    def noise(name: str) -> Any:
        return lambda image, strength, grey: log(name, (float(strength), bool(grey)), torch.zeros_like(image))

    blank = np.zeros((SIDE, SIDE, 3), np.float32)
    patch.setattr(realesrgan_dataset, "imfrombytes", lambda *_, **__: blank)
    patch.setattr(torch.nn.functional, "interpolate", interpolate)
    patch.setattr(realesrgan_model, "filter2D", lambda image, kernel: log("blur", kernel[0].numpy(), image))
    patch.setattr(basicsr, "generate_gaussian_noise_pt", noise("gaussian"))
    patch.setattr(basicsr, "generate_poisson_noise_pt", noise("poisson"))
    options = {"dataroot_gt": str(folder), "meta_info": str(folder / "meta.txt"), "io_backend": {"type": "disk"}}
    dataset = realesrgan_dataset.RealESRGANDataset(PUBLISHED | options)
    model = object.__new__(realesrgan_model.RealESRGANModel)
    model.opt, model.is_train, model.device = PUBLISHED, True, torch.device("cpu")
    model.usm_sharpener = lambda image: image
    model.jpeger = lambda image, quality: log("jpeg", float(quality), image)
    model._dequeue_and_enqueue = lambda: None
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    for _ in range(RUNS):
        events.clear()
        model.feed_data({name: each[None] for name, each in dataset[0].items() if name != "gt_path"})
        yield list(events)


@pytest.fixture(scope="module")
def our_runs() -> list[list[Event]]:
    """List what the recipe draws, as the same events."""
    recipe = find_recipe("realesrgan-x4plus@1")
    facts = Facts.of(np.zeros((SIDE, SIDE, 3), np.uint8), 4)
    return [
        events_of(draw_steps(recipe.steps, random_state("test@1", 0, "runs", number), facts))
        for number in range(2 * RUNS)
    ]


def events_of(records: list[Record]) -> list[Event]:
    _, _, blur, resize, noise, jpeg, second_blur, second_resize, second_noise, ending, _ = records
    events = [("blur", padded_kernel(blur)), resize_event(resize), noise_event(noise), ("jpeg", jpeg["quality"])]
    if second_blur["done"]:
        events.append(("blur", padded_kernel(second_blur["draw"])))
    events += [resize_event(second_resize), noise_event(second_noise)]
    first, second = ending["draws"]
    for record in (first, second):
        if "quality" in record:
            events.append(("jpeg", record["quality"]))
        else:
            back, sinc = record["draws"]
            events.append(resize_event(back))
            events.append(("blur", padded_kernel(sinc["draw"] if sinc["done"] else None)))
    return events


def padded_kernel(record: Record | None) -> Image:
    kernel = np.ones((1, 1)) if record is None else make_kernel(record)
    return np.pad(kernel, (21 - len(kernel)) // 2)


def resize_event(record: Record) -> Event:
    return "resize", (record["height"], record["rule"].removeprefix("opencv-"))


def noise_event(record: Record) -> Event:
    drawn = record["draw"]
    return record["kind"].removesuffix("-noise"), (drawn.get("sigma", drawn.get("scale")), drawn["grey"])


def names(run: list[Event]) -> str:
    return " ".join(name for name, _ in run)


def values(runs: list[list[Event]], kinds: tuple[str, ...], which: int) -> list[Any]:
    """Pick the event of these kinds at one place of every run that has it."""
    found = [[value for name, value in run if name in kinds] for run in runs]
    return [each[which] for each in found if len(each) > abs(which) or (which < 0 and each)]


def same_shares(ours: list[Any], theirs: list[Any]) -> float:
    """Test by chi-square that two samples of categories are of one distribution: the p-value."""
    categories = sorted(set(ours) | set(theirs))
    table = [[sample.count(each) for each in categories] for sample in (ours, theirs)]
    return float(stats.chi2_contingency(table).pvalue)


def same_numbers(ours: list[float], theirs: list[float]) -> float:
    """Test by Kolmogorov-Smirnov that two samples of numbers are of one distribution: the p-value."""
    return float(stats.ks_2samp(ours, theirs).pvalue)


def test_steps_come_in_the_same_orders(our_runs: list[list[Event]], training_runs: list[list[Event]]) -> None:
    assert same_shares([names(r) for r in our_runs], [names(r) for r in training_runs]) > SIGNIFICANCE


@pytest.mark.parametrize("which", [0, 1, -1])
def test_kernels_are_alike(which: int, our_runs: list[list[Event]], training_runs: list[list[Event]]) -> None:
    ours, theirs = (values(runs, ("blur",), which) for runs in (our_runs, training_runs))
    if which == 1:  # the second blur is left out in a fifth of the runs, and then the final sinc is the second
        ours, theirs = (
            [next(v for n, v in run[4:] if n == "blur") for run in runs if run[4][0] == "blur"]
            for runs in (our_runs, training_runs)
        )
    extents = [[int((np.abs(kernel[10]) > 0).sum()) for kernel in sample] for sample in (ours, theirs)]
    places = np.arange(-10, 11)
    for measure in (
        lambda kernel: round(float(kernel[10, 10]), 5),  # float32 there: 1e-7
        lambda kernel: round(float((kernel**2).sum()), 5),
        lambda kernel: round(float((kernel @ places**2).sum()), 3),  # width along one axis
        lambda kernel: round(float(places @ kernel @ places), 3),  # and slant
    ):
        assert same_numbers([measure(k) for k in ours], [measure(k) for k in theirs]) > SIGNIFICANCE
    if which == -1:  # the sinc filters' sizes; Gaussians underflow to zero in float32, which hides theirs
        assert same_shares(*extents) > SIGNIFICANCE


@pytest.mark.parametrize("which", [0, 1, 2])
def test_sizes_and_rules_are_alike(which: int, our_runs: list[list[Event]], training_runs: list[list[Event]]) -> None:
    ours, theirs = (values(runs, ("resize",), which) for runs in (our_runs, training_runs))
    assert same_numbers([size for size, _ in ours], [size for size, _ in theirs]) > SIGNIFICANCE
    assert same_shares([rule for _, rule in ours], [rule for _, rule in theirs]) > SIGNIFICANCE


@pytest.mark.parametrize("kind", ["gaussian", "poisson"])
@pytest.mark.parametrize("place", [0, 1])
def test_noises_are_alike(kind: str, place: int, our_runs: list[list[Event]], training_runs: list[list[Event]]) -> None:
    ours, theirs = (
        [
            value
            for run in runs
            for name, value in [[event for event in run if event[0] in ("gaussian", "poisson")][place]]
            if name == kind
        ]
        for runs in (our_runs, training_runs)
    )
    assert same_numbers([strength for strength, _ in ours], [strength for strength, _ in theirs]) > SIGNIFICANCE
    assert same_shares([grey for _, grey in ours], [grey for _, grey in theirs]) > SIGNIFICANCE
    runs, expected = len(our_runs), 0.5
    assert stats.binomtest(len(ours), runs, expected).pvalue > SIGNIFICANCE


@pytest.mark.parametrize("which", [0, 1])
def test_qualities_are_alike(which: int, our_runs: list[list[Event]], training_runs: list[list[Event]]) -> None:
    ours, theirs = (values(runs, ("jpeg",), which) for runs in (our_runs, training_runs))
    assert same_numbers(ours, [round(quality) for quality in theirs]) > SIGNIFICANCE


@pytest.mark.parametrize("name", ["realesrgan-x4plus", "realesrgan-x2plus"])
def test_fields_are_the_published_configuration(name: str) -> None:
    # The comparisons above show what the fields mean; equal fields then leave no room for a small difference.
    _, _, blur, resize, noise, jpeg, second_blur, second_resize, second_noise, ending, _ = find_recipe(name).steps
    for which, step in (("", blur), ("2", second_blur.step)):
        sinc = PUBLISHED[f"sinc_prob{which}"]
        shares = [sinc, *((1 - sinc) * share for share in PUBLISHED[f"kernel_prob{which}"])]
        assert shares == pytest.approx(step.weights)
        spelt = [family.replace("generalised", "generalized").replace("-", "_") for family in step.families]
        assert ["sinc", *PUBLISHED[f"kernel_list{which}"]] == spelt
        assert tuple(PUBLISHED[f"blur_sigma{which}"]) == step.sigma
        assert tuple(PUBLISHED[f"betag_range{which}"]) == step.generalised_beta
        assert tuple(PUBLISHED[f"betap_range{which}"]) == step.plateau_beta
    for which, step in (("", resize), ("2", second_resize)):
        assert tuple(PUBLISHED[f"resize_prob{which}"]) == step.up_down_keep
        assert tuple(PUBLISHED[f"resize_range{which}"]) == (step.smallest, step.largest)
    for which, step in (("", noise), ("2", second_noise)):
        gaussian, poisson = step.steps
        assert PUBLISHED[f"gaussian_noise_prob{which}"] == step.weights[0]
        assert tuple(PUBLISHED[f"noise_range{which}"]) == gaussian.sigma
        assert tuple(PUBLISHED[f"poisson_scale_range{which}"]) == poisson.scale
        assert PUBLISHED[f"gray_noise_prob{which}"] == gaussian.grey_probability == poisson.grey_probability
    assert PUBLISHED["second_blur_prob"] == second_blur.probability
    assert PUBLISHED["final_sinc_prob"] == ending.first.steps[1].probability
    assert tuple(PUBLISHED["jpeg_range"]) == jpeg.quality
    assert tuple(PUBLISHED["jpeg_range2"]) == ending.second.quality
    assert ending.swap_probability == 0.5


@pytest.mark.parametrize(("scale", "name"), [(4, "realesrgan-x4plus"), (2, "realesrgan-x2plus")])
def test_the_nousm_twin_differs_by_the_sharpening_alone(scale: int, name: str) -> None:
    whole, twin = find_recipe(name), find_recipe(f"{name}-nousm")
    assert [step for step in whole.steps if step.kind != "sharpen"] == list(twin.steps)
    assert {scale} == {whole.scale, twin.scale}


def test_the_first_order_half_begins_as_the_whole() -> None:
    whole, half = find_recipe("realesrgan-x4plus"), find_recipe("realesrgan-x4plus-first-order")
    assert whole.steps[:6] == half.steps[:6]
    assert ["resize-to", "quantise"] == [step.kind for step in half.steps[6:]]


@pytest.mark.parametrize("recipe", ["realesrgan-x4plus", "realesrgan-x2plus-nousm", "realesrgan-x4plus-first-order"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_result_has_the_size_type_and_channels(recipe: str, channels: int) -> None:
    image = astronaut()[:123, :101] if channels == 3 else astronaut()[:123, :101, 0].copy()
    scale = find_recipe(recipe).scale
    for number in range(6):
        made, _ = degrade(image, recipe, seed=0, key="astronaut", draw=number)
        assert (123 // scale, 101 // scale) == made.shape[:2]
        assert (image.ndim, image.dtype) == (made.ndim, made.dtype)


def test_16_bit_images_are_refused_before_any_work() -> None:
    with pytest.raises(StepError, match=r"jpeg.*JPEG cannot hold this image.*8 bits first"):
        degrade(np.zeros((128, 128), np.uint16), "realesrgan-x4plus@1", seed=0, key="deep")


def test_images_too_small_to_sharpen_are_refused_with_the_way_out() -> None:
    with pytest.raises(SizeError, match=r"sharpen.*found 24x24 pixels.*-nousm twin"):
        degrade(np.zeros((24, 24, 3), np.uint8), "realesrgan-x4plus@1", seed=0, key="small")


def test_images_of_76_pixels_are_large_enough_for_every_draw() -> None:
    # The first resize leaves int(76 * 0.15) = 11 pixels, which a 21x21 kernel can be mirrored on; 72 would leave 10.
    recipe = find_recipe("realesrgan-x4plus-nousm")
    facts = Facts.of(np.zeros((76, 76), np.uint8), 4)
    smallest = min(
        draw_steps(recipe.steps, random_state("test@1", 0, "small", number), facts)[2]["height"]
        for number in range(2000)
    )
    assert smallest >= 11
