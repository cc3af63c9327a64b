"""The list of parts names every part the locks pin, and nothing else; a line it does not understand is an error."""

import json
import re
from pathlib import Path

import pytest

from docs import sbom

HOUSE = Path(__file__).parents[2]


def test_every_part_that_is_pinned_is_listed_with_its_version_and_digest():
    lock = (HOUSE / "requirements.txt").read_text("utf-8")
    packages = json.loads((HOUSE / "package-lock.json").read_text("utf-8"))["packages"]

    listed = sbom.parts()["components"]

    python = {(part["name"], part["version"]) for part in listed if part["purl"].startswith("pkg:pypi/")}
    assert python == set(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    npm = {(part["name"], part["version"]) for part in listed if part["purl"].startswith("pkg:npm/")}
    assert npm == {
        (place.removeprefix("node_modules/"), one["version"]) for place, one in packages.items() if place
    }
    assert len({part["bom-ref"] for part in listed}) == len(listed)
    digests = [
        one["value"] for part in listed for one in part.get("properties", []) if "sha256" in one["name"]
    ]
    assert sorted(digests) == sorted(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert all(len(one["hashes"][0]["content"]) == 128 for one in listed if "hashes" in one)


def test_the_same_locks_make_the_same_list():
    assert json.dumps(sbom.parts()) == json.dumps(sbom.parts())


def test_a_line_that_is_not_understood_is_no_silence():
    with pytest.raises(ValueError, match="git"):
        list(sbom._python("flask==3.1.3\ngit+https://example.edu.vn/x"))
