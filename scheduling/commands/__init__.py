"""The commands of scheduling, each in a file of its name."""
