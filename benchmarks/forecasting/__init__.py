"""Forecast accuracy on public data: ours beside simple rules and the usual packages (``python -m`` this package)."""
