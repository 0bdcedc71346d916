"""Compiles declarative specs into a Helm repository for OpenIM."""

__version__ = "0.1.0"
