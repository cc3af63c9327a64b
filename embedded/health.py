"""Is the web server there? Asked by the supervisor until it says yes."""

import http.client

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def answers(host: str, port: int, *, path: str = "/", seconds: float = 5.0) -> bool:
    """Does it answer a GET without an error of its own (5xx)?"""
    connection = http.client.HTTPConnection(EVERYWHERE.get(host, host), port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
