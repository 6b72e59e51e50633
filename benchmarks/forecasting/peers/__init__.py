"""The usual packages, run in an environment of their own: nothing here imports the project."""
