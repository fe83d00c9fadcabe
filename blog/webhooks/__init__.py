"""Webhooks: HTTP requests to other programs about posts, comments and moderation (docs/webhooks.md)."""
