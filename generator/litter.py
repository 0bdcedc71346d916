"""Files that nobody wrote."""

# What file managers leave in folders that somebody looks at; nothing is lost with it.
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
