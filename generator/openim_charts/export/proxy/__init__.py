"""A proxy in front of everything: where requests go, and what nginx and HAProxy call that."""
