"""A version's folder as a whole: all files or none, the same bytes, and nothing in it that data could abuse."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.costing.lines import cost
from wfm.errors import InputError
from wfm.policy.load import policy_of
from wfm.publishing import publish as publishing
from wfm.publishing.coverage_strip import day_coverages
from wfm.publishing.publish import publish
from wfm.publishing.table import harmless
from wfm.publishing.version import PublishedVersion, calendar_name


def published(tmp_path, week, version, roster=None, **options):
    lines = cost(week.roster, week.coverage, week.centre, week.people)
    requirement = week.coverage[["queue", "interval_start"]].assign(
        agents=1.0, aht_assumed=week.coverage["queue"] == "vip"
    )
    return publish(
        tmp_path, version, week.roster if roster is None else roster, week.coverage, week.violations, lines,
        requirement, week.centre, week.people, **options,
    )  # fmt: skip


def everything(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_version_is_a_folder_of_page_table_spreadsheet_and_a_calendar_an_agent(tmp_path, week, version):
    files = published(tmp_path, week, version)
    assert all(file.exists() for file in files)
    names = {file.relative_to(tmp_path / "2026-03-23" / "v1").as_posix() for file in files}
    calendars = {f"calendars/{calendar_name(version, agent.id)}" for agent in week.people.agents}
    assert names == {"index.html", "roster.csv", "roster.xlsx"} | calendars
    assert not [path for path in (tmp_path / "2026-03-23").iterdir() if path.name.startswith(".")]


def test_the_same_version_is_the_same_bytes_wherever_and_whenever_it_is_written(tmp_path, week, version, monkeypatch):
    published(tmp_path / "here", week, version)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    published(tmp_path / "there", week, version)
    assert everything(tmp_path / "here") == everything(tmp_path / "there")


def test_publishing_the_same_again_changes_nothing_but_other_content_is_refused(tmp_path, week, version):
    published(tmp_path, week, version)
    before = everything(tmp_path)
    published(tmp_path, week, version)
    with pytest.raises(InputError, match="published already"):
        published(tmp_path, week, version, roster=week.roster.iloc[:5])
    assert everything(tmp_path) == before


@pytest.mark.parametrize("stage", ["page_html", "spreadsheet", "_calendar"])
def test_a_failure_leaves_nothing_behind(tmp_path, week, version, monkeypatch, stage):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(publishing, stage, fail)
    with pytest.raises(OSError, match="disk full"):
        published(tmp_path, week, version)
    assert not list(tmp_path.rglob("*.*"))


def test_a_failure_while_files_are_written_removes_the_temporary_folder(tmp_path, week, version, monkeypatch):
    written = []
    original = type(tmp_path).write_bytes

    def fail_at_the_third(self, content):
        written.append(self)
        if len(written) == 3:
            raise OSError("disk full")
        return original(self, content)

    monkeypatch.setattr(type(tmp_path), "write_bytes", fail_at_the_third)
    with pytest.raises(OSError, match="disk full"):
        published(tmp_path, week, version)
    assert len(written) == 3
    assert list((tmp_path / "2026-03-23").iterdir()) == []


def test_nothing_published_says_why_somebody_is_away_or_what_he_earns(tmp_path, week, version):
    published(tmp_path, week, version)
    page = (version.folder(tmp_path) / "index.html").read_text(encoding="utf-8")
    table = (version.folder(tmp_path) / "roster.csv").read_text(encoding="utf-8")
    assert "sick" not in page
    assert "sick" not in table
    assert "away" in table
    book = openpyxl.load_workbook(version.folder(tmp_path) / "roster.xlsx")
    costs = [cell.value for row in book["Cost"].iter_rows() for cell in row]
    assert not {agent.id for agent in week.people.agents} & set(costs)
    assert not {agent.name for agent in week.people.agents} & set(costs)


class Outline(HTMLParser):
    """Tags in order, with their attributes, and the text outside style."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


@pytest.fixture
def page(tmp_path, week, version):
    published(tmp_path, week, version)
    return (version.folder(tmp_path) / "index.html").read_text(encoding="utf-8")


def test_the_page_escapes_what_comes_from_data(page, week):
    outline = Outline(page)
    assert "script" not in {tag for tag, _ in outline.tags}
    text = "".join(outline.text)
    for agent in week.people.agents:
        assert agent.name in text
    assert "Nordlicht & Söhne" in text


def test_the_page_is_one_file_and_loads_nothing(page):
    outline = Outline(page)
    loading = {"src", "href", "srcset", "data", "action"}
    assert not [(tag, attrs) for tag, attrs in outline.tags if loading & set(attrs)]
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_can_be_read_aloud(page):
    outline = Outline(page)
    assert all(attrs.get("scope") in ("row", "col", "rowgroup") for tag, attrs in outline.tags if tag == "th")
    caption = page[page.index("<caption>") : page.index("</caption>")]
    assert "version 1" in caption
    assert "Europe/Berlin" in caption
    drawings = [attrs for tag, attrs in outline.tags if tag == "svg"]
    assert all("aria-label" in attrs or attrs.get("aria-hidden") == "true" for attrs in drawings)


def test_the_page_shows_shifts_of_each_site_on_its_own_clock(page):
    text = " ".join("".join(Outline(page).text).split())
    assert "22:00–06:00 +1" in text
    assert text.count("09:00–17:30") == 5  # ada thrice, and jun and lin in Shanghai
    assert "times in Asia/Shanghai" in text
    assert "Broken" in text
    assert "is assumed" in text


def test_changes_against_the_version_before_are_marked(tmp_path, week, version):
    later = replace(version, number=2, published_at=datetime(2026, 3, 18, tzinfo=UTC))
    moved = week.roster.copy()
    of_bob = moved["agent"] == "bob"
    moved.loc[of_bob, ["start", "end"]] += pd.Timedelta(minutes=30)
    published(tmp_path, week, later, roster=moved, previous=week.roster)
    page = (later.folder(tmp_path) / "index.html").read_text(encoding="utf-8")
    assert "1 change since the last version" in page
    assert "was 13:00–21:30" in page


def test_the_table_is_harmless_and_complete(tmp_path, week, version):
    published(tmp_path, week, version)
    content = (version.folder(tmp_path) / "roster.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert len(rows) == len(week.roster)
    assert {row["name"] for row in rows if row["agent"] == "bob"} == {"'=cmd|'/c calc'!A0"}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    starts = pd.to_datetime([row["start"] for row in rows], utc=True)
    assert sorted(starts) == sorted(week.roster["start"])


@given(st.text(), st.sampled_from(["=", "+", "-", "@", "\t", "\r"]))
def test_no_cell_starts_a_formula_and_nothing_else_is_touched(text, start):
    assert harmless(start + text) == "'" + start + text
    assert harmless("x" + text) == "x" + text


def test_spreadsheet_users_may_have_a_byte_order_mark(tmp_path, week, version):
    published(tmp_path, week, version, csv_encoding="utf-8-sig")
    assert (version.folder(tmp_path) / "roster.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.fixture
def book(tmp_path, week, version):
    published(tmp_path, week, version)
    return openpyxl.load_workbook(version.folder(tmp_path) / "roster.xlsx")


def test_the_spreadsheet_holds_real_local_times_and_no_formula(book):
    assert book.sheetnames == ["Roster", "Coverage", "Cost", "Parameters"]
    header, *rows = book["Roster"].iter_rows(values_only=True)
    night = next(dict(zip(header, row, strict=True)) for row in rows if row[0].startswith("<script>"))
    assert night["Work date"] == datetime(2026, 3, 28)  # noqa: DTZ001 - spreadsheets hold naive local times
    assert (night["Start"].hour, night["End"].day, night["End"].hour) == (22, 29, 6)
    assert night["Paid hours"] == 7  # 22:00 to 06:00 in the night that lacks an hour
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert "=cmd|'/c calc'!A0" in {cell.value for cell in cells if cell.data_type == "s"}


def test_every_sheet_is_frozen_filtered_and_one_page_wide(book, version):
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is the default
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$1"
    assert book.properties.created == version.stamp.replace(tzinfo=None)


def test_the_spreadsheet_adds_up_to_the_cost_lines(book, week):
    lines = cost(week.roster, week.coverage, week.centre, week.people)
    rows = list(book["Cost"].iter_rows(values_only=True))
    header, total = rows[0], rows[-1]
    amount = header.index("Amount (EUR)")
    assert round(total[amount] * 100) == lines["amount"].sum()
    assert round(sum(row[amount] for row in rows[1:] if row[2]) * 100) == lines["amount"].sum()


def test_a_longer_period_has_a_table_a_week(tmp_path, week, version):
    published(tmp_path, week, replace(version, days=17))
    page = (version.folder(tmp_path) / "index.html").read_text(encoding="utf-8")
    assert page.count("<table>") == 3
    assert "6 April 2026 to 8 April 2026: Shifts by agent and day" in page


def test_days_outside_the_version_are_left_out(tmp_path, week, version):
    published(tmp_path, week, replace(version, days=1))
    rows = (version.folder(tmp_path) / "roster.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {row.split(",")[5] for row in rows} == {"2026-03-23"}


def test_a_version_needs_no_cost_no_coverage_and_no_shift(tmp_path, week, version):
    empty = week.roster.iloc[:0]
    files = publish(tmp_path, version, empty, None, week.violations.iloc[:0], None, None, week.centre, week.people)
    assert len(files) == 3 + len(week.people.agents)
    assert "All rules are kept." in files[0].read_text(encoding="utf-8")


def test_names_cannot_be_guessed_without_the_secret_and_stay_over_versions(version):
    other = replace(version, secret="another")
    assert calendar_name(version, "ada") != calendar_name(other, "ada")
    assert calendar_name(version, "ada") == calendar_name(replace(version, number=7), "ada")
    assert "secret token" not in repr(version)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"published_at": datetime(2026, 3, 16)}, "without a zone"),  # noqa: DTZ001 - what is refused
        ({"number": 0}, "not a version"),
        ({"secret": ""}, "no secret"),
        ({"zone": "Mars/Olympus"}, "unknown time zone"),
    ],
)
def test_a_version_that_cannot_be_is_refused(version, change, complaint):
    with pytest.raises(InputError, match=complaint):
        replace(version, **change)


def test_an_unknown_agent_is_named(tmp_path, week, version):
    ghost = week.roster.replace({"agent": {"ada": "ghost"}})
    with pytest.raises(InputError, match="found ghost"):
        published(tmp_path, week, version, roster=ghost)
    assert not list(tmp_path.iterdir())


def test_a_version_is_a_dataclass_of_plain_facts(version):
    assert version == PublishedVersion(**{name: getattr(version, name) for name in version.__dataclass_fields__})


def test_a_queue_that_is_short_is_not_hidden_by_another_that_has_too_many():
    queues = [{"id": "phone"}, {"id": "mail"}]
    centre = policy_of({"centre": {"name": "T"}, "sites": [{"id": "main", "zone": "UTC"}], "queues": queues})
    start = pd.Timestamp("2026-11-23T08:00Z").as_unit("us")
    rows = [("phone", start, 4.0, 2.0, -2.0), ("mail", start, 1.0, 5.0, 4.0)]
    coverage = pd.DataFrame(rows, columns=["queue", "interval_start", "required", "scheduled", "gap"])
    (day,) = day_coverages(coverage, date(2026, 11, 23), 1, "UTC", centre)
    assert (day.required_h, day.scheduled_h, day.under_h) == pytest.approx((2.5, 3.5, 1.0))
