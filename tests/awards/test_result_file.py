"""The result file: what is refused and where, what its hash covers, and that a change shows (awards.md §3.6, AW-33)."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from exhibitions.awards import commands
from exhibitions.awards.rules import result_file
from exhibitions.awards.rules.judging import decide
from exhibitions.awards.service import bundle
from tests.awards.judged import Judge, Refusal, a_file, by_rules, of_scores, quotas

ROOT = Path(__file__).resolve().parents[2]


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(commands.awards, ["recompute", str(path), *options])


def written(folder: Path, file: dict[str, Any] | bytes) -> Path:
    path = folder / "result.json"
    path.write_bytes(file if isinstance(file, bytes) else msgspec.json.encode(file))
    return path


def sealed(folder: Path, file: dict[str, Any]) -> dict[str, Any]:
    out = folder / "sealed.json"
    assert run(written(folder, file), "--seal", str(out)).exit_code == 0
    content: dict[str, Any] = json.loads(out.read_bytes())
    return content


FILE = a_file({"A": [88, 86, 90], "B": ["80.5", 82, 84], "C": [70, 70, 71]})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"entries": [{"entry": "A"}, {"entry": "A"}]}, "entries[1]: Entry A is there twice."),
        ({"sheets": FILE["sheets"] * 2}, "sheets[9]: Juror J1 has two sheets for entry A in one round."),
        ({"sheets": [{"entry": "X", "juror": "J"}]}, "sheets[0]: There is no entry X."),
        ({"sheets": [{"entry": "A", "juror": "J", "round": "9"}]}, "sheets[0]: There is no round 9."),
        (
            {"sheets": [{"entry": "A", "juror": "J", "scores": {"score": 101}}]},
            "sheets[0].scores: 101 is not a mark for “score”: it goes from 0 to 100.",
        ),
        (
            {"sheets": [{"entry": "A", "juror": "J", "scores": {"smell": 1}}]},
            "sheets[0].scores: The rubric has no criterion “smell”.",
        ),
        ({"ballots": [{"juror": "J", "order": [["A"]]}]}, "ballots[0]: A ranking round takes orders"),
        ({"ballots": [{"juror": "J", "order": [["A", "A"]]}]}, "ballots[0]: Entry A is there twice."),
        ({"ballots": [{"juror": "J", "order": []}] * 2}, "ballots[1]: Juror J has two orders in one round."),
        ({"ballots": [{"juror": "J", "order": [["X"]]}]}, "ballots[0]: There is no entry X."),
        ({"categories": [{"category": "Y"}]}, "entries[0].category: There is no category “”."),
        ({"categories": [{"category": ""}] * 2}, "categories[1]: Category “” is there twice."),
        (
            {"categories": [{"category": "", "levels": [{"medal": "G"}]}]},
            "categories[0].levels: Say from which score on “G” is given, or how many there are.",
        ),
        (
            {"deliberation": {"second_judging": [{"entry": "X", "decision": "award", "by": "Li"}]}},
            "deliberation.second_judging[0]: There is no entry X.",
        ),
        (
            {"deliberation": {"second_judging": [{"entry": "A", "decision": "award", "by": " "}] * 2}},
            "deliberation.second_judging[1]: Entry A is there twice.",
        ),
        (
            {"deliberation": {"second_judging": [{"entry": "A", "decision": "award", "by": " "}]}},
            "deliberation.second_judging[0]: Say who decided in second judging.",
        ),
        (
            {"deliberation": {"casting_votes": [{"order": ["A", "B"], "by": "Li", "reason": "x"}]}},
            "deliberation.casting_votes: The rules know no casting vote.",
        ),
        (
            {"deliberation": {"casting_votes": [{"order": ["B", "B", "A"], "by": "Li", "reason": "x"}]}},
            "deliberation.casting_votes[0]: Entry B is there twice.",
        ),
        (
            {"deliberation": {"casting_votes": [{"order": ["A", "X"], "by": "Li", "reason": " "}]}},
            "deliberation.casting_votes[0]: A casting vote needs a name and a reason.",
        ),
    ],
)
def test_a_case_that_contradicts_itself_is_refused_with_the_place(
    tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    done = run(written(tmp_path, FILE | change), "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (
            {"levels": [{"medal": "G", "at_least": 80}, {"medal": "S", "at_least": 80}]},
            "“G” must need a higher",
        ),
        (
            {"levels": [{"medal": "S", "at_least": 80}, {"medal": "G", "at_least": 90}]},
            "“S” must need a higher",
        ),
        ({"levels": [{"medal": "G", "places": 1}] * 2}, "A medal is there twice."),
        ({"levels": quotas(**{f"M{index}": 1 for index in range(21)})}, "more than 20 kinds"),
        ({"criteria": []}, "A rubric has 1 to 50 criteria."),
        ({"criteria": [{"code": "a", "weight": 50}] * 2}, "A criterion is there twice."),
        ({"criteria": [{"code": "a", "weight": 100}, {"code": "b", "weight": 0}]}, "“b” must be above zero"),
        ({"criteria": [{"code": "a", "weight": 100, "min": 5, "max": 5}]}, "must end above its beginning"),
        ({"criteria": [{"code": "a", "weight": 100, "max": 10, "step": 3}]}, "does not divide its scale"),
        ({"criteria": [{"code": "a", "weight": 100, "step": 0}]}, "does not divide its scale"),
        ({"cap": 0}, "The cap is a share above 0"),
        ({"cap": 1.01}, "The cap is a share above 0"),
        ({"tie_chain": ["median", "median"]}, "is there twice"),
        ({"tie_at_border": "tiebreak"}, "Say by which steps ties are broken."),
        ({"cap": 0.3, "tie_at_cap": "tiebreak"}, "Say by which steps ties are broken."),
        ({"oiv_distance": 0}, "The distance from the mean must be above zero."),
    ],
)
def test_rules_that_cannot_be_used_are_refused(tmp_path: Path, rules: dict[str, Any], sentence: str) -> None:
    done = run(written(tmp_path, FILE | {"rules": rules}))
    assert done.exit_code == 1
    assert f"rules: {sentence}" in done.stderr or sentence in done.stderr


def test_a_mark_between_the_steps_of_its_scale(tmp_path: Path) -> None:
    file = a_file({"A": ["88.25"]}, rules={"criteria": [{"code": "score", "weight": 100, "step": 0.5}]})
    assert "marks go in steps of 0.5" in run(written(tmp_path, file)).stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"\xff\xfe{}",
        b'{"format": "something-else", "version": 1}',
        msgspec.json.encode(FILE | {"version": 2}),
        msgspec.json.encode(FILE | {"surprise": 1}),
        msgspec.json.encode(FILE | {"entries": [{"entry": "A\x1b[2J"}]}),
        msgspec.json.encode(FILE).replace(b'"score":86', b'"score":86,"score":99'),
        b"[" * 100_000,
    ],
)
def test_what_is_no_result_file(tmp_path: Path, content: bytes) -> None:
    done = run(written(tmp_path, content))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "The result file cannot be read:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mark", ["NaN", "Infinity", "1E+9999999", "1E-9999999", 10**10])
def test_numbers_that_cannot_be_judged(tmp_path: Path, mark: Any) -> None:
    done = run(written(tmp_path, a_file({"A": [mark]})))
    assert done.exit_code == 1
    assert "is no number that can be judged" in done.stderr


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_file, "MOST_BYTES", 1 << 20)
    assert "larger than 1 MB" in run(written(tmp_path, b" " * ((1 << 20) + 1))).stderr


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert run(written(tmp_path, b"\xef\xbb\xbf" + msgspec.json.encode(FILE))).exit_code == 0


def test_many_mistakes_are_told_up_to_a_number(tmp_path: Path) -> None:
    done = run(written(tmp_path, FILE | {"entries": []}))
    assert done.stderr.count("There is no entry") == 9
    done = run(written(tmp_path, a_file({"A": list(range(101, 131))})))
    assert "... and 10 more." in done.stderr


def test_a_sealed_file_states_its_own_result(tmp_path: Path) -> None:
    file = sealed(tmp_path, FILE)
    assert [line["medal"] for line in file["result"]["ranking"]] == ["G", "S", None]
    again = json.loads(run(written(tmp_path, file), "--json").stdout)
    assert (again["differences"], again["hash"]) == ([], file["hash"])


def test_an_exact_result_is_sealed_with_its_fraction(tmp_path: Path) -> None:
    file = sealed(tmp_path, a_file({"A": [88, 88, 89]}, rules={"rounding": "exact"}))
    assert file["result"]["ranking"][0]["score"] == "265/3"
    assert json.loads(run(written(tmp_path, file), "--json").stdout)["differences"] == []


def test_sealing_keeps_every_mark_as_it_was_written(tmp_path: Path) -> None:
    assert run(written(tmp_path, FILE), "--seal", str(tmp_path / "s.json")).exit_code == 0
    assert b'"score": 80.5' in (tmp_path / "s.json").read_bytes()


TAMPERED: dict[str, tuple[tuple[str | int, ...], Any]] = {
    "a mark": (("sheets", 0, "scores", "score"), 70),
    "a medal": (("result", "ranking", 1, "medal"), "G"),
    "a score": (("result", "ranking", 1, "score"), 99),
    "a rank": (("result", "ranking", 1, "rank"), 1),
    "a number of medals": (("result", "medals", "G"), 2),
    "one more": (("result", "ranking", 0, "entry"), "X"),
    "one less": (("result", "ranking"), []),
    "one twice": (
        ("result", "ranking", 0),
        {"entry": "B", "score": 99, "rank": 1, "medal": "GG", "flags": []},
    ),
    "a fraction": (("result", "ranking", 0, "score"), "1/0"),
    "no number": (("result", "ranking", 0, "score"), "sNaN"),
    "a company": (("entries", 0, "company"), "Somebody else"),
    "a threshold": (("rules", "levels", 0, "at_least"), 93),
    "the award": (("award", "name_en"), "Another award"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_file_is_told(tmp_path: Path, what: str) -> None:
    file = sealed(tmp_path, FILE)
    (*path, last), value = TAMPERED[what]
    place: Any = file
    for step in path:
        place = place[step]
    place[last] = value
    done = run(written(tmp_path, file), "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["differences"]
    assert found["differences"][0] in done.stderr


def test_the_hash_is_over_content_and_not_over_spelling() -> None:
    spelled = json.loads(json.dumps(FILE))
    spelled["sheets"][0]["scores"]["score"] = "88.000"
    spelled["sheets"][0]["round"] = "1"
    spelled["rules"]["quorum"] = 3
    spelled["sheets"].reverse()
    spelled["entries"].reverse()
    spelled["sheets"][1]["scores"]["score"] = float(spelled["sheets"][1]["scores"]["score"])
    assert by_rules(spelled).document["hash"] == by_rules(FILE).document["hash"]
    spelled["sheets"][0]["scores"]["score"] = 71.5
    assert by_rules(spelled).document["hash"] != by_rules(FILE).document["hash"]


def override(**parts: Any) -> dict[str, Any]:
    change = {
        "entry": "A",
        "was": "G",
        "becomes": "GG",
        "reason": "after tasting",
        "signed_by": ["Li", "Wang"],
    }
    return FILE | {"deliberation": {"overrides": [change | parts]}}


def test_a_medal_changed_in_deliberation_is_marked_and_changes_the_hash(judge: Judge) -> None:
    found = judge(override())
    assert (found.line("A")["medal"], found.line("A")["flags"]) == ("GG", ["OVERRIDE"])
    assert found.document["hash"] != judge(FILE).document["hash"]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"signed_by": ["Li"]}, "signed by two different people"),
        ({"signed_by": ["Li", " li "]}, "signed by two different people"),
        ({"reason": " "}, "needs a reason"),
        ({"becomes": "G"}, "must become another one"),
        ({"was": "S"}, "another medal than the change begins with"),
        ({"becomes": "PLATINUM"}, "There is no medal PLATINUM."),
        ({"entry": "X"}, "There is no entry X."),
    ],
)
def test_a_change_that_is_refused(judge_file: Judge, parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        judge_file(override(**parts))


def test_two_changes_of_one_entry(judge: Judge) -> None:
    file = override()
    file["deliberation"]["overrides"] *= 2
    with pytest.raises(Refusal, match="changed twice"):
        judge(file)


def test_a_change_gives_no_medal_without_a_quorum(judge: Judge) -> None:
    file = a_file({"A": [95], "B": [90, 90, 90]})
    file["deliberation"] = override(was=None)["deliberation"]
    with pytest.raises(Refusal, match="not judged by enough jurors"):
        judge(file)


def test_a_change_gives_no_medal_to_what_jurors_want_no_award_for(judge: Judge) -> None:
    file = override(was=None)
    file["sheets"] = [sheet | {"eliminated": sheet["entry"] == "A"} for sheet in file["sheets"]]
    with pytest.raises(Refusal, match="Jurors want no award for entry A"):
        judge(file)


def test_a_seal_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = run(written(tmp_path, FILE), "--seal", str(tmp_path / "nowhere" / "sealed.json"))
    assert (done.exit_code, "cannot be written" in done.stderr) == (1, True)


def test_marks_of_a_draft_are_nobody_s_business(judge: Judge) -> None:
    file = a_file({"A": [90, 90, 90]})
    file["sheets"].append({"entry": "A", "juror": "J9", "state": "draft", "scores": {"score": 999}})
    assert judge(file).line("A")["n"] == 3


def test_a_change_cannot_exceed_the_cap(judge: Judge) -> None:
    file = of_scores([95, 94, 60, 60], rules={"cap": 0.25})
    file["deliberation"] = override(entry="E02", was=None, becomes="G")["deliberation"]
    with pytest.raises(Refusal, match="there would be 2 medals; the cap allows 1"):
        judge(file)
    file["rules"]["cap_is_target"] = True
    assert len(judge(file).medals()) == 2


def test_more_places_than_entries_is_a_warning(judge: Judge) -> None:
    found = judge(of_scores([90, 80], rules={"levels": quotas(G=2, S=3)}))
    assert found.document["warnings"] == ["There are 5 medals for 2 entries."]


def test_why_this_medal_is_told_step_by_step(tmp_path: Path) -> None:
    done = run(written(tmp_path, FILE), "--why", "A")
    assert done.stdout.splitlines() == [
        "1. 3 sheets, mean 88.",
        "2. Score that is compared: 88.00.",
        "3. “G” is given from 85 on.",
        "Medal: G.",
    ]
    assert "There is no entry X." in run(written(tmp_path, FILE), "--why", "X").stderr


def test_the_table_for_people(tmp_path: Path) -> None:
    done = run(written(tmp_path, FILE))
    assert "   1      88.00  G        A\n" in done.stdout
    assert "GG 0  G 1  S 1  B 0" in done.stdout


def packed(folder: Path, **parts: bytes) -> Path:
    """A published ZIP with some of its files exchanged."""
    path = folder / "result.zip"
    whole = bundle.bundle(
        result_file.sealed(content := result_file.read(msgspec.json.encode(FILE)), decide(content))
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content_ in (
            files | {name.replace("_", "."): found for name, found in parts.items()}
        ).items():
            archive.writestr(name, content_)
    return path


def test_the_zip_is_recomputed_as_it_was_published(tmp_path: Path) -> None:
    done = run(packed(tmp_path), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["medals"] == {"GG": 0, "G": 1, "S": 1, "B": 0}


def test_a_zip_with_another_file_in_it_is_told(tmp_path: Path) -> None:
    done = run(packed(tmp_path, ranking_csv=b"rank\n1\n"))
    assert (done.exit_code, "ranking.csv is not the file that was packed." in done.stderr) == (1, True)


def test_a_zip_that_is_none_of_ours_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "x")
    assert "other.zip holds no result.json." in run(path).stderr
    path.write_bytes(packed(tmp_path).read_bytes()[:-400] + b"PK\x05\x06" + bytes(18))
    assert run(path).exit_code == 1


def test_it_needs_no_database(tmp_path: Path) -> None:
    path = written(tmp_path, FILE)
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "awards", "recompute", str(path), "--json"],
        env={
            **os.environ,
            "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
            "DATA_DIR": str(tmp_path),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["medals"] == {"GG": 0, "G": 1, "S": 1, "B": 0}


def test_the_example_of_the_documentation_is_true() -> None:
    text = (ROOT / "docs" / "result-file.md").read_text("utf-8")
    example = text.split("```json\n")[1].split("```")[0].encode()
    content = result_file.read(example)
    found = result_file.document(content, decide(content))
    assert found["differences"] == []
    assert content.hash == found["hash"]


def test_the_short_examples_of_the_documentation_are_judged() -> None:
    text = (ROOT / "docs" / "result-file.md").read_text("utf-8")
    _, _, orders, quotas = text.split("```json\n")
    medals = [decide(result_file.read(each.split("```")[0].encode())).medals for each in (orders, quotas)]
    assert medals == [{"G": 1, "S": 1}, {"G": 1, "S": 1, "B": 0}]


def test_the_documentation_names_every_field() -> None:
    text = (ROOT / "docs" / "result-file.md").read_text("utf-8")
    seen: set[type] = set()

    def fields(kind: type) -> set[str]:
        names: set[str] = set()
        for field in msgspec.structs.fields(kind):
            names.add(field.name)
            for part in _structs(field.type):
                if part not in seen:
                    seen.add(part)
                    names |= fields(part)
        return names

    assert {name for name in fields(result_file.ResultFile) if f"`{name}`" not in text} == set()


def _structs(annotation: Any) -> list[type]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [each for part in getattr(annotation, "__args__", ()) for each in _structs(part)]
