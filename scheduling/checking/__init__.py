"""Judges of any roster, which import no solver: the audit, and every term of the objective from the table."""
