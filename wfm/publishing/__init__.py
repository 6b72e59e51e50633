"""A published roster: one page, one spreadsheet, one table, and a calendar for each agent, in a folder a version."""
