"""openim.yaml and other values files: what is wrong with them, and what they install."""
