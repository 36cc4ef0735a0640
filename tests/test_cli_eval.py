"""People measure merging on their own labels and are told what was judged wrongly."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from aggregator.model.dedup import Evidence, Relation, Verdict
from aggregator.store import merge_queries, stories
from aggregator.store.database import Database
from tests.reports import HARBOUR, RIVAL, cut
from tests.shell import Shell
from tests.stored import NOW, add_article, add_feeds


def side(text: str, outlet: str) -> dict[str, str]:
    return {"text": text, "outlet": outlet}


def written(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_labelled_pairs_are_scored_and_errors_named(shell: Shell, tmp_path: Path) -> None:
    one = side(HARBOUR, "one.example")
    file = written(
        tmp_path / "pairs.jsonl",
        {"a": one, "b": side(cut(HARBOUR, 4), "two.example"), "label": "copy"},
        {"a": one, "b": side(RIVAL, "two.example"), "label": "copy"},
        {"a": one, "b": side(RIVAL, "two.example"), "label": "different"},
        {"a": one, "b": side(RIVAL, "two.example"), "label": "debatable"},
    )
    code, out, _ = shell.types("eval", file, "--json", "--errors")
    told = json.loads(out)
    assert code == 0
    assert (told["found"], told["missed"], told["wrong"], told["kept_apart"], told["debatable"]) == (1, 1, 0, 1, 1)
    assert [error["line"] for error in told["errors"]] == [2]
    code, out, _ = shell.types("eval", file)
    assert code == 0
    assert "3 pairs counted, 1 debatable pair excluded" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "name a file"),
        (("missing.jsonl",), "missing.jsonl cannot be read"),
        (("--sample", "3"), "--sample needs --output"),
        (("bad.jsonl",), "bad.jsonl, line 1: is not JSON"),
        (("unknown.jsonl",), "line 1: article 41 is not in the database"),
    ],
)
def test_mistakes_are_told_in_sentences(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    shell.configured()
    (tmp_path / "bad.jsonl").write_text("{\n")
    written(tmp_path / "unknown.jsonl", {"a": 41, "b": side("words", "x.example"), "label": "copy"})
    code, _, err = shell.types("eval", *arguments)
    assert code == 2
    assert expected in err


def test_labels_are_added_at_once_and_labelling_goes_on_where_it_stopped(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.configured()
    assert shell.types("migrate")[0] == 0
    database = Database(f"sqlite:///{tmp_path / 'data' / 'aggregator.db'}")
    add_feeds(database, "one", "two", "three")
    one = add_article(database, "one", "1", HARBOUR)
    two = add_article(database, "two", "2", cut(HARBOUR, 4))
    three = add_article(database, "three", "3", RIVAL)
    copy = Verdict(relation=Relation.NEAR_COPY, rule="r", evidence=Evidence(shorter=1.0))
    apart = Verdict(relation=Relation.RELATED, rule="r", evidence=Evidence(shorter=0.4))
    with database.writing() as session:
        story = stories.create_story(session, one, key="k", settle_at=NOW, now=NOW, reason="new")
        stories.add_copy(session, two, story, verdict=copy, against_id=one, now=NOW)
        merge_queries.store_verdict(session, three, one, apart, now=NOW)
    output = tmp_path / "labels.jsonl"

    def label(keys: str) -> list[dict[str, object]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(keys))
        code, _, err = shell.types("eval", "--sample", "5", "--output", str(output))
        assert (code, err) == (0, "")
        return [json.loads(line) for line in output.read_text().splitlines()]

    # the input ends after one label, as after Ctrl-D; what is no key is asked again
    assert label("x\nn\n") == [{"a": one, "b": three, "label": "different"}]
    # an editor may have taken the last line end away
    output.write_text(output.read_text().rstrip("\n"))
    assert label("y\n")[1:] == [{"a": one, "b": two, "label": "copy"}]
    assert len(label("")) == 2
    code, out, _ = shell.types("eval", str(output), "--json")
    assert code == 0
    assert (json.loads(out)["found"], json.loads(out)["kept_apart"]) == (1, 1)
    database.close()
