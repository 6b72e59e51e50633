"""The skill mix: how many agents of which kind cover a requirement at the least cost."""
