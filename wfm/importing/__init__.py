"""Other people's files into tables in contract: read as text, named, checked, with a report of what was done."""
