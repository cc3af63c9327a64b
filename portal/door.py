"""The units' door: write, send, watch. Phone first. Every write is a verb; what is not yours does not exist."""

from flask import Blueprint, Flask

from portal import house, month, person, pieces, quick, talking, together, unit, writing


def open_door(app: Flask) -> None:
    """Register the pages of the units' door under /don-vi."""
    blueprint = Blueprint(
        "portal", __name__, url_prefix=house.PREFIX, template_folder="templates", static_folder="static"
    )
    for room in (month, writing, quick, pieces, together, talking, unit, person):
        for rule, methods, view in room.ADDRESSES:
            blueprint.add_url_rule(rule, view.__name__, view, methods=methods)
    blueprint.before_request(person.come_in)
    blueprint.context_processor(house.around)
    app.context_processor(house.lost)
    app.register_blueprint(blueprint)
