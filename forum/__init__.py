from flask import Flask


def open_door(app: Flask) -> None:
    """Register this door's screens and commands."""
