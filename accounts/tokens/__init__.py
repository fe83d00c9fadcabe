"""Programs that speak for a person: signed in on a device, or with a personal token (docs/tokens.md).

signed.py    words with our signature on them (JWT)
devices.py   sign in, refresh, sign out: two tokens for each device
personal.py  tokens that a person makes for a script
reading.py   a token becomes a Credential
"""

from accounts.tokens.credential import JWT, PERSONAL, SCOPES, Credential

__all__ = ["JWT", "PERSONAL", "SCOPES", "Credential"]
