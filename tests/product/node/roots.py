"""What root file systems are made of: programs of this machine, their libraries, accounts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.product.node.archive import Item

# Where Debian's name is another one; a shell's name stays the image's.
_MACHINE = {"sh": "dash", "nc": "nc.openbsd", "awk": "mawk"}


def binary(path: str | Path, at: str) -> dict[str, Item]:
    """A program of this machine at a path of the image, with the libraries that it is linked to."""
    return {at: Item(Path(path).resolve())} | libraries(Path(path).resolve())


def libraries(path: Path) -> dict[str, Item]:
    """The libraries that a program or library is linked to, where it looks for them."""
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    words = (line.split() for line in done.stdout.splitlines())
    found = [w[2] if len(w) > 2 and w[1] == "=>" else w[0] for w in words]
    return {p: Item(Path(p).resolve()) for p in found if p.startswith("/")}


def tools(names: Iterable[str]) -> dict[str, Item]:
    """Programs of this machine by name, in /bin; those that it lacks are left out."""
    tree: dict[str, Item] = {}
    for name in sorted(names):
        path = shutil.which(_MACHINE.get(name, name)) or shutil.which(name)
        if path:
            tree |= binary(path, f"/bin/{name}")
    return tree


def accounts(users: dict[str, int]) -> dict[str, Item]:
    """/etc/passwd, /etc/group, how names are resolved, and /tmp."""
    everybody = {"root": 0, "nobody": 65534, **users}
    passwd = "".join(f"{n}:x:{u}:{u}::/:/sbin/nologin\n" for n, u in everybody.items())
    group = "".join(f"{n}:x:{u}:\n" for n, u in everybody.items())
    return {
        "/etc/passwd": Item(passwd.encode(), mode=0o644),
        "/etc/group": Item(group.encode(), mode=0o644),
        "/etc/nsswitch.conf": Item(b"hosts: files dns\n", mode=0o644),
        "/tmp": Item(mode=0o1777),
    }


def script(text: str) -> Item:
    """A program in the shell's language."""
    return Item(f"#!/bin/sh\n{text}\n".encode())


def folder(source: Path, at: str, linked: bool = False) -> dict[str, Item]:
    """All files of a folder of this machine; with ``linked`` also the libraries of its programs."""
    tree: dict[str, Item] = {}
    for where, _, names in os.walk(source):
        for name in names:
            path = Path(where, name)
            mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            tree[f"{at}{where[len(str(source)) :]}/{name}"] = Item(path, mode=mode)
            if linked and (path.suffix == ".so" or mode == 0o755):
                tree |= {p: i for p, i in libraries(path).items() if not p.startswith(str(source))}
    return tree
