"""What one agent's tour costs by itself: wages and overtime, wishes, fairness, changes against the last version.

A cost of single days is a toll on each duty (``own``); a cost of several days together is a rule with a priced bound
(``charged``). Both are exact in every agent's own programme.
"""
