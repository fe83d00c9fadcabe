"""Broken links and images in published texts (docs/link-check.md)."""
