"""From archives to a repository that only grows: index, merge, publish, serve."""
