"""What a number of agents delivers: service level in its four definitions, waiting time in its three, abandonment."""

from __future__ import annotations

from dataclasses import dataclass

from wfm.queueing.inputs import FloatArray


@dataclass(frozen=True)
class Delivered:
    """Measures of a queue in its steady state, arrays of one shape.

    With W the time a contact waits, V the time it would wait if it never gave up, and T the threshold:

    * ``p_wait``: share that finds no agent free.
    * ``service_level``: served within T over offered, P(W <= T and served). The default everywhere.
    * ``service_level_answered``: served within T over served.
    * ``service_level_waited``: P(W <= T), those who gave up within T counted as good.
    * ``service_level_virtual``: P(V <= T).
    * ``asa_s``: mean wait of those served. ``wait_all_s``: of all. ``virtual_wait_s``: mean of V.
    * ``abandonment``: share that gives up.
    * ``occupancy``: share of their time that agents spend handling.
    """

    p_wait: FloatArray
    service_level: FloatArray
    service_level_answered: FloatArray
    service_level_waited: FloatArray
    service_level_virtual: FloatArray
    asa_s: FloatArray
    wait_all_s: FloatArray
    virtual_wait_s: FloatArray
    abandonment: FloatArray
    occupancy: FloatArray
