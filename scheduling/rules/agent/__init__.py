"""Agent rules, one a file: each has ``rule(centre)``, which gives the rule, or several alike, or None where off."""
