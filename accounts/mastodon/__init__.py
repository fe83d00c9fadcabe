"""Sign-in with the Mastodon server at MASTODON_URL: a provider for django-allauth."""
