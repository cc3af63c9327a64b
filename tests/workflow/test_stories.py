"""Random stories over all moves, crashes, repeats and steps of the clock; the promises are looked at after each.

The suite tells a few short ones; `make stories` (HYPOTHESIS_PROFILE=nightly) thousands of steps.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import Phase as Search
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from models.base import db
from models.submission import Category
from models.vocabulary import Consent, Kind, Phase, SeatKind
from tests.cast import UNITS, Cast, _engage
from tests.factories import picture
from workflow import (
    accounts,
    bulk,
    clock,
    committees,
    deadlines,
    definitions,
    organisation,
    procedures,
    submissions,
    writing,
)
from workflow.engine import moves
from workflow.engine.errors import CommandReused, ToaSoanError
from workflow.engine.unit_of_work import change
from workflow.queries import audit_check

pytestmark = pytest.mark.database

BUDGETS = {"suite": (3, 20), "evening": (60, 40), "nightly": (1000, 50)}
"""HYPOTHESIS_PROFILE -> (stories, steps of each)."""

WRITERS = ("lan", "binh", "nga")
PEOPLE = (*WRITERS, "son", "ha", "minh", "ly", "phuong", "khang", "mai")
FIRST, SECOND = ("monthly-submission", 1), ("unit-approval", 1)
OVER = {"drafted": "written", "late": "overdue"}
BACK = {"written": "drafted", "overdue": "late"}
STEPS = {(step.trigger, step.source): step for step in definitions.pinned(*FIRST).definition.steps}
TRIGGERS = sorted({trigger for trigger, _ in STEPS} - {"write", "answer", "reclassify"})
TOGETHER = ("approve", "claim", "set_aside", "take_up", "publish")


class Crash(BaseException):
    """The process died here; nothing of the house may catch it."""


def was_taken_back(answered: dict[str, Any]) -> bool:
    """A picture that everybody could see may be shown no more."""
    before, after = (Consent(answered[side]["answer"] or Consent.UNKNOWN) for side in ("before", "after"))
    return (
        definitions.phase_of(answered["from"]) is Phase.PUBLIC
        and before in writing.CLEAR
        and after not in writing.CLEAR
    )


class Story(RuleBasedStateMachine):
    """The model is a dict: piece -> (state, version). Everything else is asked of the database."""

    begin: Callable[[], Cast]
    set_clock: Callable[[str], datetime]

    def __init__(self) -> None:
        super().__init__()
        self.cast = self.begin()
        self.now = self.set_clock("2021-05-12 08:00")
        self.model: dict[int, tuple[str, int]] = {}
        self.last: tuple[int, str, str, dict[str, object]] | None = None
        """The newest command that was done: piece, step, person, what it was given."""

    # --- what the model knows ---------------------------------------------------------------------------------

    def person(self, name: str):
        return db.session.merge(getattr(self.cast, name))

    def stands(self) -> dict[int, tuple[str, int]]:
        db.session.rollback()
        rows = db.session.execute(text("SELECT id, state, version FROM submission"))
        return {row.id: (row.state, row.version) for row in rows}

    def digest(self, number: int) -> str:
        return db.session.execute(
            text("SELECT digest FROM submission WHERE id = :id"), {"id": number}
        ).scalar_one()

    def pick(self, place: int) -> int:
        return sorted(self.model)[place % len(self.model)]

    def given(self, trigger: str) -> dict[str, object]:
        until = clock.now() + timedelta(days=2)
        return {"reason": "Lý do.", "kind": "duplicate", "until": until, "statement": True, "checklist": True}

    @initialize()
    def begin_with_a_piece(self) -> None:
        self.draft("lan", True)
        self.go_on(0, 1)

    # --- rules --------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(WRITERS[:2]), with_picture=st.booleans())
    def write_one(self, name: str, with_picture: bool) -> None:
        self.draft(name, with_picture)

    def draft(self, name: str, with_picture: bool) -> None:
        new = [writing.NewFile("anh.jpg", picture(), "Ảnh 1.", consent=Consent.YES)] if with_picture else []
        manuscript = writing.Manuscript(
            Kind.NEWS, f"Bài {len(self.model)}", "<p>Nội dung.</p>", category="ban-tru", new=new
        )
        with suppress(ToaSoanError):
            piece = writing.draft(manuscript, unit=db.session.merge(self.cast.can_loc), by=self.person(name))
            self.model[piece.id] = ("drafted", 1)

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 9), trigger=st.sampled_from(TRIGGERS), name=st.sampled_from(PEOPLE))
    def step(self, place: int, trigger: str, name: str) -> None:
        """Whatever anybody tries: done as the definition says, or refused and nothing moved."""
        self._try(self.pick(place), trigger, name)

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 9), hops=st.integers(1, 4))
    def further(self, place: int, hops: int) -> None:
        """The usual way of a piece: without it, random steps seldom come as far as the forum."""
        self.go_on(place, hops)

    def go_on(self, place: int, hops: int) -> None:
        way = {"drafted": [("submit", "binh")], "submitted": [("claim", "son"), ("edit", "son")],
               "edited": [("approve", "minh")], "approved": [("publish", "phuong")]}  # fmt: skip
        number = self.pick(place)
        for _ in range(hops):
            for trigger, name in way.get(self.model[number][0], ()):
                self._try(number, trigger, name)

    def _try(self, number: int, trigger: str, name: str) -> None:
        before = self.stands()
        given = {**self.given(trigger), "seen": self.digest(number), "command": str(uuid4())}
        taken = STEPS.get((trigger, before[number][0]))
        try:
            done = submissions.perform(number, trigger, by=self.person(name), **given)
        except ToaSoanError:
            assert self.stands() == before, "a refusal moved something"
            return
        assert taken is not None
        assert (done.state, done.version) == (taken.target or before[number][0], before[number][1] + 1)
        self.model[number] = (done.state, done.version)
        self.last = (number, trigger, name, given)

    @precondition(lambda self: self.last)
    @rule()
    def press_again(self) -> None:
        number, trigger, name, given = self.last
        before = self.stands()

        done = submissions.perform(number, trigger, by=self.person(name), **given)

        assert self.stands() == before
        assert done.trigger == trigger

    @precondition(lambda self: self.last)
    @rule()
    def use_the_id_again(self) -> None:
        number, trigger, name, given = self.last
        before = self.stands()
        other = "ha" if name != "ha" else "son"
        with pytest.raises(CommandReused):
            submissions.perform(number, trigger, by=self.person(other), **given)
        assert self.stands() == before

    @precondition(lambda self: self.model)
    @rule(
        place=st.integers(0, 9), trigger=st.sampled_from(TRIGGERS), name=st.sampled_from(PEOPLE),
        is_written=st.booleans(),
    )  # fmt: skip
    def crash(self, place: int, trigger: str, name: str, is_written: bool) -> None:
        """The process dies before or after the one statement; who presses again has one event in the end."""
        number = self.pick(place)
        given = {**self.given(trigger), "seen": self.digest(number), "command": str(uuid4())}
        record, before = moves.record, self.stands()

        def dying(connection, happening):
            if is_written:
                record(connection, happening)
            raise Crash

        moves.record = dying
        try:
            submissions.perform(number, trigger, by=self.person(name), **given)
        except (Crash, ToaSoanError):
            db.session.rollback()
        finally:
            moves.record = record
        after = self.stands()
        assert after[number][1] - before[number][1] in (0, 1)
        with suppress(ToaSoanError):
            submissions.perform(number, trigger, by=self.person(name), **given)
        final = self.stands()
        assert final[number][1] - before[number][1] in (0, 1), "a repeat after a crash did it twice"
        self.model[number] = final[number]

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 9), name=st.sampled_from(PEOPLE), words=st.sampled_from(["một", "hai", "ba"]))
    def write(self, place: int, name: str, words: str) -> None:
        number = self.pick(place)
        manuscript = writing.Manuscript(Kind.NEWS, f"Tít {words}", "<p>Khác.</p>", category="ban-tru")
        with suppress(ToaSoanError):
            done = writing.write(
                number, manuscript, by=self.person(name), seen=self.digest(number), checklist=True
            )
            self.model[number] = (self.model[number][0], done.version)

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 9), name=st.sampled_from(PEOPLE), says=st.sampled_from(Consent))
    def answer(self, place: int, name: str, says: Consent) -> None:
        number = self.pick(place)
        file = db.session.execute(
            text("SELECT id FROM attachment WHERE submission_id = :id LIMIT 1"), {"id": number}
        ).scalar()
        with suppress(ToaSoanError):
            done = writing.answer(number, file or 0, says, by=self.person(name))
            self.model[number] = (self.model[number][0], done.version)

    @precondition(lambda self: self.model)
    @rule(place=st.integers(0, 9), name=st.sampled_from(PEOPLE), is_of_the_town=st.booleans())
    def reclassify(self, place: int, name: str, is_of_the_town: bool) -> None:
        number = self.pick(place)
        unit = self.cast.town_ky_anh if is_of_the_town else self.cast.can_loc
        with suppress(ToaSoanError):
            done = writing.reclassify(
                number, by=self.person(name), reason="Lý do.", unit=db.session.merge(unit), kind=Kind.ARTICLE
            )
            self.model[number] = (self.model[number][0], done.version)

    @precondition(lambda self: self.model)
    @rule()
    def go_over_to_the_second_definition_and_come_back(self) -> None:
        for source, target, renamed in ((FIRST, SECOND, OVER), (SECOND, FIRST, BACK)):
            planned = procedures.plan(source, target, renamed=renamed)
            assert procedures.migrate(planned, reason="Lý do.", by=None) == len(self.model)
        self.model = {number: (state, version + 2) for number, (state, version) in self.model.items()}

    @precondition(lambda self: self.model)
    @rule(
        trigger=st.sampled_from(["approve", "claim", "set_aside", "take_up", "publish"]),
        name=st.sampled_from(PEOPLE),
    )
    def all_together(self, trigger: str, name: str) -> None:
        pieces = {number: self.digest(number) for number in self.model}
        given = {"reason": "Lý do."} if trigger in ("set_aside", "take_up") else {}
        foreseen = bulk.foresee(pieces, trigger, by=self.person(name), **given)
        outcomes = bulk.perform_all(pieces, trigger, by=self.person(name), **given)

        assert [one.is_done for one in outcomes] == [one.is_done for one in foreseen]
        after = self.stands()
        for one in outcomes:
            moved = after[one.submission_id][1] - self.model[one.submission_id][1]
            assert moved == int(one.is_done)
        self.model = after

    @rule(hours=st.sampled_from([1, 9, 24, 24 * 5, 24 * 9]))
    def time_passes(self, hours: int) -> None:
        self.now = self.set_clock(f"{self.now + timedelta(hours=hours):%Y-%m-%d %H:%M}")

    @rule()
    def sweep(self) -> None:
        before = self.stands()
        lapsed = deadlines.sweep()
        deadlines.close_due(clock.now())
        after = self.stands()
        moved = {number for number in after if after[number] != before[number]}

        assert {(before[number][0], after[number][0]) for number in moved} <= {("drafted", "late")}
        assert len(moved) == lapsed
        assert deadlines.sweep() == 0, "a second sweep found work"
        self.model = after

    @rule(kind=st.sampled_from(SeatKind), name=st.sampled_from(PEOPLE))
    def seat(self, kind: SeatKind, name: str) -> None:
        committee = committees.in_force(db.session.merge(self.cast.can_loc))
        with suppress(ToaSoanError):
            committees.seat(committee, self.person(name), kind, by=self.person("mai"), since=date(2021, 4, 1))

    # --- promises ---------------------------------------------------------------------------------------------

    @invariant()
    def the_trail_is_whole(self) -> None:
        """I2: every chain; I3: every head."""
        verdict = audit_check.check()
        assert verdict.is_whole, verdict.damages

    @invariant()
    def every_piece_stands_where_its_events_left_it(self) -> None:
        """I3 again, by the model and by folding the events."""
        assert self.stands() == self.model
        folded = text(
            "SELECT DISTINCT ON (submission_id) submission_id, payload::jsonb ->> 'to' AS state, seq FROM audit_event"
            " WHERE stream LIKE 'submission:%' ORDER BY submission_id, seq DESC"
        )
        rows = db.session.execute(folded).all()
        assert {row.submission_id: (row.state, row.seq) for row in rows} == self.model

    @invariant()
    def every_event_is_allowed_and_nobody_approved_her_own(self) -> None:
        """I4, and the outbox rows that each event must have and no others: I5."""
        hands: dict[int, set[int]] = {}
        due: set[str] = set()
        events = db.session.execute(
            text(
                "SELECT submission_id, stream, seq, actor_id, action, payload::jsonb AS p FROM audit_event"
                " WHERE stream LIKE 'submission:%' ORDER BY submission_id, seq"
            )
        )
        for event in events:
            trigger, known = event.action.partition(":")[2], hands.setdefault(event.submission_id, set())
            step = STEPS.get((trigger, event.p["from"]))
            assert trigger in ("create", "judged_on_time", "migrate") or step is not None, event.action
            if step is not None:
                assert event.p["to"] == (step.target or event.p["from"])
                due |= {f"{event.stream}:{event.seq}:{effect}" for effect in step.effects}
            if trigger == "answer" and was_taken_back(event.p):
                due.add(f"{event.stream}:{event.seq}:letter:consent_withdrawn")
            if trigger == "approve":
                assert event.actor_id not in known, "four eyes"
            if event.p.get("side") and event.actor_id:
                known.add(event.actor_id)
        keys = db.session.scalars(text("SELECT key FROM outbox WHERE key LIKE 'submission:%:letter:%'")).all()
        assert set(keys) == due

    @invariant()
    def nothing_is_left_half_done(self) -> None:
        """I6, while no worker runs: every effect waits as new, none is lost in between."""
        assert set(db.session.scalars(text("SELECT DISTINCT state FROM outbox"))) <= {"new"}

    @invariant()
    def the_forum_shows_what_was_approved(self) -> None:
        wrong = text(
            "SELECT count(*) FROM publication p JOIN revision r ON r.id = p.revision_id WHERE p.retracted_at IS NULL"
            " AND NOT EXISTS (SELECT FROM audit_event e WHERE e.submission_id = p.submission_id"
            "   AND e.action = 'submission:approve' AND e.payload::jsonb ->> 'digest' = r.digest)"
        )
        assert db.session.execute(wrong).scalar_one() == 0

    @invariant()
    def no_committee_has_more_than_its_seats(self) -> None:
        """I12."""
        counted = text(
            "SELECT committee_id, seat_kind, count(*) AS n FROM seat WHERE valid_to IS NULL GROUP BY 1, 2"
        )
        most = {"leader": 1, "specialist": 1, "teacher": 3}
        assert all(row.n <= most[row.seat_kind] for row in db.session.execute(counted))


@pytest.mark.timeout(0 if "HYPOTHESIS_PROFILE" in os.environ else 180)
def test_whatever_happens_in_whatever_order_the_promises_hold(app, stage, cast, password_hash, clock_at):
    def begin() -> Cast:
        db.session.rollback()
        db.session.expunge_all()
        stage.strike()
        stage.set("cast", lambda: _engage(password_hash))
        with change() as session:
            session.add(
                Category(code="ban-tru", name_vi="Bán trú", name_en="Meals", description_vi="", sort=1)
            )
        units = {name: organisation.by_code(code) for name, (code, _, _) in UNITS.items()}
        people = {name: accounts.by_email(f"{name}@example.edu.vn") for name in PEOPLE}
        return Cast(**units, **people)

    told = type("Told", (Story,), {"begin": staticmethod(begin), "set_clock": staticmethod(clock_at)})
    stories, steps = BUDGETS[os.environ.get("HYPOTHESIS_PROFILE", "suite")]
    run_state_machine_as_test(
        told,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            derandomize=stories < 50,
            # A failing story of the suite is told as it came; the long runs take the time to shorten it.
            phases=[Search.generate] if stories < 50 else list(Search),
            database=None,
            verbosity=Verbosity.normal,
            suppress_health_check=list(HealthCheck),
        ),
    )
