"""Files: what is no text, no table or another encoding is refused by name, line and way to mend."""

from __future__ import annotations

import gzip
import io

import pytest

from wfm.errors import InputError, UsageError
from wfm.importing.reading import read_table

TEXT = "queue,offered\ngeneral,1\n中文,2\n"


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"", "the file is empty", "file.csv"),
        (b" \n\n", "the file is empty", "file.csv"),
        (b"PK\x03\x04rest", "not a text file", "file.csv"),
        (b"a,b\n1,\x00\n", "not a text file", "line 2"),
        (b"\x89\x00\xff\xfe\x00", "not a text file", "file.csv"),
        (b"a,b\n1,2\n3\n", "another number of values", "line 3"),
        (b"a,b\n1,2\n\n3,4,5\n", "another number of values", "line 4"),
        (b'a,b\n"x\ny",2\n3\n', "another number of values", "line 4"),
        (b"a,a\n1,2\n", "two columns have one name", "line 1"),
        (b"a,\n1,2\n", "a column has no name", "line 1"),
        (b'a,b\n1,"2\n', "cannot read the row", "line"),
        ("a;b\n1;ü\n".encode("utf-16"), "not UTF-8 text", "file.csv"),
        (b"\x1f\x8bdamaged", "damaged", "file.csv"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, content, what, where):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=what) as refusal:
        read_table(path)
    assert where in (refusal.value.where or "")


def test_gb18030_without_its_name_is_refused_at_its_byte_and_read_with_it(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(InputError) as refusal:
        read_table(path)
    assert "line 3" in (refusal.value.where or "")
    assert "position 24" in str(refusal.value.found)
    assert "--encoding gb18030" in (refusal.value.mend or "")
    assert read_table(path, "gb18030")["queue"].tolist() == ["general", "中文"]


def test_a_folder_or_nothing_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read the file"):
        read_table(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.csv")


def test_an_unknown_encoding_is_a_matter_of_usage(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(UsageError, match="no such encoding"):
        read_table(path, "utf-99")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        gzip.compress(TEXT.encode(), mtime=0),
    ],
    ids=["plain", "byte-order mark", "semicolons", "tabs", "CRLF", "packed"],
)
def test_every_dress_of_a_table_is_read_alike(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    frame = read_table(path)
    assert frame.to_dict("list") == {"queue": ["general", "中文"], "offered": ["1", "2"]}
    assert frame.index.tolist() == [2, 3]


def test_nothing_is_guessed_and_missing_is_none(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("id,flag,empty\n007,NA, \n1e3,true,\n", encoding="utf-8")
    frame = read_table(path)
    assert frame["id"].tolist() == ["007", "1e3"]
    assert frame["flag"].tolist() == ["NA", "true"]
    assert frame["empty"].tolist() == [None, None]


def test_rows_know_their_line_in_spite_of_blanks_and_line_breaks(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text('a,b\n\n1,2\n"x\ny",3\n4,5\n', encoding="utf-8")
    assert read_table(path).index.tolist() == [3, 5, 6]


def test_a_dash_is_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read_table("-")["offered"].tolist() == ["1", "2"]
