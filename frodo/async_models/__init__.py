"""Async properties of models, and serialization of models to dictionaries.

Nothing here knows the blog: the folder can be lifted into any Django project.
docs/async-models.md tells how it is used.
"""

from frodo.async_models.base import AsyncModel
from frodo.async_models.json_values import json_value
from frodo.async_models.properties import (
    AsyncModelBase,
    AsyncProperty,
    BatchedProperty,
    async_property,
    batched_property,
)
from frodo.async_models.query_plans import TooDeep, UnknownField
from frodo.async_models.schema import openapi_components
