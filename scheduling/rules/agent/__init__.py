"""Agent rules, one a file: each has a function ``rule(centre)`` that gives the rule, or None where it is off."""
