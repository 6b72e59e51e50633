"""A delimited text file as a frame of text: nothing is guessed, and every row knows its line in the file."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import sys
import zlib
from pathlib import Path

import pandas as pd

from wfm.errors import InputError, UsageError

LINE = "line"
"""Name of the index: the line of the file on which a row ends (its only one, save for quoted line breaks)."""

_DELIMITERS = ",;\t"
_MAGIC = {
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
    b"SQLite": "a database",
}


def read_table(path: Path | str, encoding: str = "utf-8") -> pd.DataFrame:
    """The rows of a CSV file (``-``: standard input; ``.gz`` is unpacked), all values as text, missing ones as None.

    The delimiter is whichever of comma, semicolon and tab the header has most of. A byte-order mark is skipped.
    The index, named ``line``, is the line of each row in the file.

    Raises:
        UsageError: no such encoding.
        InputError: missing, empty, not text, another encoding, a ragged row; names the file and the line.
    """
    return table_of(read_text(path, encoding), source_name(path))


def source_name(path: Path | str) -> str:
    """What messages call the file."""
    return "standard input" if str(path) == "-" else Path(path).name


def read_text(path: Path | str, encoding: str = "utf-8") -> str:
    """The text of a file, unpacked and decoded.

    Raises:
        UsageError: no such encoding.
        InputError: missing, empty, not text, or in another encoding.
    """
    source = source_name(path)
    content = _content(path, source)
    if not content.strip():
        raise InputError("the file is empty", where=source, expected="a header and rows")
    return _decoded(content, encoding, source)


def _content(path: Path | str, source: str) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), mend="check the name") from error
    except OSError as error:
        raise InputError("cannot read the file", where=str(path), found=error.strerror) from error
    if content.startswith(b"\x1f\x8b"):
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError("the compressed file is damaged", where=source, found=str(error)) from error
    return content


def _decoded(content: bytes, encoding: str, source: str) -> str:
    for magic, what in _MAGIC.items():
        if content.startswith(magic):
            raise InputError("not a text file", where=source, found=what, expected="CSV", mend="save it as CSV (UTF-8)")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not encoding.lower().startswith("utf-16"):
        raise InputError("not UTF-8 text", where=source, found="UTF-16", mend="add --encoding utf-16")
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UsageError("no such encoding", found=encoding, expected="for example utf-8 or gb18030") from error
    try:
        text = content.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeDecodeError as error:
        raise _undecodable(content, error, name, source) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError("not a text file", where=f"{source}, line {line}", found="a zero byte", expected="CSV")
    return text


def _undecodable(content: bytes, error: UnicodeDecodeError, encoding: str, source: str) -> InputError:
    line = content.count(b"\n", 0, error.start) + 1
    if b"\x00" in content[:4096]:
        return InputError("not a text file", where=source, found="zero bytes", expected="CSV")
    mend = "give the file's own encoding with --encoding"
    if encoding == "utf-8":
        try:
            content.decode("gb18030")
            mend = "if it comes from a Chinese system, add --encoding gb18030"
        except UnicodeDecodeError:
            mend = "add its own encoding, for example --encoding cp1252"
    return InputError(
        f"not {encoding.upper()} text",
        where=f"{source}, line {line}",
        found=f"byte 0x{content[error.start]:02X} at position {error.start}",
        mend=mend,
    )


def delimiter_of(header: str) -> str:
    """The delimiter of a header line: whichever of comma, semicolon and tab it has most of outside quotes.

    >>> delimiter_of('queue;"start, local";offered')
    ';'
    """
    bare = "".join(part for place, part in enumerate(header.split('"')) if place % 2 == 0)
    return max(_DELIMITERS, key=bare.count)


def table_of(text: str, source: str) -> pd.DataFrame:
    """The rows of a delimited text with a header line.

    Raises:
        InputError: no rows, a ragged row, a header with a name twice or none; names the line.
    """
    lines = io.StringIO(text, newline="")
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(lines, delimiter=delimiter_of(header_line), strict=True)
    try:
        records = [(reader.line_num, record) for record in reader if any(value.strip() for value in record)]
    except csv.Error as error:
        raise InputError("cannot read the row", where=f"{source}, line {reader.line_num}", found=str(error)) from error
    (_, header), rows = records[0], records[1:]
    names = [name.strip() for name in header]
    _check_header(names, source)
    for line, record in rows:
        if len(record) != len(names):
            raise InputError(
                "a row has another number of values than the header",
                where=f"{source}, line {line}",
                found=len(record),
                expected=str(len(names)),
                mend="quote values that contain the delimiter",
            )
    columns = list(zip(*(record for _, record in rows), strict=True)) if rows else [()] * len(names)
    frame = pd.DataFrame(index=pd.Index([line for line, _ in rows], dtype="int64", name=LINE))
    for name, values in zip(names, columns, strict=True):
        frame[name] = pd.Series([value.strip() or None for value in values], index=frame.index, dtype=object)
    return frame


def _check_header(names: list[str], source: str) -> None:
    for place, name in enumerate(names, start=1):
        if not name:
            raise InputError("a column has no name", where=f"{source}, line 1, column number {place}")
        if names.count(name) > 1:
            raise InputError("two columns have one name", where=f"{source}, line 1", found=name)
