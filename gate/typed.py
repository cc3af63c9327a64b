"""What nobody types: a NUL in an address or a form. PostgreSQL keeps none; it is refused before any door sees it."""

from flask import Flask, abort, request

NUL = "\x00"


def refuse_nul(app: Flask) -> None:
    app.before_request(_look)


def _look() -> None:
    typed = [
        value for given in (request.args, request.form) for values in given.listvalues() for value in values
    ]
    if any(NUL in value for value in (request.path, *typed)):
        abort(400)
