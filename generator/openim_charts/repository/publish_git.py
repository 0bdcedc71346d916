"""Publishing to a branch of a Git repository, without a checkout."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from openim_charts.findings import UserError
from openim_charts.repository.git import Git
from openim_charts.repository.publish_plan import Plan
from openim_charts.repository.target import GitTarget

_PATIENCE = 300.0  # seconds of trying again while others publish
_LONGEST_WAIT = 4.0  # seconds
_NEW = "refs/heads/publish"


class Branch:
    """A published repository at one commit of a branch; no commit yet is an empty one."""

    def __init__(self, git: Git, commit: str, shown: str) -> None:
        self.shown = shown
        self.commit = commit
        self._git = git
        listing = git.run("ls-tree", "-r", "-z", commit).decode() if commit else ""
        entries = (line.split("\t", 1) for line in listing.split("\0") if line)
        self._blobs = {name: head.split(" ")[2] for head, name in entries}

    def read(self, name: str) -> bytes | None:
        """A file's content; None when there is none."""
        blob = self._blobs.get(name)
        return self._git.run("cat-file", "blob", blob) if blob else None

    def names(self) -> Collection[str]:
        """Paths of all files."""
        return self._blobs.keys()

    def same(self, name: str, content: bytes) -> bool:
        """Whether the file is there with this content, known by its blob's name."""
        header = b"blob %d\0" % len(content)
        new = hashlib.sha1 if len(self._blobs.get(name, "")) == 40 else hashlib.sha256
        return self._blobs.get(name) == new(header + content).hexdigest()


def publish_git(
    target: GitTarget, planner: Callable[[Branch], Plan], message: Callable[[Plan], str]
) -> Plan:
    """Carry out the plan as one commit on the branch, with the message for it.

    The push takes effect only if the branch is still where the plan was made from; otherwise
    the plan is made anew. Whatever ends the process leaves the branch as it was. Raises UserError.
    """
    end = time.monotonic() + _PATIENCE
    patience = 0.25
    with TemporaryDirectory(prefix="openim-charts-") as folder:
        git = Git(Path(folder), target.url)
        while True:
            branch = Branch(git, git.fetch(target.branch), f"{target.url}#{target.branch}")
            plan = planner(branch)
            if not plan.files and not plan.missing:
                return plan
            commit = _stream(git, branch, plan, message(plan))
            git.run("fast-import", "--quiet", "--force", stdin=commit)
            if git.push(_NEW, target.branch):
                return plan
            if time.monotonic() > end:
                raise UserError(
                    f"{branch.shown} moved during every try for {_PATIENCE:.0f} s; publish again"
                )
            patience = min(2 * patience, _LONGEST_WAIT)
            time.sleep(random.uniform(0, patience))  # others that lost too should not meet again


def _stream(git: Git, branch: Branch, plan: Plan, message: str) -> Iterator[bytes]:
    """The commit in the language of git fast-import."""
    yield f"commit {_NEW}\ncommitter {git.identity()}\n".encode()
    yield _data(message.encode())
    if branch.commit:
        yield f"from {branch.commit}\n".encode()
    for name, content in plan.contents():
        yield f"M 100644 inline {name}\n".encode() + _data(content)
    if not branch.commit and ".nojekyll" not in plan.files:
        yield b"M 100644 inline .nojekyll\n" + _data(b"")  # GitHub Pages serves files as they are


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
