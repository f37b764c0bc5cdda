"""Some histories have a last resort, and it is judged."""

from collections import Counter
from dataclasses import replace

import pytest

from core.last_resort import LastResortDraft
from prove.history import History
from prove.judge_of_last_resort import is_of_last_resort, last_resort
from prove.proving import Proof
from storage.vocabulary import AuditType

pytestmark = pytest.mark.long


def test_histories_have_none_people_or_a_schedule(proof: Proof) -> None:
    drafts = Counter(
        "none" if draft is None else "people" if draft.member_ids else "a schedule"
        for draft in (proof.plan(seed).last_resort for seed in range(200))
    )
    assert set(drafts) == {"none", "people", "a schedule"}


def test_a_stage_that_has_one_keeps_it(proof: Proof) -> None:
    own = LastResortDraft(member_ids=(proof.stage.members[0][0],))
    theirs = replace(proof, stage=replace(proof.stage, last_resort=own))
    assert {theirs.plan(seed).last_resort for seed in range(50)} == {own}


def test_it_is_paged_when_a_policy_is_exhausted_and_its_absence_is_seen(proof: Proof) -> None:
    history = _history_that_pages_one(proof)
    assert list(last_resort(history)) == []

    told = tuple(one for one in history.trail if one.type is AuditType.LAST_RESORT_PAGED)
    without = tuple(one for one in history.trail if one not in told)
    assert len(list(last_resort(replace(history, trail=without)))) == len(told)
    assert len(list(last_resort(replace(history, trail=(*history.trail, *told))))) == len(told)
    nobody = replace(history, plan=replace(history.plan, last_resort=None))
    assert len(list(last_resort(nobody))) == len(told)
    pages = tuple(one for one in history.deliveries if not is_of_last_resort(one))
    assert len(list(last_resort(replace(history, deliveries=pages)))) == len(told)


def _history_that_pages_one(proof: Proof) -> History:
    for seed in range(100):
        plan = proof.plan(seed)
        if plan.last_resort and plan.last_resort.member_ids:
            history = proof.unfold(plan)
            if any(is_of_last_resort(one) for one in history.deliveries):
                return history
    raise AssertionError("no history pages its last resort")
