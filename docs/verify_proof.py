"""Checks a proof off line: python verify_proof.py PROOF.json [--key KEY] [--old-key KEY] [--note NOTE.txt]

PROOF.json comes from `toasoan audit prove`, `toasoan audit consistency` or the button on an event. KEY is the public
key as letters and the public page show it, the older note's apart where it was changed since; without it the key in
the proof is used, which proves nothing against whoever made the proof. NOTE.txt is a note that you kept: the proof
must be against that very note. Needs Python 3.9 and `cryptography`. Exit code 0: holds; 1: does not.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def opened(note, key):
    """(size, root) of a note whose signature is that of `key`, `name+mark+base64`."""
    body, _, signatures = note.rpartition("\n\n")
    body += "\n"
    name, mark, encoded = key.strip().split("+", 2)
    raw = base64.b64decode(encoded)
    if raw[:1] != b"\x01" or sha256(name.encode(), b"\n", raw)[:4].hex() != mark:
        raise ValueError("the key is damaged")
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if (dash, signer, signature[:4].hex()) == ("—", name, mark):
            Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], body.encode())
            _origin, size, root = body.splitlines()[:3]
            return int(size), base64.b64decode(root)
    raise ValueError("the note is not signed by this key")


def climbed(path, index, last, ours, theirs=None):
    """The roots that a path of RFC 6962 leads to: of the whole tree, and of its beginning when `theirs` is given."""
    for beside in path:
        if last == 0:
            raise ValueError("the path is too long")
        if index & 1 or index == last:
            ours = sha256(b"\x01", beside, ours)
            theirs = theirs and sha256(b"\x01", beside, theirs)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            ours = sha256(b"\x01", ours, beside)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return ours, theirs


def continues(old, old_root, size, root, path):
    index, last = old - 1, size - 1
    while index > 0 and index & 1:
        index, last = index >> 1, last >> 1
    first, *rest = path if old & (old - 1) else [old_root, *path]
    return 0 < old <= size and climbed(rest, index, last, first, first) == (root, old_root)


def check(proof, key, old_key, note):
    path = [base64.b64decode(one) for one in proof["path"]]
    new = proof["note" if proof["kind"] == "inclusion" else "new"]
    if note is not None and not any(one.strip() in note for one in (new, proof.get("old", new))):
        raise ValueError("the proof is against another note than yours")
    size, root = opened(new, key)
    if proof["kind"] == "inclusion":
        event = proof["event"]
        sealed = sha256(b"\x02", bytes.fromhex(event["prev_hash"]), event["payload"].encode())
        index, leaf = proof["index"], sha256(b"\x00", sealed)
        if not 0 <= index < size or climbed(path, index, size - 1, leaf)[0] != root:
            raise ValueError("the event is not under this note")
        return f"the event was sealed, number {index + 1} of {size}:\n{event['payload']}"
    old, old_root = opened(proof["old"], old_key)
    if (old, old_root) == (size, root):
        return "both notes are over the same tree"
    if not continues(old, old_root, size, root, path):
        raise ValueError("the newer note does not continue the older one")
    return f"the note over {size} events only adds to the note over {old}"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, kind in (("proof", Path), ("--key", str), ("--old-key", str), ("--note", Path)):
        asked.add_argument(name, type=kind)
    told = asked.parse_args()
    given = json.loads(told.proof.read_text("utf-8"))
    try:
        key, old_key = told.key or given["key"], told.old_key or told.key or given.get("old_key")
        print("HOLDS:", check(given, key, old_key, told.note and told.note.read_text("utf-8")))
    except (InvalidSignature, ValueError, KeyError, IndexError) as error:
        sys.exit(f"DOES NOT HOLD: {error or 'the signature is not of this note'}")
