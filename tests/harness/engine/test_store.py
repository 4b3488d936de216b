"""The store: nothing that was finished is lost, and nothing that is damaged is believed."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from harness.engine.results_file import RESULTS_NAME, SCHEMA
from harness.engine.store import open_run, read_run
from srmetrics.errors import FileError, TaskError, UsageError

ASKED = {"command": {"scale": 4}, "versions": {"numpy": "2.4"}, "inputs": {"baby": "00ff"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a run of three tasks."""
    with open_run(tmp_path / "run", ASKED) as store:
        for number in range(3):
            store.append(f"task {number}", f"from {number}", {"value": number / 3})
    return tmp_path / "run"


def values(folder: Path) -> dict[str, object]:
    return {key: record.value for key, record in read_run(folder).records.items()}


WHOLE = {f"task {number}": {"value": number / 3} for number in range(3)}


def test_what_was_appended_is_read_back(folder: Path) -> None:
    assert WHOLE == values(folder)
    assert ASKED == read_run(folder).fingerprint
    assert "from 2" == read_run(folder).records["task 2"].fingerprint


def test_each_result_is_on_disk_when_append_returns(tmp_path: Path) -> None:
    with open_run(tmp_path, ASKED) as store:
        for number in range(3):
            store.append(f"task {number}", "", number)
            assert list(range(number + 1)) == list(values(tmp_path).values())


def test_a_fresh_value_is_what_a_reader_gets(tmp_path: Path) -> None:
    with open_run(tmp_path, ASKED) as store:
        fresh = store.append("a", "", {"shape": (2, 3)}).value
    assert {"shape": [2, 3]} == fresh == values(tmp_path)["a"]


def test_a_resumed_run_has_what_it_had_and_takes_more(folder: Path) -> None:
    before = (folder / RESULTS_NAME).read_bytes()
    with open_run(folder, ASKED) as store:
        assert len(store) == 3
        assert "task 1" in store
        assert store["task 1"].value == {"value": 1 / 3}
        store.append("task 3", "from 3", None)
    assert {**WHOLE, "task 3": None} == values(folder)
    assert (folder / RESULTS_NAME).read_bytes().startswith(before)


def test_a_last_line_cut_anywhere_is_passed_over_and_taken_off_on_resuming(folder: Path) -> None:
    path = folder / RESULTS_NAME
    content = path.read_bytes()
    start = content.rstrip(b"\n").rindex(b"\n") + 1
    two = {key: value for key, value in WHOLE.items() if key != "task 2"}
    for cut in range(start, len(content)):
        path.write_bytes(content[:cut])
        assert two == values(folder)
        with open_run(folder, ASKED) as store:
            assert len(store) == 2
            store.append("task 2", "from 2", WHOLE["task 2"])
        assert content == path.read_bytes()


def test_a_first_line_cut_anywhere_starts_the_run_anew(folder: Path) -> None:
    path = folder / RESULTS_NAME
    first = path.read_bytes().split(b"\n")[0]
    for cut in {*range(14), *range(14, len(first), 10), len(first)}:
        path.write_bytes(first[:cut])
        with open_run(folder, {"another": "command"}) as store:
            assert len(store) == 0
        assert {"another": "command"} == read_run(folder).fingerprint


def test_zeros_after_the_last_line_as_a_power_cut_leaves_are_taken_off(folder: Path) -> None:
    with (folder / RESULTS_NAME).open("ab") as file:
        file.write(b"\0" * 512)
    with open_run(folder, ASKED) as store:
        assert len(store) == 3
    assert not (folder / RESULTS_NAME).read_bytes().endswith(b"\0")


def test_any_flipped_byte_is_an_error_that_names_file_and_line(folder: Path) -> None:
    path = folder / RESULTS_NAME
    content = path.read_bytes()
    # The very last byte aside: a last line without its end is one that was cut short.
    for position in range(len(content) - 1):
        damaged = bytearray(content)
        damaged[position] ^= 0x01
        path.write_bytes(damaged)
        line = content[:position].count(b"\n") + 1
        with pytest.raises(FileError, match=rf"{RESULTS_NAME}: the results are damaged at line {line}: .*--out"):
            read_run(folder)
    for position in range(0, len(content) - 1, 25):
        damaged = bytearray(content)
        damaged[position] ^= 0x80
        path.write_bytes(damaged)
        with pytest.raises(FileError, match="the results are damaged at line"), open_run(folder, ASKED):
            pass
        assert damaged == path.read_bytes(), "a damaged file was changed"


def test_a_line_that_is_there_twice_is_damage(folder: Path) -> None:
    path = folder / RESULTS_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[2]]))
    with pytest.raises(FileError, match="line 5: a second result for 'task 1'"):
        read_run(folder)


def test_a_file_of_another_kind_is_not_taken_for_a_torn_run(tmp_path: Path) -> None:
    (tmp_path / RESULTS_NAME).write_text("my notes")
    with pytest.raises(FileError, match="damaged at line 1"), open_run(tmp_path, ASKED):
        pass
    assert "my notes" == (tmp_path / RESULTS_NAME).read_text()


def test_another_schema_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.engine.results_file.SCHEMA", SCHEMA + 1)
    with pytest.raises(FileError, match=f"found schema {SCHEMA}; expected schema {SCHEMA + 1}"):
        read_run(folder)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"command": {"scale": 2}}, "command.scale differs; found 2 now; expected 4, as it began"),
        ({"versions": {"numpy": "2.5"}}, 'versions.numpy differs; found "2.5" now'),
        ({"inputs": {"baby": "00fe"}}, 'inputs.baby differs; found "00fe" now'),
        ({"inputs": {"baby": "00ff", "bird": "1"}}, "inputs.bird differs; .* expected nothing"),
    ],
)
def test_a_changed_command_or_input_is_refused_with_the_way_out(folder: Path, changed: dict, says: str) -> None:
    before = (folder / RESULTS_NAME).read_bytes()
    with pytest.raises(UsageError, match=rf"{RESULTS_NAME}: .*{says}.*--out"), open_run(folder, {**ASKED, **changed}):
        pass
    assert before == (folder / RESULTS_NAME).read_bytes()


def test_a_second_result_for_a_task_is_refused(folder: Path) -> None:
    with open_run(folder, ASKED) as store, pytest.raises(TaskError, match="two results for one task; found 'task 1'"):
        store.append("task 1", "", 0)
    assert WHOLE == values(folder)


def test_a_result_that_json_has_no_like_of_is_refused_and_named(folder: Path) -> None:
    with open_run(folder, ASKED) as store, pytest.raises(TaskError, match=r"the result of 'task 3' .* set"):
        store.append("task 3", "", {1, 2})
    assert WHOLE == values(folder)


def test_a_full_disk_is_an_error_and_leaves_whole_lines(folder: Path) -> None:
    path = folder / RESULTS_NAME
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_run(folder, ASKED) as store:
        # The kernel writes what fits and refuses the rest, as a full disk does.
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, hard))
        try:
            with pytest.raises(FileError, match=rf"{RESULTS_NAME}: a result cannot be written: File too large"):
                store.append("task 3", "", "x" * 1000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert before == path.read_bytes()
        store.append("task 3", "", "it fits")
    assert {**WHOLE, "task 3": "it fits"} == values(folder)


def test_reading_a_folder_without_a_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the folder holds no run"):
        read_run(tmp_path)
