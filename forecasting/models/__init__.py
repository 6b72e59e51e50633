"""Ways to forecast, each behind one small protocol."""
