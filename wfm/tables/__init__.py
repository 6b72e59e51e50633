"""The tables in which the rooms meet, and the one check at every border."""
