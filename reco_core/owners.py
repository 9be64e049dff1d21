"""Who may change or remove what belongs to somebody: one rule for runs, sweeps, datasets and poster folders.

An owner and a visitor are ids: of a visitor of the pages a hash of the browser's secret, with FAR before it where the
visitor sits at another computer; an empty text for what belongs to everybody on this machine, such as the runs of the
command line. OPERATOR is whoever uses the command line or Python here, and may do anything.
"""

from __future__ import annotations

import os

from reco_core.errors import OwnerError

FAR, OPERATOR = "far-", "*"
TRUST_LOCAL = "RECO_TRUST_LOCAL"


def is_here(visitor: str) -> bool:
    """Whether a visitor sits at the computer that runs this."""
    return not visitor.startswith(FAR)


def may_change(owner: str, visitor: str) -> bool:
    """Whether a visitor may change, steer, rename or remove what has this owner.

    The owner may; what is everybody's, anybody at this machine may. With RECO_TRUST_LOCAL=1 (`reco app
    --trust-local`) who sits at this machine may change what others own too.
    """
    if visitor == OPERATOR:
        return True
    if owner and owner.removeprefix(FAR) == visitor.removeprefix(FAR):
        return True
    return is_here(visitor) and (not owner or os.environ.get(TRUST_LOCAL) == "1")


def check_may_change(owner: str, visitor: str, what: str, deed: str) -> None:
    """Raises OwnerError unless the visitor may; `what` is the thing ("This run"), `deed` what was asked ("deleted")."""
    if may_change(owner, visitor):
        return
    if not owner:
        raise OwnerError(f"{what} belongs to the computer that runs the app; it can be {deed} only there.")
    raise OwnerError(f"{what} belongs to another visitor; only its owner can have it {deed}.")
