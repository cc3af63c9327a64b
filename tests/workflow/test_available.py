"""What a person can do with a piece is told alike wherever it is asked: verbs, console, command line."""

import pytest

from admin import steps
from models.vocabulary import Consent, Role
from workflow import accounts, definitions, submissions

pytestmark = pytest.mark.database


def offers(piece, person, **more):
    return {offer.step.trigger: offer for offer in submissions.available(piece.id, by=person, **more)}


def test_the_console_and_the_command_line_say_the_same_sentences(make, cast, client):
    accounts.grant(cast.son, Role.APPROVER, by=None)
    piece = make.submission(state="submitted", with_picture=True, consent=Consent.UNKNOWN)
    submissions.claim(piece.id, by=cast.son)
    submissions.finish_editing(piece.id, by=cast.son)

    refusals = offers(piece, cast.son)["approve"].refusals

    assert [refusal.code for refusal in refusals] == ["four_eyes_violation", "consent_missing"]
    page = client.as_(cast.son).get(f"/quan-tri/bai/{piece.id}/").text
    [told] = [row for row in steps.offered(piece.code, by=cast.son) if row["trigger"] == "approve"]
    for refusal in refusals:
        assert refusal.sentence() in page
        assert refusal.sentence() in told["says"]
    assert not told["allowed"]


def test_the_portal_says_the_same_sentence_to_the_unit(make, cast, client):
    piece = make.submission(state="submitted")
    submissions.claim(piece.id, by=cast.son)

    [refusal] = offers(piece, cast.binh)["withdraw"].refusals

    page = client.as_(cast.binh).get(f"/don-vi/bai/{piece.code}").text
    [told] = [row for row in steps.offered(piece.code, by=cast.binh) if row["trigger"] == "withdraw"]
    assert refusal.sentence() in page
    assert refusal.sentence() in told["says"]
    assert not told["allowed"]


def test_nothing_a_piece_may_come_to_is_left_out_when_everybodys_steps_are_asked_for(make, cast):
    piece = make.submission(state="edited")

    mine, everybodys = offers(piece, cast.minh), offers(piece, cast.minh, everyones=True)

    engine = definitions.pinned(piece.workflow, piece.workflow_version)
    engine_knows = {step.trigger for step in engine.steps_from("edited")}
    assert set(mine) < set(everybodys) == engine_knows
    assert [refusal.code for refusal in everybodys["write"].refusals] == ["forbidden"]
    assert everybodys["approve"].is_allowed
