"""The search: construction, prices and bounds, column generation, dives, neighbourhoods."""
