"""The whole page, made of real runs: what it says, what it holds, and what it leaves alone."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from image_shelf import Shelf, pair_of
from PIL import Image
from report_pages import Page, policy_hash, read_page, unsafe_attributes

from harness.citation import cite
from harness.images import read_picture
from harness.report import write_report
from harness.report.render import json_text
from srmetrics.errors import FileError, UsageError

KEYS = ("a", "deep/b", "c", "d", "e", "f")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Six references and two methods, of which one lacks an image."""
    made = Shelf(tmp_path_factory.mktemp("secret-folder"))
    for seed, key in enumerate(KEYS):
        reference, noisy = pair_of(seed, (24, 30, 3))
        made.put(f"HR/{key}.png", reference)
        made.put(f"ours/{key}.png", noisy)
        made.put(f"theirs/{key}.png", np.roll(reference, 1, axis=0))
    made.put("theirs/Doe_John.png", reference)
    board = made.compare("ours", "theirs", baseline="theirs", dataset="six", group_by="([a-f])$")
    board.write(made.root / "run")
    return made


@pytest.fixture(scope="module")
def page(shelf: Shelf) -> Page:
    return read_page(write_report(shelf.root / "run", workers=1))


def scores(shelf: Shelf) -> list[dict[str, str]]:
    text = (shelf.root / "run/per_image.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_nothing_on_the_page_runs_or_fetches_but_its_own_script(page: Page) -> None:
    assert unsafe_attributes(page) == []
    (style,) = page.all("style")
    programs = [script for script in page.all("script") if script.attributes.get("type") is None]
    (program,) = programs
    (policy,) = [
        meta.attributes["content"] for meta in page.all("meta", http_equiv="Content-Security-Policy")
    ]  # fmt: skip
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data: 'self' file:;")
    assert f"style-src {policy_hash(style.text)};" in policy
    assert f"script-src {policy_hash(program.text)};" in policy
    for word in ("http://", "https://", "//cdn", "eval(", "innerHTML", "document.write", "insertAdjacentHTML"):
        assert word not in program.text + style.text


def test_the_leaderboard_says_what_the_csv_says(shelf: Shelf, page: Page) -> None:
    text = (shelf.root / "run/leaderboard.csv").read_text("utf-8")
    lines = text.splitlines(keepends=True)[1:]
    assert page.copied("CSV") == lines
    rows = list(csv.DictReader(io.StringIO(text)))
    assert page.copied("signature") == [rows[0]["signature"]]
    for row, latex, cited in zip(rows, page.copied("LaTeX"), page.copied("Cite"), strict=True):
        assert latex in (shelf.root / "run/leaderboard.tex").read_text("utf-8").splitlines(keepends=True)
        assert cited.startswith("@misc{srmetrics-six-")
        assert row["dataset_digest"] in cited
        assert f"{float(row['ssim']):.4f}" in cited


def test_small_errors_of_images_from_0_to_1_are_shown_with_their_digits(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for seed in range(3):
        reference, noisy = pair_of(seed, (24, 30, 3))
        shelf.put(f"HR/{seed}.npy", reference / 255.0)
        shelf.put(f"ours/{seed}.npy", noisy / 255.0)
        shelf.put(f"theirs/{seed}.npy", (reference // 2 * 2) / 255.0)
    shelf.compare("ours", "theirs", metrics=("mse",), data_range=1.0).write(tmp_path / "run")
    page = read_page(write_report(tmp_path / "run", workers=1))
    for latex in page.copied("LaTeX"):
        assert latex in (tmp_path / "run/leaderboard.tex").read_text("utf-8").splitlines(keepends=True)
    # An error of half a step of 255 is 0.000002, which three decimals hide.
    with (tmp_path / "run/per_image.csv").open() as file:
        smallest = min(float(row["mse"]) for row in csv.DictReader(file))
    assert smallest < 1e-5
    assert page.data["metrics"][0]["decimals"] >= 7


def test_the_map_beside_a_pick_is_of_its_metric(page: Page) -> None:
    alts = {picture.attributes["alt"] or "" for picture in page.all("img")}
    assert {"SSIM map of ours", "absolute error of ours"} <= alts


def test_the_run_is_cited_as_the_command_cites_it_while_its_tables_are_its_own(
    shelf: Shelf, page: Page, tmp_path: Path
) -> None:
    citation = cite(shelf.root / "run")
    assert [citation.bibtex] == page.copied("BibTeX")
    assert [citation.methods] == page.copied("Methods")
    assert [citation.latex] == page.copied("table")
    run = tmp_path / "run"
    shutil.copytree(shelf.root / "run", run, ignore=shutil.ignore_patterns("report"))
    table = (run / "leaderboard.csv").read_text("utf-8").replace("ours", "mine")
    (run / "leaderboard.csv").write_text(table, "utf-8")
    altered = read_page(write_report(run))
    assert altered.copied("BibTeX") == []
    assert "leaderboard.csv is not the file that the run wrote" in altered.words
    assert "is not the file that the run wrote" not in page.words


def test_the_data_are_the_scores(shelf: Shelf, page: Page) -> None:
    data = page.data
    rows = scores(shelf)
    assert len(rows) == len(data["rows"]) == 12
    for row, (image, method, region, values) in zip(rows, data["rows"], strict=True):
        assert row["image"] == data["images"][image]["key"]
        assert row["group"] == data["images"][image]["group"]
        assert row["method"] == data["methods"][method]
        assert row["region"] == data["regions"][region]
        # Two decimals finer than what is shown.
        assert values == [round(float(row["psnr"]), 5), round(float(row["ssim"]), 6)]


def test_the_pictures_are_the_files_pixel_by_pixel(shelf: Shelf, page: Page) -> None:
    for image in page.data["images"]:
        layers = {(layer["role"], layer["method"]): layer for layer in image["layers"]}
        assert set(layers) == {("reference", 0)} | {
            (role, m) for role in ("candidate", "error", "ssim") for m in (0, 1)
        }
        for (role, method), layer in layers.items():
            if role in ("reference", "candidate"):
                folder = "HR" if role == "reference" else page.data["methods"][method]
                found = Image.open(io.BytesIO(page.whole(layer, shelf.root / "run/report")))
                expected = Image.open(shelf.root / folder / f"{image['key']}.png")
                assert np.array_equal(np.asarray(expected), np.asarray(found))
            assert (layer["width"], layer["height"]) == (image["width"], image["height"]) == (30, 24)


def test_sections_stand_in_the_table_of_contents_and_have_ids_of_their_own(page: Page) -> None:
    sections = [section.attributes["id"] for section in page.all("section")]
    links = [str(a.attributes["href"])[1:] for a in page.all("a") if a.attributes.get("class") != "skip"]
    assert links == sections
    assert {"leaderboard", "differences", "images", "absolute-differences", "groups", "citing", "convention"} == set(
        sections
    )
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_no_path_and_no_name_beyond_the_table_is_shown(shelf: Shelf, page: Page) -> None:
    assert "secret-folder" not in page.html
    assert "Doe_John" not in page.html
    assert "theirs: 1 files match no reference" in page.words


def test_worst_median_and_best_are_those_of_the_table(shelf: Shelf, page: Page) -> None:
    rows = scores(shelf)
    for metric in ("psnr", "ssim"):
        for place, method in enumerate(page.data["methods"]):
            order = sorted((float(row[metric]), row["image"]) for row in rows if row["method"] == method)
            expected = [order[0][1], order[2][1], order[5][1]]
            start = page.elements.index(page.all("table", data_picks=metric)[0])
            buttons = [
                element
                for element in page.elements[start:]
                if element.tag == "button" and element.attributes.get("data-with") == str(place)
            ][:3]
            assert [page.data["images"][int(str(b.attributes["data-open"]))]["key"] for b in buttons] == expected


def test_the_same_run_gives_the_same_bytes_whatever_the_workers(shelf: Shelf, tmp_path: Path) -> None:
    one = write_report(shelf.root / "run", out=tmp_path / "one", workers=1, max_megabytes=0.2)
    three = write_report(shelf.root / "run", out=tmp_path / "three", workers=3, max_megabytes=0.2)
    assert one.read_bytes() == three.read_bytes()
    names = [sorted(path.name for path in (page.parent / "images").glob("*")) for page in (one, three)]
    assert names[0] == names[1] != []


@pytest.mark.parametrize("megabytes", [0.18, 0.25, 0.5])
def test_the_page_is_no_larger_than_it_may_be(shelf: Shelf, tmp_path: Path, megabytes: float) -> None:
    path = write_report(shelf.root / "run", out=tmp_path, max_megabytes=megabytes)
    page = read_page(path)
    assert path.stat().st_size <= megabytes * 1_000_000
    beside = {str(layer["file"]) for image in page.data["images"] for layer in image["layers"] if layer["file"]}
    folder = tmp_path / "images"
    assert {name.removeprefix("images/") for name in beside} == {path.name for path in folder.glob("*")}
    said = "in the folder images beside it" if beside else "All pictures lie in this page"
    assert said in page.words


def test_a_page_that_cannot_be_that_small_is_refused_with_the_least_size(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--max-mb 0\.01; expected at least 0\.\d, which it needs without any"):
        write_report(shelf.root / "run", out=tmp_path, max_megabytes=0.01)
    assert not (tmp_path / "index.html").exists()
    with pytest.raises(UsageError, match="cannot be that small"):
        write_report(shelf.root / "run", out=tmp_path, max_megabytes=0)


def test_what_an_earlier_page_left_is_removed_and_what_is_not_its_own_stays(shelf: Shelf, tmp_path: Path) -> None:
    write_report(shelf.root / "run", out=tmp_path, max_megabytes=0.2)
    (tmp_path / "images/mine.png").write_bytes(b"mine")
    assert len(list((tmp_path / "images").iterdir())) > 1
    write_report(shelf.root / "run", out=tmp_path)
    assert [path.name for path in (tmp_path / "images").iterdir()] == ["mine.png"]


def moved(shelf: Shelf, target: Path) -> Path:
    """Copy the run alone, and its images elsewhere; where the run looks, nothing is left."""
    run = target / "far/away/from/it/run"
    shutil.copytree(shelf.root / "run", run, ignore=shutil.ignore_patterns("report"))
    facts = (run / "run.json").read_text("utf-8").replace(str(shelf.root), "/nowhere/data")
    json.loads(facts)
    (run / "run.json").write_text(facts, "utf-8")
    for folder in ("HR", "ours", "theirs"):
        shutil.copytree(shelf.root / folder, target / "moved" / folder)
    return run


def test_without_its_images_the_page_is_made_and_says_how_to_name_them(shelf: Shelf, tmp_path: Path) -> None:
    run = moved(shelf, tmp_path)
    page = read_page(write_report(run))
    assert "srmetrics report RUN --images DIR" in page.words
    assert not any("layers" in image for image in page.data["images"])
    assert page.all("div", id="viewer") == []
    assert len(page.copied("CSV")) == 2
    found = read_page(write_report(run, images=tmp_path / "moved"))
    assert all("layers" in image for image in found.data["images"])
    with pytest.raises(UsageError, match="folder of images"):
        write_report(run, images=tmp_path / "absent")


def test_a_file_that_is_not_the_one_that_was_scored_is_named(shelf: Shelf, tmp_path: Path) -> None:
    run = moved(shelf, tmp_path)
    other, _ = pair_of(77, (24, 30, 3))
    Image.fromarray(other).save(tmp_path / "moved/ours/c.png")
    (tmp_path / "moved/theirs/d.png").unlink()
    (tmp_path / "moved/HR/e.png").write_bytes(b"torn")
    page = read_page(write_report(run, images=tmp_path / "moved"))
    images = {image["key"]: image for image in page.data["images"]}
    assert images["c"]["changed"] == "ours"
    assert {key: image.get("changed") for key, image in images.items() if key != "c"} == {
        "a": "", "deep/b": "", "d": "", "e": None, "f": "",
    }  # fmt: skip
    assert "c: ours: not the file that was scored" in page.words
    assert "d: theirs: the file is not there" in page.words
    assert "e: reference: " in page.words


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no finished run"):
        write_report(tmp_path)


NAMES = (
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "</script><script>alert(2)<",
    '"onmouseover=alert(3) x="',
    "{{7*7}}${alert(4)}",
    "a\u2028b\u202egnp",
    "new\nline",
    "$x^2$ _i",
)


def test_names_do_no_harm(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for seed, name in enumerate(NAMES):
        reference, noisy = pair_of(seed, (16, 18, 3))
        shelf.put(f"HR/{name}.png", reference)
        shelf.put(f"one/{name}.png", noisy)
        shelf.put(f"two/{name}.png", reference)
    methods = ("<b onclick=alert(5)>", "=1+1", "</style>")
    import harness

    board = harness.compare(
        shelf.root / "HR",
        dict(zip(methods, (shelf.root / "one", shelf.root / "two", shelf.root / "one"), strict=True)),
        dataset="<u>data</u>",
        group_by="^(.)",
        workers=1,
    )
    board.write(shelf.root / "run")
    path = write_report(shelf.root / "run")
    page = read_page(path)
    assert unsafe_attributes(page) == []
    known = {"html", "head", "meta", "title", "style", "body", "a", "div", "header", "h1", "h2", "h3", "button", "dl",
             "dt", "dd", "nav", "ul", "li", "main", "section", "label", "input", "output", "table", "caption", "thead",
             "tr", "th", "tbody", "td", "p", "details", "summary", "span", "img", "select", "option", "figure",
             "figcaption", "small", "b", "br", "svg", "desc", "defs", "path", "g", "text", "use", "clippath", "rect",
             "line", "footer", "script", "noscript",
        "pre"}  # fmt: skip
    assert {element.tag for element in page.elements} <= known
    keys = [image["key"] for image in page.data["images"]]
    assert sorted(keys) == sorted(
        name.replace("\u2028", "\\u2028").replace("\u202e", "\\u202e").replace("\n", "\\n") for name in NAMES
    )
    assert page.data["methods"] == list(methods)
    lines = (shelf.root / "run/leaderboard.csv").read_text("utf-8").splitlines(keepends=True)[1:]
    assert page.copied("CSV") == lines
    assert not {letter for letter in path.read_text("utf-8") if letter in "\u2028\u202e\x00"}


def test_data_cannot_leave_their_element() -> None:
    text = json_text(["</script>", "<!--", "&amp;", "\u2028", "\x00"])
    assert text == '["\\u003c/script\\u003e","\\u003c!--","\\u0026amp;","\\u2028","\\u0000"]'


def test_volumes_have_a_line_of_slices_and_pictures_of_each(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    rng = np.random.default_rng(1)
    for patient in ("p1", "p2"):
        volume = np.stack([pair_of(seed, (20, 22))[0] for seed in range(5)]).astype(np.uint16) * 16
        shelf.put(f"HR/{patient}.tif", volume)
        shelf.put(
            f"ours/{patient}.tif", np.clip(volume + rng.integers(0, 300, volume.shape), 0, 4095).astype(np.uint16)
        )
    shelf.compare(data_range=4095, group_by="^(p[0-9])").write(shelf.root / "run")
    page = read_page(write_report(shelf.root / "run"))
    assert {"slices", "groups"} <= {str(section.attributes["id"]) for section in page.all("section")}
    images = page.data["images"]
    assert [image["key"] for image in images] == [f"{p}#{n:04d}" for p in ("p1", "p2") for n in range(5)]
    assert {image["window"] for image in images} == {"0 to 4095, the range that was scored"}
    stored = read_picture(shelf.root / "HR/p2.tif", 3).pixels
    shown = Image.open(io.BytesIO(page.whole(images[8]["layers"][0], shelf.root / "run/report")))
    assert np.array_equal(np.rint(stored / 4095 * 255).astype(np.uint8), np.asarray(shown))


def test_a_volume_scored_as_one_is_shown_by_its_middle_slice(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    volume = np.stack([pair_of(seed, (20, 22))[0] for seed in range(5)])
    shelf.put("HR/v.tif", volume)
    shelf.put("ours/v.tif", volume[::-1].copy())
    shelf.compare(protocol="fastmri").write(shelf.root / "run")
    (image,) = read_page(write_report(shelf.root / "run")).data["images"]
    assert image["page"] == "slice 2 of 5, the middle one"
    assert (image["width"], image["height"]) == (22, 20)


def test_one_method_alone_has_a_page_without_differences(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    reference, noisy = pair_of(0)
    shelf.put("HR/a.png", reference)
    shelf.put("ours/a.png", noisy)
    shelf.compare().write(shelf.root / "run")
    page = read_page(write_report(shelf.root / "run"))
    assert "differences" not in {section.attributes["id"] for section in page.all("section")}
    assert len(page.data["rows"]) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_may_not_be_written_is_named_and_is_no_fault_of_an_image(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(FileError, match="cannot be written"):
        write_report(shelf.root / "run", out=tmp_path / "closed")


def test_a_file_in_the_way_of_the_folder_is_named(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(b"")
    with pytest.raises(FileError, match=r"images: the page's pictures cannot be written: .*--out"):
        write_report(shelf.root / "run", out=tmp_path)


def test_a_page_among_the_images_of_its_run_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    reference, noisy = pair_of(0, (24, 30, 3))
    shelf.put("HR/a.png", reference)
    shelf.put("ours/a.png", noisy)
    shelf.compare("ours").write(tmp_path / "run")
    for folder in ("HR", "ours"):
        with pytest.raises(UsageError, match="the page would lie among the run's images"):
            write_report(tmp_path / "run", out=tmp_path / folder, workers=1)
        assert ["a.png"] == [path.name for path in (tmp_path / folder).iterdir()]
