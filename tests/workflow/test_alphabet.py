"""Words stand in the order of the Vietnamese alphabet, people by given name, on the screens too."""

import itertools

import pytest

from models.base import db
from models.people import Account
from workflow import accounts
from workflow.queries import audit
from workflow.texts import sort_key

ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["a", "à", "ả", "ã", "á", "ạ"]


def in_order(words, **how):
    return sorted(words, key=lambda word: sort_key(word, **how))


def test_the_letters_follow_each_other_as_in_the_alphabet():
    shuffled = sorted(ALPHABET, key=lambda letter: (ord(letter) * 7919) % 101)

    assert "".join(in_order(shuffled)) == ALPHABET
    assert "".join(in_order(shuffled.copy()[::-1])) == ALPHABET


@pytest.mark.parametrize("vowel", ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"])
def test_the_six_tones_stand_level_grave_hook_tilde_acute_dot(vowel):
    marks = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    toned = [f"m{vowel}{mark}" for mark in marks]

    for mixed in itertools.islice(itertools.permutations(toned), 0, 720, 37):
        assert in_order(mixed) == toned


def test_letters_weigh_more_than_tones_and_tones_more_than_nothing():
    words = [
        "Anh",
        "Ánh",
        "Ảnh",
        "An",
        "Ăn",
        "Ân",
        "Dung",
        "Đào",
        "Dũng",
        "Bình",
        "hoa mai",
        "hòa",
        "hóa",
        "hoan",
    ]

    assert in_order(words) == [
        "An", "Anh", "Ảnh", "Ánh", "Ăn", "Ân", "Bình", "Dung", "Dũng", "Đào", "hoa mai", "hòa", "hóa", "hoan",
    ]  # fmt: skip


def test_the_same_word_has_one_key_however_it_was_typed():
    assert sort_key("Thủy") == sort_key("Thu\u0309y") == sort_key("  THỦY ")


def test_people_stand_by_given_name_then_by_the_rest():
    people = ["Nguyễn Thị Ánh", "Trần Văn Anh", "Lê Thị Đào", "Phan Dung", "Bùi Thị Ánh", "Đặng Thị Mai"]

    assert in_order(people, person=True) == [
        "Trần Văn Anh", "Bùi Thị Ánh", "Nguyễn Thị Ánh", "Phan Dung", "Lê Thị Đào", "Đặng Thị Mai",
    ]  # fmt: skip


@pytest.mark.database
def test_a_screen_lists_people_so(cast, make):
    from models.vocabulary import Role

    for number, name in enumerate(["Lê Thị Ý", "Nguyễn Thị Ánh", "Trần Văn Đức", "Phan Dung"]):
        added = accounts.add(f"nguoi{number}@example.edu.vn", full_name=name, by=None)
        accounts.grant(added, Role.EDITOR, by=None)

    offered = [name for _, name in audit.choices(None).people]

    everybody = db.session.query(Account).join(Account.grants).filter_by(unit_id=None).all()
    assert offered == in_order({person.full_name for person in everybody}, person=True)
    assert [name.split()[-1] for name in offered if name.split()[-1] in {"Ánh", "Đức", "Dung", "Ý"}] == [
        "Ánh", "Dung", "Đức", "Ý",
    ]  # fmt: skip
