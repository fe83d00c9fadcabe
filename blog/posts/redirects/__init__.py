"""Redirects from old URLs: CSV, how often they are used, paths that are not found, and their admin."""
