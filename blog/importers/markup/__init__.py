"""A generator's own language in a post's text, turned into Markdown; what is code stays as it is."""
