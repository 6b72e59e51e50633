"""Approval: hours that are counted over a period may need the consent of an authority, which the audit asks for."""

from __future__ import annotations

from scheduling.checking.violations import Violation
from wfm.policy.centre import Centre

RULE = "comprehensive_hours"


def missing_approval(centre: Centre) -> list[Violation] | None:
    """The warning that comprehensive hours are not approved (PRC Labour Law, article 39; notice 1994 No. 503).

    None where the policy doesn't count hours that way, an empty list where it says that they are approved.
    """
    approved = centre.rules.comprehensive_hours_approved
    if approved is None:
        return None
    if approved:
        return []
    text = "comprehensive hours need an approval, and the policy states none (rules.comprehensive_hours_approved)"
    return [Violation(RULE, None, None, None, None, None, False, text)]
