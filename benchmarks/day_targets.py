"""How many paid hours a promise over the day saves in a roster, at the same simulated service level.

    python benchmarks/day_targets.py [--agents 60] [--seconds 20] [--out benchmarks/day_targets.csv]

The sample centre's largest voice queue alone, its volume of the last week as the forecast, its shift templates and
contracts, except that nobody's hours are guaranteed: what is not needed need not be paid, and wages count. The
rosters: the promise in every interval (``wfm staff``, then the roster as near to it as shifts allow); the same promise
over each day, by service-level curves; and promises over the day that come nearer to the service level which the first
roster was simulated to give. Each is judged by simulation, contact by contact.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd

from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.sample.centre import sample_centre
from wfm.simulation.simulate import simulate
from wfm.staffing.requirement import staff
from wfm.staffing.service_level_curves import service_level_curves
from wfm.tables.forecast import FORECAST
from wfm.tables.people import AGENTS
from wfm.time.week import Period

QUEUE = "general"
REPLICATIONS = 200


def policy(text: str, agents: int, promise: float, per: str) -> Centre:
    """The sample's policy with one queue, flexible hours and the promise asked for."""
    values: dict[str, Any] = tomllib.loads(text)
    own = next(queue for queue in values["queues"] if queue["id"] == QUEUE)
    own["target"] = {"service_level": promise, "threshold_s": 30, "min_agents": 1, "per": per}
    own.pop("patience_s", None)
    site = {**values["sites"][0], "seats": agents}
    contracts = [{**contract, "min_hours_week": 0} for contract in values["contracts"]]
    kept = {key: values[key] for key in ("centre", "shift_templates", "pay")}
    rules = {"daily_rest_h": 11, "max_consecutive_days": 6}
    shrinkage = {"unplanned": 0.05}
    return policy_of(
        {**kept, "sites": [site], "queues": [own], "contracts": contracts, "rules": rules, "shrinkage": shrinkage}
    )


def people(centre: Centre, count: int) -> People:
    """Agents of all contracts in turn, more of those who may be given nights."""
    ids = [contract.id for contract in centre.contracts]
    mix = [*ids, "rotating"]
    rows = [
        {
            "id": f"a{at:03}", "name": f"Agent {at}", "team": "t", "site": centre.sites[0].id,
            "contract": mix[at % len(mix)], "skills": QUEUE, "grade": next(iter(centre.pay.grades)),
        }
        for at in range(count)
    ]  # fmt: skip
    return people_of(centre, AGENTS.check(pd.DataFrame(rows)))


def last_week(history: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The queue's last week as a forecast."""
    own = history[history["queue"] == QUEUE].sort_values("interval_start").tail(period.days * 48)
    frame = pd.DataFrame(
        {"queue": QUEUE, "interval_start": own["interval_start"], "mean": own["offered"].astype(float)}
    )
    return FORECAST.check(frame.assign(aht_s=300.0).reset_index(drop=True))


def judged(name: str, solved: object, forecast: pd.DataFrame, centre: Centre, staff_of: People) -> dict[str, Any]:
    """One row of the result."""
    assert isinstance(solved, Solved)
    paid = solved.roster[solved.roster["paid"]]
    hours = (paid["end"] - paid["start"]).dt.total_seconds().sum() / 3600
    run = simulate(forecast, solved.roster, centre, staff_of, replications=REPLICATIONS, seed=1)
    queue, days = run.queue.iloc[0], run.day
    return {
        "roster": name,
        "paid_h": hours,
        "simulated_service_level": float(queue["service_level"]),
        "worst_day": float(days["service_level"].min()),
        "gap": solved.gap,
    }


def main() -> None:
    """The rosters, one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--promise", type=float, default=0.8)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    sample = sample_centre()
    centre = policy(sample.policy_text, args.agents, args.promise, "interval")
    zone = centre.zone
    first = sample.history["interval_start"].max().tz_convert(zone).normalize() - pd.Timedelta(days=6)
    period = Period(first.date(), 7)
    forecast, roll = last_week(sample.history, period), people(centre, args.agents)
    requirement = staff(forecast, centre)
    rows = []
    solved = schedule(requirement, centre, roll, period, seconds=args.seconds)
    rows.append(judged("each interval", solved, forecast, centre, roll))
    promise, wanted = args.promise, rows[0]["simulated_service_level"]
    for _ in range(3):
        daily = policy(sample.policy_text, args.agents, promise, "day")
        curves = service_level_curves(forecast, daily)
        solved = schedule(requirement, daily, roll, period, seconds=args.seconds, curves=curves)
        rows.append(judged(f"over the day, {promise:.3f}", solved, forecast, daily, roll))
        # The promise at which the simulation gives as much as with the first roster, on the line to all in time.
        given = rows[-1]["simulated_service_level"]
        promise = round(1 - (1 - promise) * (1 - wanted) / (1 - given), 3)
    table = pd.DataFrame(rows).round(4)
    print(table.to_string(index=False))
    if args.out is not None:
        table.to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
