"""The cast: the same people in every test, with fixed roles.

Lan teaches in Can Lộc and writes; Bình sends for Can Lộc's committee; Nga sends for another district. At the
department Sơn and Hà edit, Minh and Lý approve, Phương publishes, Khang inspects, Mai administers.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask

from models.organisation import Unit
from models.people import Account
from models.vocabulary import Role, SeatKind
from workflow import accounts, committees, organisation
from workflow.engine.unit_of_work import change

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
def cast(app: Flask, password_hash: str) -> Cast:
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
        can_loc = unit("h-can-loc", "Huyện", "Can Lộc")
        town = unit("tx-ky-anh", "Thị xã", "Kỳ Anh")
        district = unit("h-ky-anh", "Huyện", "Kỳ Anh")
        lan, binh, nga = (
            person("lan", "Trần Thị Lan"),
            person("binh", "Phan Đình Bình"),
            person("nga", "Lê Thị Nga"),
        )
        accounts.grant(lan, Role.CONTRIBUTOR, unit=can_loc, by=None, since=SINCE)
        for member, home in ((binh, can_loc), (nga, town)):
            committee = committees.found(home, since=SINCE, by=None)
            committees.seat(committee, member, SeatKind.SPECIALIST, by=None, since=SINCE)
        department = {}
        for name, (full_name, role) in DEPARTMENT.items():
            department[name] = person(name, full_name)
            accounts.grant(department[name], role, by=None, since=SINCE)
    return Cast(can_loc, town, district, lan, binh, nga, **department)
