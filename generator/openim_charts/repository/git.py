"""Git, as far as publishing needs it: one bare repository that knows one remote."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from openim_charts.findings import UserError

_SECONDS = 600
_NOBODY = "openim-charts <openim-charts@localhost>"
_RACES = (
    "fetch first",
    "non-fast-forward",
    "stale info",
    "cannot lock ref",
    "failed to update ref",
    "reference already exists",
    "incorrect old value",
)
_NO_RACE = "exists; cannot create"  # a branch of the name, or below it, is in the way
_LOCAL = re.compile(r"[^:/]*(?:/.*)?", re.DOTALL)  # by git-clone(1): no colon before a slash
# Variables that tell Git of the repository in which it was called, as it does to hooks.
_OF_ANOTHER = frozenset(
    ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DEFAULT_HASH", "GIT_DIR",
     "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE",
     "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE",
     "GIT_SHALLOW_FILE", "GIT_WORK_TREE")
)  # fmt: skip


class Git:
    """A repository in the empty ``folder`` with the remote ``url``. Methods raise UserError.

    ``fetch`` comes first: it makes the repository as the remote one is.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = str(Path(url).absolute()) if _LOCAL.fullmatch(url) else url

    def run(self, *arguments: str, stdin: Iterable[bytes] = ()) -> bytes:
        """What a Git command prints."""
        done = self._call(arguments, stdin)
        if done.returncode:
            raise UserError(f"git {arguments[0]} failed for {self._url}: {_said(done)}")
        return done.stdout

    def fetch(self, branch: str) -> str:
        """The commit at the tip of a remote branch, its trees here and its files on demand.

        "" when there is no such branch.
        """
        ref = f"refs/heads/{branch}"
        listing = self.run("ls-remote", "--", self._url, "HEAD", ref).decode()
        refs = {
            name: tip for tip, _, name in (line.partition("\t") for line in listing.splitlines())
        }
        if not (self._folder / "HEAD").exists():
            hashes = "sha256" if any(len(tip) == 64 for tip in refs.values()) else "sha1"
            self.run("init", "--quiet", "--bare", f"--object-format={hashes}")
            self.run("remote", "add", "origin", "--", self._url)
        if ref not in refs:
            return ""
        self.run(
            "fetch", "--quiet", "--depth=1", "--filter=blob:none", "origin", f"+{ref}:refs/base"
        )
        return self.run("rev-parse", "refs/base").decode().strip()

    def push(self, ref: str, branch: str) -> bool:
        """Move the remote branch forward to ``ref``; False when somebody else moved it."""
        arguments = ("push", "--porcelain", "origin", f"{ref}:refs/heads/{branch}")
        done = self._call(arguments, ())
        if done.returncode == 0:
            return True
        said = _said(done)
        if any(race in said for race in _RACES) and _NO_RACE not in said:
            return False
        raise UserError(f"git push to {self._url} was refused: {said}")

    def identity(self) -> str:
        """Who commits, and when: the user's settings, else the tool."""
        done = self._call(("var", "GIT_COMMITTER_IDENT"), ())
        if done.returncode == 0:
            return done.stdout.decode().strip()
        named = self._call(
            ("-c", "user.name=x", "-c", "user.email=x", "var", "GIT_COMMITTER_IDENT"), ()
        )
        return f"{_NOBODY} {' '.join(named.stdout.decode().split()[-2:])}"

    def _call(
        self, arguments: tuple[str, ...], stdin: Iterable[bytes]
    ) -> subprocess.CompletedProcess[bytes]:
        environment = {
            **{k: v for k, v in os.environ.items() if k not in _OF_ANOTHER},
            "GIT_TERMINAL_PROMPT": "0",  # a question would wait for ever in CI
            "LC_ALL": "C",
        }
        try:
            return subprocess.run(
                ["git", "-C", str(self._folder), *arguments],
                input=b"".join(stdin),
                env=environment,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError as error:
            raise UserError("git is not installed; install it, or publish to a folder") from error
        except subprocess.TimeoutExpired as error:
            raise UserError(f"git {arguments[0]} took longer than {_SECONDS} s") from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join((done.stdout + done.stderr).decode(errors="replace").split())[-500:]
