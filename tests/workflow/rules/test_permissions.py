"""What is no move of a piece is allowed by one table, and by nothing else."""

import pytest

from models.vocabulary import Role
from workflow.engine.errors import NotAllowed
from workflow.rules.permissions import PERMISSIONS, may, require


@pytest.mark.parametrize("act", PERMISSIONS)
def test_a_role_may_what_the_table_says_and_nothing_else(act):
    assert {role for role in Role if may(frozenset({role}), act)} == PERMISSIONS[act]


def test_one_role_of_several_is_enough_and_none_is_too_few():
    assert may(frozenset({Role.CONTRIBUTOR, Role.AUDITOR}), "audit.read")
    assert not may(frozenset(), "audit.read")


def test_an_act_nobody_knows_opens_no_door():
    with pytest.raises(KeyError):
        may(frozenset(Role), "audit.wirte")


def test_a_refusal_says_so_in_words():
    require(frozenset({Role.ADMIN}), "queues.write")

    with pytest.raises(NotAllowed) as refused:
        require(frozenset({Role.EDITOR}), "queues.write")

    assert refused.value.code == "forbidden"
    assert refused.value.sentence() == "Đồng chí không có quyền thực hiện thao tác này."
