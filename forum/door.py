"""The public's door: reads only, as a database role that can do nothing else. No sign-in, no form, no cookie."""

from flask import Blueprint, Flask

from forum import feeds, frame, pages, pictures, seals


def open_door(app: Flask) -> None:
    """Register the public pages, the feeds and the pictures."""
    blueprint = Blueprint("forum", __name__, template_folder="templates")
    for room in (pages, feeds, pictures, seals):
        for rule, view in room.ADDRESSES.items():
            blueprint.add_url_rule(rule, view.__name__, view)
    blueprint.context_processor(frame.around)
    app.register_blueprint(blueprint)
    # Error pages of every door wear the forum's clothes and so need its name.
    app.context_processor(frame.signboard)
