"""The unit itself: its Communications Committee seat by seat, and the letters that came to it."""

from flask import abort, render_template
from flask_babel import gettext

from models.organisation import Committee, Seat
from models.vocabulary import SeatKind
from portal import person
from workflow import committees, wording
from workflow.queries import portal as read


def committee() -> str:
    found = committees.in_force(person.unit())
    return render_template(
        "portal/committee.html",
        committee=found,
        groups=groups(found) if found else [],
        missing=sum(committees.missing(found).values()) if found else None,
    )


def groups(found: Committee) -> list[dict[str, object]]:
    """Seats by kind as look/parts/committee.html draws them; how many there are, the directive says."""
    standing = committees.standing(found)
    missing = committees.missing(found)
    drawn: list[dict[str, object]] = []
    for kind in SeatKind:
        taken = [seat for seat in standing if seat.seat_kind == kind]
        needed = len(taken) + missing.get(kind, 0)
        if needed:
            drawn.append(
                {
                    "title": gettext(wording.SEATS[kind]),
                    "filled": len(taken),
                    "needed": needed,
                    "who_may": gettext("Phòng GDMN bổ sung theo danh sách của đơn vị."),
                    "seats": [seat_of(seat) for seat in taken],
                }
            )
    return drawn


def seat_of(seat: Seat) -> dict[str, object]:
    return {
        "name": seat.account.full_name,
        "role": seat.role_in_committee,
        "title": seat.title,
        "workplace": seat.workplace,
        "since": seat.valid_from,
    }


def letters() -> str:
    found = read.notices(person.unit().id, me=person.me().id, everyone=person.is_committee())
    return render_template("portal/letters.html", letters=found)


def letter(letter_id: int) -> str:
    found = read.letter(letter_id, person.unit().id, me=person.me().id, everyone=person.is_committee())
    if found is None:
        abort(404)
    return render_template("portal/letter.html", letter=found)


ADDRESSES = (
    ("/ban", ["GET"], committee),
    ("/thong-bao", ["GET"], letters),
    ("/thong-bao/<int:letter_id>", ["GET"], letter),
)
