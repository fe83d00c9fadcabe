"""Models that know their own async properties, and turn themselves into what readers are shown.

Nothing here knows the blog: the folder can be lifted into any Django project.
docs/async-models.md tells how it is used.
"""

from .base import AsyncModel
from .collecting import AsyncModelBase
from .plans import TooDeep, UnknownField
from .properties import AsyncProperty, BatchedProperty, async_property, batched_property
from .schema import openapi_components
from .values import json_value

__all__ = [
    "AsyncModel",
    "AsyncModelBase",
    "AsyncProperty",
    "BatchedProperty",
    "TooDeep",
    "UnknownField",
    "async_property",
    "batched_property",
    "json_value",
    "openapi_components",
]
