"""The problem of all: needs by cell with their prices, team rows, who covers what, what it costs."""
