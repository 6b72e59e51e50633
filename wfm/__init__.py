"""Workforce management for contact centres: the language of the domain.

The flow is one way: history -> forecast -> requirement -> roster -> published, costed, simulated.
Forecasting and rostering live in the sibling packages ``forecasting`` and ``scheduling``; they meet in ``wfm.tables``.
"""

__version__ = "0.1.0"
