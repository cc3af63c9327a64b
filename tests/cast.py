"""The cast: the same people in every test, with fixed roles.

Lan teaches in Can Lộc and writes; Bình sends for Can Lộc's committee; Nga sends for another district. At the
department Sơn and Hà edit, Minh and Lý approve, Phương publishes, Khang inspects, Mai administers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from models.organisation import Unit
from models.people import Account
from models.vocabulary import Role, SeatKind
from tests.stage import Stage
from workflow import accounts, committees, organisation
from workflow.engine.unit_of_work import change
from workflow.imports import committees as member_lists
from workflow.imports import units

MONTH = Path(__file__).resolve().parents[1] / "tasks" / "rehearsal" / "data"
SINCE = date(2021, 4, 1)
PASSWORD = "mat-khau-thu-nghiem"


@dataclass
class Cast:
    can_loc: Unit
    town_ky_anh: Unit
    district_ky_anh: Unit
    lan: Account
    binh: Account
    nga: Account
    son: Account
    ha: Account
    minh: Account
    ly: Account
    phuong: Account
    khang: Account
    mai: Account


UNITS = {
    "can_loc": ("h-can-loc", "Huyện", "Can Lộc"),
    "town_ky_anh": ("tx-ky-anh", "Thị xã", "Kỳ Anh"),
    "district_ky_anh": ("h-ky-anh", "Huyện", "Kỳ Anh"),
}
OF_UNITS = {"lan": "Trần Thị Lan", "binh": "Phan Đình Bình", "nga": "Lê Thị Nga"}
DEPARTMENT = {
    "son": ("Nguyễn Văn Sơn", Role.EDITOR),
    "ha": ("Lê Thị Hà", Role.EDITOR),
    "minh": ("Trần Quang Minh", Role.APPROVER),
    "ly": ("Trần Thị Lý", Role.APPROVER),
    "phuong": ("Phạm Thu Phương", Role.PUBLISHER),
    "khang": ("Võ Đình Khang", Role.AUDITOR),
    "mai": ("Đặng Thị Mai", Role.ADMIN),
}


@pytest.fixture(scope="session")
def password_hash(house: Flask) -> str:
    """One Argon2 hash for the whole cast: each costs a tenth of a second."""
    from flask_security import hash_password

    with house.app_context():
        return str(hash_password(PASSWORD))


@pytest.fixture
def cast(stage: Stage, app: Flask, password_hash: str) -> Cast:
    stage.set("cast", lambda: _engage(password_hash))
    return Cast(
        **{name: organisation.by_code(code) for name, (code, _, _) in UNITS.items()},
        **{name: accounts.by_email(f"{name}@example.edu.vn") for name in (*OF_UNITS, *DEPARTMENT)},
    )


def _engage(password_hash: str) -> None:
    def person(name: str, full_name: str) -> Account:
        return accounts.add(
            f"{name}@example.edu.vn", full_name=full_name, by=None, password_hash=password_hash
        )

    def unit(code: str, kind: str, name: str) -> Unit:
        described = organisation.UnitDescription(
            code=code,
            name=f"Phòng Giáo dục và Đào tạo {kind.lower()} {name}",
            kind="phong_gddt",
            valid_from=SINCE,
            admin_unit=f"{kind} {name}",
            admin_kind=kind,
        )
        return organisation.save_unit(described, by=None)[0]

    with change():
        homes = {name: unit(*described) for name, described in UNITS.items()}
        members = {name: person(name, full_name) for name, full_name in OF_UNITS.items()}
        accounts.grant(members["lan"], Role.CONTRIBUTOR, unit=homes["can_loc"], by=None, since=SINCE)
        for member, home in (("binh", "can_loc"), ("nga", "town_ky_anh")):
            committee = committees.found(homes[home], since=SINCE, by=None)
            committees.seat(committee, members[member], SeatKind.SPECIALIST, by=None, since=SINCE)
        for name, (full_name, role) in DEPARTMENT.items():
            accounts.grant(person(name, full_name), role, by=None, since=SINCE)


@pytest.fixture
def province(stage: Stage, app: Flask, clock_at: Callable[[str], object]) -> None:
    """The thirteen units and their committees, on the morning after the deadline of May 2021."""
    stage.set("province", _found_the_province)
    clock_at("2021-05-20 08:00")


def _found_the_province() -> None:
    for taken in (units.take_units(MONTH / "units.csv"), member_lists.take(MONTH / "committees.csv")):
        assert {outcome.outcome for outcome in taken} == {"added"}
