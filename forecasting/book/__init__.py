"""A queue's days on its open grid, and the calendar's features of them."""
