"""Charts in an OCI registry."""
