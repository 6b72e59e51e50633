"""Independent replications of one floor, over processes where asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from wfm.errors import UsageError
from wfm.simulation.absence import draw_attendance
from wfm.simulation.contacts import Contacts, draw_contacts
from wfm.simulation.floor import FloatArray, Floor
from wfm.simulation.measures import tally
from wfm.simulation.service import Service, serve


@dataclass(frozen=True)
class Replications:
    """``tallies``: replications x stretches x TALLIES. ``everyone``: replications x (busy, staffed) seconds."""

    tallies: FloatArray
    everyone: FloatArray


def one_run(floor: Floor, seed: np.random.SeedSequence) -> tuple[Floor, Contacts, Service]:
    """The floor as it was attended, and the flat records, of a single replication."""
    rng = np.random.default_rng(seed)
    contacts = draw_contacts(floor, rng)
    attended = draw_attendance(floor, rng)
    return attended, contacts, serve(attended, contacts)


def seeds(seed: int, replications: int) -> list[np.random.SeedSequence]:
    """One independent stream a replication; the first ones stay the same when more are asked for."""
    return np.random.SeedSequence(seed).spawn(replications)


def replicate(floor: Floor, replications: int, seed: int, jobs: int = 1) -> Replications:
    """Run ``replications`` of the floor; the answer depends on ``seed`` alone, not on ``jobs``.

    Raises:
        UsageError: fewer than one replication.
    """
    if replications < 1:
        raise UsageError("nothing to run", where="replications", found=replications, expected="1 or more")
    runs = Parallel(n_jobs=jobs)(delayed(_tallied)(floor, stream) for stream in seeds(seed, replications))
    return Replications(np.stack([cells for cells, _ in runs]), np.stack([everyone for _, everyone in runs]))


def _tallied(floor: Floor, stream: np.random.SeedSequence) -> tuple[FloatArray, FloatArray]:
    return tally(*one_run(floor, stream))
