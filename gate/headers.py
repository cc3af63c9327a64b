"""What every answer tells the browser to be careful about, and what no request may come with (T04, T05, T29).

The content policy is look's (it knows the nonce). How long an answer may be kept a door may say; of what is said
nothing about, whatever somebody signed in has seen stays nowhere, in a shared computer's memory least of all (T29).
"""

from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from gate import clicking
from workflow.settings import settings

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Our own addresses hold ids and one-time links; another house learns none of them. Ours needs it against T05.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
HTTPS_ONLY = "max-age=63072000; includeSubDomains"
KEPT_BY_PROBES = ("127.0.0.1", "localhost")


def watch(app: Flask) -> None:
    house = settings()
    if not house.is_demo:
        # A rehearsal is shown under whatever name the machine has; a house has one.
        app.config["TRUSTED_HOSTS"] = [urlsplit(house.public_url).hostname, house.host, *KEPT_BY_PROBES]
    app.before_request(_refuse_strangers)
    app.after_request(_be_careful)


def _refuse_strangers() -> None:
    """A form that another site's page sends, as far as the browser says so; the token is asked for all the same."""
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)


def _be_careful(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    if settings().public_url.startswith("https:"):
        answer.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    if request.path.startswith(clicking.INSIDE):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
