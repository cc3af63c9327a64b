"""Start a program as somebody who may run it, and let go of it.

Two halves in one file. Imported, it offers `run` and `detached`. Run as a program (by those two,
with -I -S: standard library only, nothing of the checkout on the path) it becomes the program
asked for: it steps down from root, opens a session of its own when told to, and calls exec.
A process of its own, because the same steps between fork and exec are unsafe in a threaded parent.
"""

import ctypes
import json
import os
import pwd
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAPABILITY_VERSION_3 = 0x20080522
STEP_DOWN_FAILED = 120


@dataclass(frozen=True)
class Owner:
    """The account a server runs as when root starts it."""

    uid: int
    gid: int


def owner_of(folder: Path) -> Owner | None:
    """Who shall run the server of this data folder; None: whoever we are already.

    PostgreSQL refuses root. A folder that an ordinary account made stays with that account; a new
    one goes to `nobody`, the account every system has (initdb insists on one with a name).
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (made := folder.stat()).st_uid != 0:
        return Owner(made.st_uid, made.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Owner(nobody.pw_uid, nobody.pw_gid)


def run(
    argv: Sequence[str], *, owner: Owner | None, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `owner`; stdout and stderr come back as text."""
    return subprocess.run(
        _through_here(argv, owner=owner, detach=False),
        env=dict(env),
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def detached(argv: Sequence[str], *, owner: Owner | None, env: Mapping[str, str], log: Path) -> int:
    """Start a program as `owner` in a session of its own, writing to `log`; returns its pid.

    It is nobody's child afterwards: it outlives us, and ctrl-C at our terminal does not reach it.
    Raises OSError when `log` cannot be opened and CalledProcessError when root cannot step down.
    """
    with log.open("ab") as output:
        started = subprocess.run(
            _through_here(argv, owner=owner, detach=True),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            check=True,
        )
    return int(started.stdout)


def _through_here(argv: Sequence[str], *, owner: Owner | None, detach: bool) -> list[str]:
    how = {"uid": owner and owner.uid, "gid": owner and owner.gid, "detach": detach}
    return [sys.executable, "-I", "-S", "-B", __file__, json.dumps(how), *argv]


def _become(uid: int, gid: int) -> None:
    """Change from root to an ordinary account that may still walk through closed folders.

    The checkout (so the server programs) and the data may lie below a folder of mode 700 that only
    root may enter. The two file capabilities are therefore kept, as *ambient* ones, the only kind
    that survives exec of an ordinary program. Systems without capabilities simply change account.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"
    kept = _permitted() & (1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH) if linux else 0
    if kept:
        # Keeps them through setuid and, which matters as much, lets access(2) count them: initdb asks it.
        _checked(libc.prctl(PR_SET_SECUREBITS, *map(ctypes.c_ulong, (SECBIT_NO_SETUID_FIXUP, 0, 0, 0))))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if kept:
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(
            kept, kept, kept, 0, 0, 0
        )  # effective, permitted, inheritable; low, high
        _checked(libc.capset(header, sets))
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if kept & 1 << capability:
                raised = map(ctypes.c_ulong, (PR_CAP_AMBIENT_RAISE, capability, 0, 0))
                _checked(libc.prctl(PR_CAP_AMBIENT, *raised))


def _permitted() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapPrm:"):
            return int(line.split()[1], 16)
    return 0


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _main() -> None:
    how, argv = json.loads(sys.argv[1]), sys.argv[2:]
    try:
        if how["uid"] is not None:
            _become(how["uid"], how["gid"])
    except OSError as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(STEP_DOWN_FAILED)
    if how["detach"]:
        if pid := os.fork():
            os.write(1, str(pid).encode())
            os._exit(0)
        os.setsid()
        os.dup2(2, 1)
    os.execv(argv[0], argv)  # noqa: S606  (a shell is what is not wanted)


if __name__ == "__main__":
    _main()
