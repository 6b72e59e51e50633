"""Deferred queues blended into idle time: the tables, and a whole fortnight simulated with the rule it comes with."""

from __future__ import annotations

import heapq
from collections import deque
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import PolicyError
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.policy.load import policy_of
from wfm.staffing.blend_saving import blend_rule, blend_saving
from wfm.staffing.requirement import staff

VOICE: dict[str, Any] = {
    "id": "voice",
    "opening": "08:00-20:00",
    "target": {"service_level": 0.8, "threshold_s": 20},
}
MAIL: dict[str, Any] = {"id": "mail", "channel": "email", "deadline_h": 24, "opening": "08:00-20:00"}
ORDERS: dict[str, Any] = {
    "id": "orders", "channel": "work_order", "deadline_workdays": 3, "interval_min": 60,
    "opening": {"weekdays": "08:00-18:00"},
}  # fmt: skip
BLEND: dict[str, Any] = {"interactive": ["voice"], "deferred": ["mail", "orders"]}


def centre(*queues: dict[str, Any], blend: dict[str, Any] | None = None) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": "Europe/Berlin"}],
            "queues": list(queues),
            "staffing": {"basis": "interval"},
            "shrinkage": {"unplanned": 0.1},
            "blends": [blend] if blend else [],
            "pay": {"grades": {"agent": "20"}},
        }
    )


def forecast(policy: Centre, contacts_day: dict[str, float], aht_s: dict[str, float], days: int) -> pd.DataFrame:
    """Two humps a day."""
    parts = []
    for queue, of_day in contacts_day.items():
        minutes = policy.queue(queue).interval_min
        starts = pd.date_range("2026-11-22T23:00Z", periods=days * 1440 // minutes, freq=f"{minutes}min", unit="us")
        starts = starts[queue_open_minutes(starts, policy, queue) > 0]
        local = starts.tz_convert("Europe/Berlin")
        hour = (local.hour + local.minute / 60).to_numpy()
        shape = np.exp(-(((hour - 10.5) / 2) ** 2)) + 0.8 * np.exp(-(((hour - 15) / 2.5) ** 2)) + 0.1
        mean = of_day * days * shape / shape.sum()
        parts.append(pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean, "aht_s": aht_s[queue]}))
    return pd.concat(parts, ignore_index=True)


def fortnight(**blend: Any) -> tuple[pd.DataFrame, Centre]:
    policy = centre(VOICE, MAIL, ORDERS, blend=BLEND | blend)
    contacts, times = {"voice": 1500.0, "mail": 300.0, "orders": 80.0}, {"voice": 300.0, "mail": 420.0, "orders": 900.0}
    return forecast(policy, contacts, times, 14), policy


def test_blended_rows_count_only_what_is_added() -> None:
    rows, policy = fortnight()
    alone = staff(rows, policy.model_copy(update={"blends": ()}))
    together = staff(rows, policy)
    assert together[["queue", "interval_start"]].equals(alone[["queue", "interval_start"]])
    voice = together["queue"] == "voice"
    pd.testing.assert_frame_equal(together[voice], alone[voice])
    assert set(together.loc[~voice, "basis"]) == {"blended"}
    assert together.loc[~voice, "occupancy"].isna().all()
    assert (together["rostered"] == together["agents"] / 0.9).all()
    saving = blend_saving(together, rows, policy).set_index("queue")
    hours = np.where(together["queue"] == "orders", 1.0, 0.5)
    assert saving.loc["all", "separate_h"] == pytest.approx((alone["agents"] * hours).sum())
    assert saving.loc["all", "blended_h"] == pytest.approx((together["agents"] * hours).sum())
    assert saving.loc["all", "blended_h"] >= (alone["offered_load"] * hours).sum()  # work is work
    assert saving.loc["all", "saved_share"] > 0.04
    assert saving.loc["all", "blended_peak"] <= saving.loc["all", "separate_peak"] + 1e-6
    assert saving.loc["all", "saved_cost"] == pytest.approx(saving.loc["all", "saved_h"] / 0.9 * 20)
    parts = saving.drop("all")[["separate_h", "blended_h", "saved_h", "saved_cost"]].sum()
    assert parts.to_numpy() == pytest.approx(saving.loc["all", parts.index].to_numpy(float))


def test_more_of_the_idle_time_leaves_less_to_add() -> None:
    added = []
    for blend in ({"share": 0.0}, {"share": 0.5}, {"share": 1.0}, {"share": 1.0, "interruptible": True}):
        rows, policy = fortnight(**blend)
        table = staff(rows, policy)
        hours = np.where(table["queue"] == "orders", 1.0, 0.5)
        added.append((table["agents"] * hours)[table["basis"] == "blended"].sum())
    assert added == sorted(added, reverse=True)
    voice = table[table["queue"] == "voice"]
    undone = table["released_h"].sum() - ((voice["agents"] - voice["offered_load"]) * 0.5).sum()
    assert undone - 1e-3 <= added[-1] <= undone * 1.1


def test_no_share_of_idle_time_is_the_pooled_level_plan() -> None:
    policy = centre(VOICE, MAIL, blend={"interactive": ["voice"], "deferred": ["mail"], "share": 0.0})
    rows = forecast(policy, {"voice": 0.0, "mail": 300.0}, {"voice": 300.0, "mail": 420.0}, 7)
    alone = staff(rows, policy.model_copy(update={"blends": ()}))
    together = staff(rows, policy)
    assert together["agents"].max() == pytest.approx(alone["agents"].max(), abs=1e-3)
    assert together["agents"].sum() == pytest.approx(alone["agents"].sum(), rel=1e-4)


def test_a_promise_over_the_day_lends_no_idle_time_that_is_not_interruptible() -> None:
    daily = VOICE | {"target": {"service_level": 0.8, "threshold_s": 20, "per": "day"}}
    policy = centre(daily, MAIL, blend={"interactive": ["voice"], "deferred": ["mail"], "share": 1.0})
    rows = forecast(policy, {"voice": 300.0, "mail": 100.0}, {"voice": 300.0, "mail": 420.0}, 2)
    table = staff(rows, policy)
    mail = table[table["queue"] == "mail"]
    assert (mail["agents"] * 0.5).sum() == pytest.approx(mail["released_h"].sum(), rel=1e-3)


def test_a_blend_without_its_queues_in_the_forecast_changes_nothing() -> None:
    rows, policy = fortnight()
    only = rows[rows["queue"] == "mail"]
    assert set(staff(only, policy)["basis"]) == {"deferred"}
    voice = rows[rows["queue"] == "voice"]
    assert blend_saving(staff(voice, policy), voice, policy)["saved_h"].tolist() == [0, 0]
    assert blend_rule(staff(voice, policy), voice, policy).empty
    plain = centre(VOICE)
    assert blend_saving(staff(voice, plain), voice, plain).empty


@pytest.mark.parametrize(
    ("blend", "told"),
    [
        ({"interactive": ["mail"], "deferred": ["orders"]}, "queue mail as interactive"),
        ({"interactive": ["voice"], "deferred": ["voice"]}, "named twice"),
        ({"interactive": ["voice"], "deferred": ["fax"]}, "queue fax, which is not defined"),
        ({"interactive": ["voice"], "deferred": []}, "deferred"),
        ({"interactive": ["voice"], "deferred": ["mail"], "share": 1.2}, "share"),
    ],
)
def test_blends_that_make_no_sense_are_refused(blend: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        centre(VOICE, MAIL, ORDERS, blend=blend)


@pytest.mark.slow
def test_a_simulated_fortnight_keeps_the_promise_to_callers_and_the_deadlines() -> None:
    """Exponential times, Poisson arrivals; nothing shared with the code but the tables it gave."""
    rows, policy = fortnight()
    table = staff(rows, policy)
    rule = blend_rule(table, rows, policy)
    found = [Floor(rows, table, rule, policy, seed).run() for seed in range(6)]
    level, in_time, done = np.mean(found, axis=0)
    assert level >= 0.79
    assert done >= 0.97
    assert in_time >= 0.9


class Floor:
    """Calls first; an agent free takes the most urgent piece of work if more than ``keep_free`` are free."""

    def __init__(self, rows: pd.DataFrame, table: pd.DataFrame, rule: pd.DataFrame, policy: Centre, seed: int) -> None:
        from wfm.policy.deadline import due_times

        self.rng = np.random.default_rng(seed)
        origin = rows["interval_start"].min()
        self.horizon = 14 * 86400.0
        arrivals = []
        for queue, own in rows.groupby("queue"):
            length = policy.queue(str(queue)).interval_min * 60
            counts = self.rng.poisson(own["mean"])
            start = np.repeat((own["interval_start"] - origin).dt.total_seconds().to_numpy(), counts)
            at = start + length * self.rng.random(start.size)
            takes = self.rng.exponential(own["aht_s"].iloc[0], at.size)
            due = np.full(at.size, np.nan)
            if queue != "voice":
                instants = pd.DatetimeIndex(origin + pd.to_timedelta(at, unit="s")).as_unit("us")
                due = (due_times(instants, policy, str(queue)) - origin).total_seconds().to_numpy()
            arrivals += list(zip(at, takes, due, strict=True))
        self.arrivals = sorted(arrivals)
        # Fractions of an agent are whole ones for that fraction of the half-hour.
        added = np.zeros(14 * 48)
        for queue, own in table[table["queue"] != "voice"].groupby("queue"):
            first = ((own["interval_start"] - origin).dt.total_seconds() / 1800).round().astype(int).to_numpy()
            for half in range(policy.queue(str(queue)).interval_min // 30):
                added[first + half] += own["agents"].to_numpy()
        voice = table[table["queue"] == "voice"]
        slot = ((voice["interval_start"] - origin).dt.total_seconds() / 1800).round().astype(int).to_numpy()
        self.team, self.keep = np.zeros((14 * 48, 2)), np.full(14 * 48, 0.0)
        self.share = added % 1
        self.team[:, 0], self.team[:, 1] = np.floor(added), np.ceil(added)
        self.team[slot] += voice["agents"].to_numpy()[:, None]
        self.keep[slot] = rule["keep_free"].to_numpy()
        self.begins = rule["deferred_agents"].to_numpy()
        self.idle_rule = dict(zip(slot, self.begins > 0, strict=True))
        self.added = added

    def at(self, now: float) -> tuple[int, int]:
        """Agents there, and the most who may be busy when deferred work is begun."""
        slot, into = int(now // 1800), now % 1800 / 1800
        agents = int(self.team[slot, 1] if into < self.share[slot] else self.team[slot, 0])
        # Where none may be begun in idle time, those who were added still do nothing else.
        own = int(np.floor(self.added[slot])) + (into < self.share[slot])
        return agents, max(agents - int(self.keep[slot]), own) if self.idle_rule.get(slot, True) else own

    def run(self) -> tuple[float, float, float]:
        """Service level of calls, share begun in time of deferred contacts that fall due, share of all that is done."""
        ends: list[tuple[float, bool]] = []
        line: deque[tuple[float, float]] = deque()
        todo: list[tuple[float, float]] = []
        calls = answered = due = kept = busy = deferred = 0
        ticks = deque(np.arange(0, self.horizon, 300.0))
        coming = deque(self.arrivals)
        released = 0
        done = 0
        while coming or ticks:
            upcoming = min(coming[0][0] if coming else np.inf, ticks[0] if ticks else np.inf)
            if ends and ends[0][0] <= upcoming:
                now, was_deferred = heapq.heappop(ends)
                busy, deferred = busy - 1, deferred - was_deferred
            elif ticks and ticks[0] <= upcoming:
                now = ticks.popleft()
            else:
                now, takes, by = coming.popleft()
                if np.isnan(by):
                    line.append((now, takes))
                    calls += 1
                else:
                    heapq.heappush(todo, (by, takes))
                    released += 1
                    due += by < self.horizon
            if now >= self.horizon:
                break
            agents, most = self.at(now)
            while line and busy < agents:
                came, takes = line.popleft()
                answered += now - came <= 20
                busy += 1
                heapq.heappush(ends, (now + takes, False))
            begin_alone = not self.idle_rule.get(int(now // 1800), True)
            while todo and not line and busy < agents and (deferred < most if begin_alone else busy < most):
                by, takes = heapq.heappop(todo)
                kept += now <= by < self.horizon
                done += 1
                busy, deferred = busy + 1, deferred + 1
                heapq.heappush(ends, (now + takes, True))
        return answered / calls, kept / max(due, 1), done / released


def test_a_blended_backlog_is_worked_off_and_no_work_needs_nobody() -> None:
    backlog = {"day": "2026-11-23", "waiting": [{"contacts": 400, "received": "2026-11-22T12:00:00"}]}
    late = centre(VOICE, MAIL | {"backlog": backlog}, blend={"interactive": ["voice"], "deferred": ["mail"]})
    rows = forecast(late, {"voice": 1500.0, "mail": 300.0}, {"voice": 300.0, "mail": 420.0}, 7)
    table = staff(rows, late)
    mail = table[table["queue"] == "mail"].reset_index(drop=True)
    assert set(mail["basis"]) == {"blended, backlog"}
    # 46.7 hours are due at noon of the first day, eight half-hours after opening; idle time does part of them.
    due_h = mail["due_h"].iloc[:8].sum()
    assert due_h == pytest.approx(400 * 420 / 3600)
    assert 0.5 * due_h < mail["agents"].iloc[:8].sum() * 0.5 < due_h
    assert mail["agents"].iloc[:8].mean() > 3 * mail["agents"].iloc[24:].mean()
    nothing = rows.assign(mean=rows["mean"].where(rows["queue"] == "voice", 0.0))
    plain = centre(VOICE, MAIL, blend={"interactive": ["voice"], "deferred": ["mail"]})
    assert staff(nothing, plain).groupby("queue")["agents"].sum()["mail"] == 0
