"""Taking the evidence out of the house."""

from accounts.models import User
from core import clock
from returns.actions.steps import record
from returns.evidence_pack import Pack, build
from returns.models import Case


def pack_evidence(case: Case, *, by: User) -> Pack:
    """The evidence on a case as ZIP, in the active language; that it was taken is on record."""
    at = clock.now()
    pack = build(case, at)
    record("case.evidence_packed", case, by=by, at=at, public=False, files=pack.files, manifest=pack.digest)
    return pack
