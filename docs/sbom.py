"""The list of parts (SBOM), CycloneDX 1.6, of what the locks pin: `python docs/sbom.py FILE`, or `make sbom`.

Needs nothing but Python. The same locks make the same file, byte by byte: it says nothing of when and where.
Only what is installed to run the house, and what its tests need of npm as `excluded`.
"""

import base64
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

HOUSE = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<when>\s*;[^\\]+)?")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def parts() -> dict[str, Any]:
    """The document. Raises ValueError when a line of a lock is not understood: no part may be left out in silence."""
    found = [*_python((HOUSE / "requirements.txt").read_text("utf-8")),
             *_npm(json.loads((HOUSE / "package-lock.json").read_text("utf-8")))]  # fmt: skip
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "toa-soan", "bom-ref": "toa-soan"}},
        "components": found,
        "dependencies": [{"ref": "toa-soan", "dependsOn": [part["bom-ref"] for part in found]}],
    }


def _python(lock: str) -> Iterator[dict[str, Any]]:
    """One part for each pinned line with its files' digests; a marker ("only on Windows") is kept as a property."""
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        line = PINNED.match(entry)
        if line is None:
            raise ValueError(f"requirements.txt: {entry.splitlines()[0]}")
        name = re.sub(r"[-_.]+", "-", line["name"]).lower()
        part = _part(f"pkg:pypi/{name}@{quote(line['version'], safe='')}", name, line["version"])
        # The lock holds the digests of every file that may be installed, one of them on any one machine.
        part["properties"] = [{"name": "toasoan:sha256", "value": digest} for digest in HASH.findall(entry)]
        if line["when"]:
            part["properties"].append({"name": "toasoan:when", "value": line["when"].strip(" ;")})
        yield part


def _npm(lock: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place, entry in lock["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        address = f"pkg:npm/{quote(name, safe='/')}@{quote(entry['version'], safe='')}"
        part = _part(address, name, entry["version"])
        kind, _, digest = entry["integrity"].partition("-")
        content = base64.b64decode(digest, validate=True).hex()
        part["hashes"] = [{"alg": kind.upper().replace("SHA", "SHA-"), "content": content}]
        if "license" in entry:
            part["licenses"] = [{"expression": entry["license"]}]
        part["scope"] = "excluded" if entry.get("dev") else "required"
        yield part


def _part(address: str, name: str, version: str) -> dict[str, Any]:
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(parts(), indent=1, ensure_ascii=False) + "\n", "utf-8")
