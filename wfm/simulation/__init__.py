"""The floor, contact by contact: what a roster will deliver, with confidence intervals.

The run yields flat records, one a contact; every figure derives from them. Times inside are seconds from the start of
the horizon; instants appear only where tables come in and results go out.
"""
