"""Imports every table file, so that the metadata is whole. For migrations and for start-up."""

from models import (
    attachment,
    audit,
    calendar_day,
    desk,
    directive,
    envelope,
    house,
    mishap,
    organisation,
    outbox,
    people,
    period,
    privacy,
    publication,
    second_step,
    sign_in,
    submission,
)
from models.base import Base, db

__all__ = [
    "Base",
    "attachment",
    "audit",
    "calendar_day",
    "db",
    "desk",
    "directive",
    "envelope",
    "house",
    "mishap",
    "organisation",
    "outbox",
    "people",
    "period",
    "privacy",
    "publication",
    "second_step",
    "sign_in",
    "submission",
]
