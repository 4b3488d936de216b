"""A run's citation: works, tables and paragraph agree with the run, and no name does harm in any format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from image_shelf import Shelf, pair_of
from pybtex.database import parse_string
from small_study import run as run_study
from small_study import small_study, write_textures

from harness.citation import FORMATS, Citation, cite
from harness.citation.marked_text import keys_in
from harness.citation.paragraph import sentences_of
from harness.citation.table import classification_table, quality_table
from srmetrics import PRESETS, explain
from srmetrics.errors import FileError, UsageError

NASTY = ("a_b$x^2%", "{brace", "@article{x,", "=cmd|' C'!A0", r"back\slash", '"<i>&~#', "[@wang2004ssim]", "[@nobody]")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def scored(shelf: Shelf, images: int = 6, methods: tuple[str, ...] = ("RCAN", "ours"), **options: object) -> Path:
    """Compare methods on noisy images and return the run's folder."""
    for at in range(images):
        reference, candidate = pair_of(at)
        shelf.put(f"HR/{at}.png", reference)
        for number, _ in enumerate(methods):
            shelf.put(f"m{number}/{at}.png", (0.9 * reference + (0.1 - 0.01 * number) * candidate).astype("uint8"))
    from harness import compare

    named = {name: shelf.root / f"m{number}" for number, name in enumerate(methods)}
    compare(shelf.root / "HR", named, workers=1, **options).write(shelf.root / "run")
    return shelf.root / "run"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    scoring = {"protocol": "native", "baseline": "bicubic"}
    classification = {"classifiers": ["default"], "repeats": 2}
    write_textures(folder / "images", of_a_class=4)
    study = small_study(name="textures", scoring=scoring, classification=classification)
    run_study(study, folder / "images", folder / "run")
    return folder / "run"


@pytest.mark.parametrize("name", ["leaderboard.csv", "per_image.csv", "comparisons.csv"])
def test_a_run_that_was_altered_is_refused(shelf: Shelf, name: str) -> None:
    folder = scored(shelf)
    text = (folder / name).read_text()
    at = max(index for index, letter in enumerate(text) if letter.isdigit())
    (folder / name).write_text(text[:at] + str(9 - int(text[at])) + text[at + 1 :])
    with pytest.raises(FileError, match=rf"{re.escape(name)}.*not the one that the run wrote.*srmetrics verify"):
        cite(folder)
    (folder / name).unlink()
    with pytest.raises(FileError, match="not there"):
        cite(folder)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no finished run"):
        cite(tmp_path)


def test_the_table_is_the_one_that_the_run_wrote(shelf: Shelf) -> None:
    folder = scored(shelf, metrics=("psnr", "ssim", "mae"))
    assert (folder / "leaderboard.tex").read_text() == quality_table(cite(folder).cited)


def test_a_copy_of_the_table_that_was_altered_is_not_used(shelf: Shelf) -> None:
    folder = scored(shelf)
    before = cite(folder).latex
    (folder / "leaderboard.tex").write_text("99.99")  # no digest guards it
    assert before == cite(folder).latex


def test_the_tables_of_a_bench_are_those_that_it_wrote(bench: Path) -> None:
    citation = cite(bench)
    joined = (bench / "joined.tex").read_text()
    for mode in ("retrain", "frozen"):
        assert classification_table(citation.cited, "default", mode) in joined
        assert f"by default ({mode})" in citation.latex
    assert 2 == citation.latex.count(r"\begin{table*}") == citation.latex.count(r"\end{table*}"), "nine columns"
    assert (bench / "leaderboard.tex").read_text() == quality_table(citation.cited)


def entries_of(citation: Citation) -> set[str]:
    return set(parse_string(citation.bibtex, "bibtex").entries)


@pytest.mark.parametrize("kind", ["compare", "bench"])
def test_every_work_that_the_paper_cites_is_in_the_bibliography(shelf: Shelf, bench: Path, kind: str) -> None:
    run = bench if kind == "bench" else scored(shelf, 20, ("EDSR", "ours"), protocol="sr-y", scale=4)
    citation = cite(run)
    cited = {
        key for group in re.findall(r"\\cite\{([^}]*)\}", citation.methods + citation.latex) for key in group.split(",")
    }
    assert cited <= entries_of(citation)
    assert set(keys_in(citation.paragraph)) | {"srmetrics"} == cited
    assert entries_of(citation) - {citation.cited.key} == set(citation.works)
    assert set(citation.works) == cited, "or LaTeX leaves works out of the references"
    assert "[@" not in citation.text + citation.methods


def test_a_leaderboard_of_several_runs_is_cited_with_all_its_works(shelf: Shelf) -> None:
    from harness.jobs.merge_runs import merge_runs

    merge_runs([scored(shelf, protocol="sr-y", scale=4)])[0].write(shelf.root / "all")
    citation = cite(shelf.root / "all")
    assert set(citation.works) == set(keys_in(citation.paragraph))
    assert f"NumPy {np.__version__} [@harris2020numpy]" in citation.paragraph


def test_the_settings_of_ssim_bring_their_work_for_ms_ssim_alone_too(shelf: Shelf) -> None:
    citation = cite(scored(shelf, metrics=("psnr", "ms_ssim")))
    assert "SSIM [@wang2004ssim] used" in citation.paragraph
    assert "[@" not in citation.text + citation.methods
    assert "wang2004ssim" in entries_of(citation)


def test_libraries_that_computed_metrics_are_told_and_cited(shelf: Shelf) -> None:
    pytest.importorskip("piq")
    citation = cite(scored(shelf, metrics=("psnr", "piq:haarpsi")))
    assert "HaarPSI [@reisenhofer2018haarpsi]" in citation.paragraph
    for part in (r"PyTorch \S+ \[@paszke2019pytorch\]", r"piq \S+ \[@kastryulin2022piq\]"):
        assert re.search(part, citation.paragraph)
    assert "PyTorch" not in cite(scored(Shelf(shelf.root / "plain"))).paragraph


def test_one_image_and_one_volume_are_told_as_one(shelf: Shelf) -> None:
    paragraph = cite(scored(shelf, images=1)).paragraph
    assert "were scored on 1 image of HR" in paragraph
    assert "all methods on the same image." in paragraph
    assert "means over" not in paragraph
    volumes = Shelf(shelf.root / "volumes")
    for at in range(6):
        first, second = (np.stack([pair_of(3 * at + page, (24, 30))[part] for page in range(3)]) for part in (0, 1))
        volumes.put(f"HR/{at}.tif", first)
        volumes.put(f"a/{at}.tif", second)
        volumes.put(f"b/{at}.tif", (0.9 * first + 0.1 * second).astype("uint8"))
    volumes.compare("a", "b", protocol="fastmri").write(volumes.root / "run")
    paragraph = cite(volumes.root / "run").paragraph
    for part in (
        "on 6 volumes of HR",
        "means over volumes",
        "Student's t over volumes",
        "permutation test over volumes",
    ):
        assert part in paragraph


def test_images_under_several_signatures_are_counted_together_and_what_they_share_is_told_once(shelf: Shelf) -> None:
    for at in range(3):
        reference, candidate = pair_of(at, (24, 30))
        deep = np.uint16(257) if at == 0 else np.uint8(1)
        shelf.put(f"HR/{at}.tif", reference * deep)
        shelf.put(f"a/{at}.tif", candidate * deep)
    shelf.compare("a").write(shelf.root / "run")
    paragraph = cite(shelf.root / "run").paragraph
    assert "a was scored on 3 images of HR" in paragraph
    assert 1 == paragraph.count("SSIM [@wang2004ssim] used")
    for number, largest in ((1, 65535), (2, 255)):
        assert f"Under signature {number}: PSNR is 10 log10(L^2 / MSE) with L = {largest}" in paragraph


def test_digests_and_signatures_can_be_broken_in_a_list_of_references(shelf: Shelf) -> None:
    note = next(line for line in cite(scored(shelf)).bibtex.splitlines() if line.lstrip().startswith("note "))
    pieces = re.split(r"\\allowbreak\{\}|[ -]", note)
    assert max(map(len, pieces)) < 40
    digest = cite(shelf.root / "run").cited.first["dataset_digest"]
    assert digest in note.replace(r"\allowbreak{}", "")


def test_letters_that_pdflatex_lacks_are_left_to_do(shelf: Shelf) -> None:
    citation = cite(scored(shelf, methods=("Ελ", "网络", "Zoë – ×")))
    assert "pdfLaTeX cannot set Ελ网络: compile with XeLaTeX or LuaLaTeX" in citation.todo
    assert not any("XeLaTeX" in note for note in cite(scored(Shelf(shelf.root / "plain"))).todo)


def test_metrics_protocol_data_and_methods_bring_their_works(shelf: Shelf) -> None:
    pytest.importorskip("piq")
    metrics = ("psnr", "piq:gmsd")
    citation = cite(scored(shelf, protocol="sr-y", scale=4, dataset="Set5", metrics=metrics))
    assert {"xue2014gmsd", "kastryulin2022piq", "itu2011bt601", "zhang2018rcan", "bevilacqua2012set5"} <= set(
        citation.works
    )
    assert "wang2004ssim" not in citation.works, "SSIM was not computed"
    assert "SSIM" not in citation.paragraph
    assert "GMSD [@xue2014gmsd] (lower is better)" in citation.paragraph
    assert any("RCAN: taken for zhang2018rcan by its name" in note for note in citation.todo)
    assert any("ours: add the method's work" in note for note in citation.todo)


@pytest.mark.parametrize(
    ("images", "says", "says_not"),
    [
        (4, "undecided", "confidence"),
        (6, "(Student's t over images)", "BCa"),
        (20, "BCa bootstrap over images with 10,000 draws [@efron1987bca; @hesterberg2015bootstrap]", "Student"),
    ],
)
def test_the_paragraph_names_the_intervals_that_so_many_units_have(
    shelf: Shelf, images: int, says: str, says_not: str
) -> None:
    paragraph = cite(scored(shelf, images, seed=7)).paragraph
    assert f"on {images} images" in paragraph
    assert ("The seed of all draws is 7." in paragraph) == (images == 20), "else nothing is drawn"
    assert says in paragraph
    assert says_not not in paragraph
    assert ("every pattern of signs counted" if images < 15 else "10,000 patterns of signs drawn") in paragraph


def test_the_paragraph_names_baseline_regions_and_groups(shelf: Shelf) -> None:
    for at in range(12):
        reference, _ = pair_of(at)
        shelf.put(f"masks/{at}.png", (reference[..., 0] > 100).astype("uint8") * 255)
    options = {"masks": shelf.root / "masks", "baseline": "RCAN", "group_by": "^([0-9])", "average": "group"}
    paragraph = cite(scored(shelf, 12, **options)).paragraph  # 1, 10 and 11 are one group
    for part in (
        "on 12 images of 10 groups of HR",
        "Student's t over the means of groups",
        "these regions were scored apart: mask and background",
        "with the best method and, as a family of their own, those with the baseline RCAN",
        "means of the means of groups",
        "Inside a mask, errors are averaged",
    ):
        assert part in paragraph
    assert "Inside a mask" not in cite(scored(Shelf(shelf.root / "plain"))).paragraph


def test_one_method_alone_is_compared_with_nothing(shelf: Shelf) -> None:
    citation = cite(scored(shelf, methods=("ours",)))
    assert "ours was scored on 6 images" in citation.paragraph
    assert not re.search("Holm|all methods|sign-flip", citation.paragraph)
    assert "Bold" not in citation.latex


def test_the_paragraph_of_a_bench_tells_of_classifiers_splits_and_leakage(bench: Path) -> None:
    citation = cite(bench)
    for part in (
        "recipe bicubic-matlab-x2@1 [@keys1981cubic] (SHA-256 ",
        "The classifier default [@dalal2005hog; @pedregosa2011sklearn] saw every arm the same way",
        "The upscalers were nearest (nearest interpolation as MATLAB's imresize) and bicubic (bicubic",
        "Images of 3 classes were divided (80 % train, 20 % test; stratified by class) 2 times",
        "no group is in two parts of a split",
        "trained once on the high-resolution images and tested on each arm (frozen)",
        "scikit-learn ",
    ):
        assert part in citation.paragraph
    assert "PyTorch" not in citation.paragraph, "no network ran"


def test_leakage_that_was_allowed_is_told(bench: Path, tmp_path: Path) -> None:
    from harness.citation.cited_run import CitedRun
    from harness.citation.classification_words import classification_sentences

    cited = cite(bench).cited
    leaky = tuple({**line, "leakage": "1 image in train and test"} for line in cited.classification)
    marked = CitedRun(cited.run, cited.board)
    marked.__dict__["classification"] = leaky
    text = " ".join(classification_sentences(marked))
    assert "not independent, and the run went on all the same: 1 image in train and test" in text
    assert "no group is in two parts" not in text


def test_names_are_data_in_every_format(shelf: Shelf) -> None:
    citation = cite(scored(shelf, methods=NASTY, dataset="50% of_{Set5} @misc{y,"))
    assert entries_of(citation) == {citation.cited.key, *citation.works}
    assert "x" not in entries_of(citation)
    for tex in (citation.methods, citation.latex):
        text = re.sub(r"(?m)^%.*$|\\cite\{[^}]*\}|\\label\{[^}]*\}| & |^\\begin\{tabular\}.*$", "", tex)
        plain = re.sub(r"(?<!\\)\$(?:\\.|[^$\\])*\$", "", text)  # without mathematics
        assert not re.search(r"(?<!\\)[%&#_$^](?!\s*$)", plain)
        assert r"a\_b\$x\textasciicircum{}2\%" in text
        assert r"back\textbackslash{}slash" in text
    assert "[@nobody]" in citation.methods, "what looks like a work and is none stays a name"
    document = yaml.safe_load(citation.cff)
    assert "dataset" == document["type"]
    assert all(name in document["title"] for name in NASTY)


def test_placeholders_stand_only_where_something_is_not_known(shelf: Shelf) -> None:
    folder = scored(shelf, methods=("RCAN", "bicubic"), dataset="Set5")
    bare, told = cite(folder), cite(folder, authors=("Curie, Marie", "A Group"), url="https://example.org/run")
    assert "TODO: your names" in bare.bibtex
    assert "TODO: where the folder" in bare.bibtex
    assert "TODO:" not in told.bibtex + told.cff
    assert "author = {Curie, Marie and {A Group}}" in told.bibtex.replace("  ", " ")
    assert [{"family-names": "Curie", "given-names": "Marie"}, {"name": "A Group"}] == yaml.safe_load(told.cff)[
        "authors"
    ]
    assert "https://example.org/run" == yaml.safe_load(told.cff)["url"]
    with pytest.raises(UsageError, match="no URL"):
        cite(folder, url="https://example.org/a b}")
    with pytest.raises(UsageError, match="an author has no name"):
        cite(folder, authors=("Curie, Marie", " "))
    with pytest.raises(UsageError, match="no such format"):
        told.to("word")


def test_a_group_with_and_in_its_name_is_one_author(shelf: Shelf) -> None:
    citation = cite(scored(shelf), authors=("Smith and Sons", "Curie, Marie"))
    people = parse_string(citation.bibtex, "bibtex").entries[citation.cited.key].persons["author"]
    assert ["{Smith and Sons}", "Curie, Marie"] == list(map(str, people))


def test_the_same_run_has_the_same_key_and_text_and_another_has_not(shelf: Shelf) -> None:
    folder = scored(shelf)
    first = {form: cite(folder).to(form) for form in FORMATS}
    assert first == {form: cite(folder).to(form) for form in FORMATS}
    facts = json.loads((folder / "run.json").read_text())
    assert f"srmetrics-run-{facts['sha256']['leaderboard.csv'][:8]}" == cite(folder).cited.key
    assert cite(folder).cited.key != cite(scored(Shelf(shelf.root / "other"), images=7)).cited.key


def test_every_sentence_of_every_preset_is_kept_whole() -> None:
    for name in PRESETS:
        paragraph = explain(name).partition("\n\n")[0]
        sentences = sentences_of(paragraph)
        assert paragraph == " ".join(sentences)
        assert len(sentences) >= 4
        assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)


@pytest.mark.parametrize("name", list(PRESETS))
def test_formulas_of_every_preset_are_set_as_mathematics(name: str) -> None:
    from harness.citation.marked_text import to_latex_text

    text = to_latex_text(explain(name).partition("\n\n")[0], {})
    assert r"\textasciicircum" not in text
    assert r"$10 \log_{10}(L^2 / \mathrm{MSE})$" in text
    assert re.search(r"\d+ \$\\times\$ \d+ pixels", text)
    assert text.count("$") % 2 == 0
