"""Files that nobody wrote."""

# What file managers leave in folders that somebody looks at; nothing is lost with it.
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def hidden(name: str) -> bool:
    """Whether a file or folder of this name is no part of a folder of sources."""
    return name.startswith(".") or name in LITTER
