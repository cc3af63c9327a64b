"""The department's door: Flask-Admin under our own pages. Every write on it is a verb of `workflow/`."""

from flask import Blueprint, Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from admin import menu
from admin.accounts import Accounts
from admin.announcements import Announcements
from admin.audit import Trail
from admin.committees import Committees
from admin.dashboard import Dashboard
from admin.deciding import Deciding
from admin.delegations import Delegations
from admin.directives import Directives
from admin.house_settings import HouseSettings
from admin.inspection import Inspection
from admin.letters import Letters
from admin.periods import Periods
from admin.pieces import Pieces
from admin.procedures import Procedures
from admin.queues import Queues
from admin.report import MonthReport
from admin.sections import Sections
from admin.tray import Tray
from admin.unit_months import UnitMonths
from admin.units import Units
from models.organisation import Unit
from models.outbox import Letter
from models.people import Account
from models.submission import Category


def open_door(app: Flask) -> None:
    """Register this door's screens and commands."""
    # Before Flask-Admin's own, so that our templates are found first.
    app.register_blueprint(Blueprint("desk", __name__, template_folder="templates"))
    desk = Admin(
        app,
        name="Tòa Soạn",
        index_view=Dashboard(url=menu.PREFIX),
        theme=Bootstrap4Theme(base_template="look/console.html"),
    )
    for view in (
        Tray(endpoint="desk_tray", url="thu-den"),
        Pieces(endpoint="desk_pieces", url="bai"),
        Deciding(endpoint="desk_deciding", url="quyet-dinh"),
        Units(Unit, endpoint="desk_units", url="don-vi"),
        Committees(endpoint="desk_committees", url="ban-truyen-thong"),
        Periods(endpoint="desk_periods", url="ky"),
        UnitMonths(endpoint="desk_unit_months", url="don-vi-thang"),
        Procedures(endpoint="desk_procedures", url="quy-trinh"),
        Directives(endpoint="desk_directives", url="van-ban"),
        Sections(Category, endpoint="desk_sections", url="chuyen-muc"),
        Announcements(endpoint="desk_announcements", url="thong-bao"),
        MonthReport(endpoint="desk_report", url="bao-cao"),
        Inspection(endpoint="desk_inspection", url="ai-da-duyet-gi"),
        Trail(endpoint="desk_audit", url="nhat-ky"),
        Letters(Letter, endpoint="desk_letters", url="thu-da-gui"),
        Queues(endpoint="desk_queues", url="hang-doi"),
        Accounts(Account, endpoint="desk_accounts", url="tai-khoan"),
        Delegations(endpoint="desk_delegations", url="uy-quyen"),
        HouseSettings(endpoint="desk_settings", url="thiet-lap"),
    ):
        desk.add_view(view)
    menu.hang(app)
