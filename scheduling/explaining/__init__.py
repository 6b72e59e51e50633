"""Reasons: what stands in the way, what is short, why this shift, what a rule costs."""
