"""The rest of the day and week, from what has happened so far."""
