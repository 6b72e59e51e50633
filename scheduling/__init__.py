"""Requirement to roster: the problem, its rules, the solver, the audit."""
