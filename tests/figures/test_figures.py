"""Figures show what the tables say, in local time, in both scripts, and are the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from wfm.errors import MissingError, TableError, UsageError
from wfm.figures.backtest import backtest_scores
from wfm.figures.clock import axis_days, clock_hours
from wfm.figures.cost_waterfall import cost_waterfall
from wfm.figures.coverage import required_against_scheduled
from wfm.figures.forecast import forecast_by_day, forecast_by_interval
from wfm.figures.forecast_error import bias_heat_map, error_by_lead_and_weekday
from wfm.figures.gantt import roster_gantt
from wfm.figures.heat_map import staffing_heat_map
from wfm.figures.reliability import reliability
from wfm.figures.service_level import service_level_curve
from wfm.figures.style import look, new_figure, save
from wfm.policy.load import policy_of
from wfm.policy.people import people_of
from wfm.tables.people import AGENTS
from wfm.tables.roster import ROSTER
from wfm.time.grid import interval_grid
from wfm.time.week import WEEKDAYS

ZONE = "Europe/Berlin"
SPRING = date(2026, 3, 23)  # its Sunday lacks an hour
CENTRE = policy_of(
    {
        "centre": {"name": "Test"},
        "sites": [{"id": "main", "zone": ZONE}],
        "queues": [{"id": "general", "name": "客服热线", "interval_min": 30}, {"id": "vip", "interval_min": 60}],
        "contracts": [{"id": "full", "hours_week": 40}],
        "pay": {"grades": {"agent": "20"}},
    }
)
PEOPLE = people_of(
    CENTRE,
    AGENTS.check(
        pd.DataFrame([("a", "Zoë Łuk"), ("b", "王小明"), ("c", "赵喆")], columns=["id", "name"]).assign(
            team="red", site="main", contract="full", skills="general", grade="agent"
        )
    ),
)


def coverage(open_hours=(0, 24)):
    parts = []
    for queue, interval_min in (("general", 30), ("vip", 60)):
        starts = interval_grid(SPRING, 7, ZONE, interval_min)
        hour = starts.tz_convert(ZONE).hour.to_numpy()
        scheduled = np.where(hour < 12, 3.0, 1.0)
        part = pd.DataFrame(
            {"queue": queue, "interval_start": starts, "required": 2.0, "scheduled": scheduled, "gap": scheduled - 2}
        )
        parts.append(part[(hour >= open_hours[0]) & (hour < open_hours[1])])
    return pd.concat(parts, ignore_index=True)


def roster():
    rows = [
        ("a", "2026-03-28 22:00", "2026-03-29 06:00", "2026-03-28", "work"),
        ("b", "2026-03-28 09:00", "2026-03-28 12:00", "2026-03-28", "work"),
        ("b", "2026-03-28 12:00", "2026-03-28 12:30", "2026-03-28", "lunch"),
        ("c", "2026-03-28 07:00", "2026-03-28 15:00", "2026-03-28", "sick"),
    ]
    table = pd.DataFrame(rows, columns=["agent", "start", "end", "work_date", "activity"]).assign(paid=True)
    for column in ("start", "end"):
        table[column] = pd.to_datetime(table[column]).dt.tz_localize(ZONE).dt.tz_convert("UTC")
    return ROSTER.check(table)


def day_forecast():
    days = pd.date_range("2026-03-23", periods=14, unit="us")
    mean = np.linspace(100, 200, 14)
    return pd.DataFrame({"queue": "general", "day": days, "mean": mean, "q025": mean * 0.7, "q10": mean * 0.8,
                         "q90": mean * 1.2, "q975": mean * 1.3})  # fmt: skip


def interval_forecast():
    starts = interval_grid(SPRING, 7, ZONE, 30)
    hour = starts.tz_convert(ZONE).hour.to_numpy()
    table = pd.DataFrame({"queue": "general", "interval_start": starts, "mean": 5.0 + hour, "q10": 4.0, "q90": 40.0})
    return table[(hour >= 8) & (hour < 20)]


def cost_lines():
    classes = pd.DataFrame({"pay_class": ["base", "night", "base"], "amount": [10_000, 500, 5_000]})
    return classes.assign(minutes=60.0)


SCORES = pd.DataFrame(
    [(method, queue, score) for queue in ("general", "vip") for method, score in (("naive", 0.09), ("blend", 0.05))],
    columns=["method", "queue", "wmape"],
)
CURVE = pd.DataFrame({"agents": [8, 9, 10], "service_level": [0.6, 0.8, 0.9], "occupancy": [0.9, 0.8, 0.7]})


def errors(key, values):
    rows = [(method, value, 0.1 + 0.02 * turn, 0.03 - 0.04 * turn) for turn, method in enumerate(("wfm", "last week"))
            for value in values]  # fmt: skip
    return pd.DataFrame(rows, columns=["method", key, "wmape", "bias"])


def biases(days):
    rows = [(day, minute, at - minute / 500) for at, day in enumerate(days) for minute in range(480, 1080, 30)]
    return pd.DataFrame(rows, columns=["weekday", "minute", "error"])


def shares():
    level = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
    of_scope = [pd.DataFrame({"scope": scope, "level": level, "below": level * 0.9, "up_to": level})
                for scope in ("interval", "day")]  # fmt: skip
    return pd.concat(of_scope)


DRAWINGS = {
    "forecast_by_day": lambda: forecast_by_day(
        day_forecast(), day_forecast().rename(columns={"mean": "offered"}), "general", ZONE
    ),
    "forecast_without_history": lambda: forecast_by_day(day_forecast().iloc[:7], None, "general", ZONE),
    "forecast_by_interval": lambda: forecast_by_interval(
        interval_forecast(), interval_forecast().rename(columns={"mean": "offered"}), "general", ZONE, 30
    ),
    "coverage": lambda: required_against_scheduled(coverage(), CENTRE),
    "heat_map": lambda: staffing_heat_map(coverage(), CENTRE),
    "heat_map_of_queue": lambda: staffing_heat_map(coverage((8, 20)), CENTRE, "general"),
    "gantt": lambda: roster_gantt(roster(), date(2026, 3, 28), CENTRE, PEOPLE),
    "service_level": lambda: service_level_curve(CURVE, "general", 0.8, 20),
    "cost": lambda: cost_waterfall(cost_lines(), "EUR"),
    "cost_of_nothing": lambda: cost_waterfall(cost_lines().iloc[:0], "JPY"),
    "backtest": lambda: backtest_scores(SCORES, "wmape", "wMAPE of intervals"),
    "backtest_unscaled": lambda: backtest_scores(SCORES.rename(columns={"wmape": "mase"}), "mase", percent=False),
    "error": lambda: error_by_lead_and_weekday(errors("lead_week", [1, 2, 3]), errors("weekday", WEEKDAYS), "general"),
    "error_of_a_week": lambda: error_by_lead_and_weekday(errors("lead_week", [1]), errors("weekday", ["friday"]), "q"),
    "bias": lambda: bias_heat_map(biases(WEEKDAYS), "general", ZONE, 30),
    "bias_of_one_day": lambda: bias_heat_map(biases(["sunday"]), "general", ZONE, 30),
    "bands": lambda: reliability(shares(), np.linspace(0, 1, 200) ** 2, "general", "too high", 50.0),
    "bands_without_pit": lambda: reliability(shares(), np.zeros(0), "general", "", 0.0),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_every_figure_is_drawn_without_a_missing_glyph_and_the_same_bytes_twice(tmp_path, name, ending):
    # warnings are errors here, so a glyph that neither font has would fail
    first = save(DRAWINGS[name](), tmp_path / f"first.{ending}").read_bytes()
    second = save(DRAWINGS[name](), tmp_path / f"second.{ending}").read_bytes()
    assert first == second
    assert first.startswith(b"\x89PNG" if ending == "png" else b"<?xml")
    assert sorted(file.name for file in tmp_path.iterdir()) == [f"first.{ending}", f"second.{ending}"]


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_text_of_a_figure_overlaps_another_or_leaves_it(name):
    figure = DRAWINGS[name]()
    with look():
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        frame = figure.bbox
        hidden = _labels_out_of_view(figure)
        texts = [
            text
            for text in figure.findobj(mpl.text.Text)
            if text.get_visible() and text.get_text().strip() and text not in hidden
        ]
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
        legends = [axes.get_legend().get_window_extent(renderer) for axes in figure.axes if axes.get_legend()]
    for at, (text, box) in enumerate(boxes):
        assert box.x0 >= frame.x0 - 1, text
        assert box.x1 <= frame.x1 + 1, text
        assert not [other for other, around in boxes[at + 1 :] if other != text and _overlap(box, around)], text
    for legend in legends:
        assert legend.y0 >= figure.axes[0].get_window_extent(renderer).y1 - 1


def _labels_out_of_view(figure):
    """Ticks outside the view of their axis are laid out but not drawn."""
    axis_list = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    return {
        label
        for axis in axis_list
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
        for label in (tick.label1, tick.label2)
    }


def _overlap(one, other):
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 1 and min(one.y1, other.y1) - max(one.y0, other.y0) > 1


def test_the_gantt_shows_wall_clock_hours_and_hides_why_somebody_is_away():
    figure = roster_gantt(roster(), date(2026, 3, 28), CENTRE, PEOPLE)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["王小明", "Zoë Łuk", "赵喆"]
    (bars,) = axes.collections
    hours = sorted({(float(x.min()), float(x.max())) for x in (path.vertices[:, 0] for path in bars.get_paths())})
    assert hours[-1] == (22, 30)  # the clock skips an hour, and shows 06:00
    shown = {text.get_text() for text in axes.get_legend().get_texts()}
    assert shown == {"work", "lunch", "away"}


def test_a_gantt_of_hundreds_is_the_shape_of_the_day_in_a_height_that_a_screen_can_scroll(tmp_path):
    count = 900
    ids = [f"a{number}" for number in range(count)]
    crowd = people_of(
        CENTRE,
        AGENTS.check(
            pd.DataFrame({"id": ids, "name": ids}).assign(
                team="red", site="main", contract="full", skills="general", grade="agent"
            )
        ),
    )
    start = pd.Timestamp("2026-03-23 07:00", tz=ZONE).tz_convert("UTC") + pd.to_timedelta(np.arange(count) % 8, "h")
    shifts = pd.DataFrame({"agent": ids, "start": start, "end": start + pd.Timedelta(hours=8)}).assign(
        work_date=pd.Timestamp("2026-03-23"), activity="work", paid=True
    )
    figure = roster_gantt(ROSTER.check(shifts), date(2026, 3, 23), CENTRE, crowd)
    assert not figure.axes[0].get_yticklabels()
    assert len(figure.axes[0].collections[0].get_paths()) == count
    assert figure.get_figheight() < 50
    assert save(figure, tmp_path / "crowd.png").exists()


def test_the_heat_map_has_a_row_a_local_day_and_leaves_the_skipped_hour_blank():
    figure = staffing_heat_map(coverage(), CENTRE, "general")
    grid = figure.axes[0].collections[0].get_array()
    assert grid.shape == (7, 48)
    assert np.ma.getmaskarray(np.ma.masked_invalid(grid))[6, 4:6].all()  # Sunday 02:00 to 03:00 did not happen
    assert grid[0, 0] == 1
    assert grid[0, -1] == -1


def test_the_heat_map_adds_queues_of_different_intervals():
    grid = staffing_heat_map(coverage(), CENTRE).axes[0].collections[0].get_array()
    assert grid.shape == (7, 48)
    assert set(np.unique(grid[:6])) == {-2.0, 2.0}


def test_the_waterfall_ends_at_the_total_of_its_parts():
    bars = cost_waterfall(cost_lines(), "EUR").axes[0].patches
    base, night, total = bars
    assert (base.get_height(), night.get_y(), night.get_height()) == (150, 150, 5)
    assert (total.get_y(), total.get_height()) == (0, 155)


def test_the_curve_marks_the_fewest_agents_that_keep_the_target():
    axes = service_level_curve(CURVE, "general", 0.8, 20).axes[0]
    assert "9 agents: 80.0%" in {text.get_text() for text in axes.texts}


def test_the_best_model_comes_first():
    legend = backtest_scores(SCORES, "wmape").axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["blend", "naive"]


def test_the_heat_map_of_bias_shows_the_mean_of_each_cell_and_days_in_order_of_the_week():
    twice = pd.concat([biases(["sunday", "monday"]), biases(["sunday", "monday"]).assign(error=0.0)])
    axes = bias_heat_map(twice, "general", ZONE, 30).axes[0]
    grid = axes.collections[0].get_array()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Monday", "Sunday"]
    assert grid.shape == (2, 20)
    assert grid[0, 0] == (1 - 480 / 500) / 2
    assert grid[1, -1] == -1050 / 500 / 2


def test_days_on_which_a_queue_is_closed_take_no_room():
    figure = error_by_lead_and_weekday(errors("lead_week", [1, 2]), errors("weekday", WEEKDAYS[:5]), "general")
    assert [label.get_text() for label in figure.axes[3].get_xticklabels()] == ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert figure.axes[0].lines[0].get_ydata().tolist() == [10, 10]


def test_bars_of_the_pit_are_shares_of_all_values():
    figure = reliability(shares(), np.array([0.01, 0.02, 0.55, 0.99]), "general", "unclear", 4.0)
    heights = [bar.get_height() for bar in figure.axes[1].containers[0]]
    assert heights == [0.5, 0, 0, 0, 0, 0.25, 0, 0, 0, 0.25]


def test_a_line_of_steps_holds_to_the_end_of_the_last_interval_and_does_not_cross_the_night():
    axes = forecast_by_interval(interval_forecast(), None, "general", ZONE, 30).axes[0]
    x, y = axes.lines[0].get_data()
    closing = axis_days(pd.DatetimeIndex(["2026-03-23T20:00+01:00", "2026-03-23T20:30+01:00"]))
    assert y[np.isclose(x, closing[0], rtol=0, atol=1e-6)] == [24.0]
    assert np.isnan(y[np.isclose(x, closing[1], rtol=0, atol=1e-6)]).all()


def test_an_override_is_drawn_beside_the_mean_and_nothing_where_there_is_none():
    table = interval_forecast()
    bare = forecast_by_interval(table, None, "general", ZONE, 30).axes[0].lines
    said = table.assign(override=np.nan)
    said.loc[said.index[:4], "override"] = 3 * said["mean"].iloc[:4]
    drawn = {line.get_label(): line for line in forecast_by_interval(said, None, "general", ZONE, 30).axes[0].lines}
    assert "planner's override" not in {line.get_label() for line in bare}
    np.testing.assert_allclose(drawn["planner's override"].get_ydata()[:4], said["override"].iloc[:4])
    np.testing.assert_array_equal(drawn["forecast"].get_ydata(), bare[0].get_ydata())


def test_clock_hours_go_on_past_midnight():
    instants = pd.Series(pd.to_datetime(["2026-03-28T21:00Z", "2026-03-29T04:00Z"], utc=True))
    assert clock_hours(instants, ZONE, pd.Timestamp("2026-03-28")).tolist() == [22, 30]


def test_bad_input_is_named():
    with pytest.raises(MissingError, match="2026-03-30"):
        roster_gantt(roster(), date(2026, 3, 30), CENTRE, PEOPLE)
    with pytest.raises(TableError, match="column smape"):
        backtest_scores(SCORES, "smape")


def test_only_png_and_svg_are_written(tmp_path):
    with pytest.raises(UsageError, match=r"report\.gif"):
        save(new_figure(2, 2, "x"), tmp_path / "report.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = save(new_figure(2, 2, "x"), tmp_path / "figure.png")
    before = path.read_bytes()

    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save(new_figure(3, 3, "y"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_drawing_leaves_global_settings_alone_and_never_loads_pyplot():
    before = dict(mpl.rcParams)
    assert isinstance(DRAWINGS["cost"](), Figure)
    assert dict(mpl.rcParams) == before
    code = "import sys, wfm.figures.forecast, wfm.figures.gantt; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_heat_map_holds_intervals_of_which_neither_is_a_part_of_the_other():
    queues = [{"id": "general", "interval_min": 20}, {"id": "vip", "interval_min": 30}]
    centre = policy_of({"centre": {"name": "T"}, "sites": [{"id": "main", "zone": ZONE}], "queues": queues})
    starts = {"general": ["08:00", "08:20", "08:40"], "vip": ["08:00", "08:30"]}
    rows = [(queue, f"{SPRING}T{at}+01:00") for queue, clock in starts.items() for at in clock]
    table = pd.DataFrame(rows, columns=["queue", "interval_start"]).assign(required=3.0, scheduled=2.0, gap=-1.0)
    table["interval_start"] = pd.to_datetime(table["interval_start"], utc=True).astype("datetime64[us, UTC]")
    grid = staffing_heat_map(table, centre).axes[0].collections[0].get_array()
    assert grid.shape == (1, 6)
    assert set(np.unique(grid)) == {-2.0}


def test_a_name_that_no_font_here_has_is_drawn_without_a_warning(tmp_path):
    assert save(new_figure(4, 2, "José \N{WOMAN}"), tmp_path / "name.png").exists()
