"""The rules of a roster: agent rules along one agent's days, team rules over counts of agents."""
