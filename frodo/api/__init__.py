"""What all API endpoints share: errors, permissions, throttling, pagination, conditional requests, idempotency."""

from frodo.api.bodies import Answer, JSONParser, SmallJSONParser
from frodo.api.conditional import Versioned
from frodo.api.endpoint import Endpoint
from frodo.api.pagination import take_rows
from frodo.api.parameters import NotUnderstood, number, one_of, shape, year
from frodo.api.permissions import (
    FromThisSite,
    OnlyWriters,
    PublishersWrite,
    SignedIn,
    WritersWrite,
)
