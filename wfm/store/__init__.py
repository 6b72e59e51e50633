"""The store: what was imported and what every run made of it, in one database, written in short transactions."""
