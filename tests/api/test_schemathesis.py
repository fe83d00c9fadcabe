"""Whatever is sent, no endpoint fails, and none answers what the schema does not say."""

from contextlib import nullcontext, suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from frodo.api.views import schema

SCHEMA = schemathesis.openapi.from_dict(schema("en"))
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
WHO = ("anonymous", "reader", "author")
CHANGES = {"put", "patch", "delete"}


def ask_everything(callers, name: str, role: str, n: int) -> None:
    """What fits the schema and what does not, about things that are there and about others."""
    operation = OPERATIONS[name]
    for mode in GenerationMode:
        for is_known in (True, False) if "{" in operation.path else (False,):
            ask(callers, operation, role, mode, n, is_known=is_known)


def ask(callers, operation, role: str, mode: GenerationMode, n: int, *, is_known: bool) -> None:
    rows = callers.fill(operation.path) if is_known else {}

    @settings(
        max_examples=n,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def one(case) -> None:
        if rows:
            if operation.method in CHANGES:
                rows.update(callers.fill(operation.path))
            case.path_parameters = dict(rows)
        case.call_and_validate(base_url=callers.server.url, session=callers[role], checks=CHECKS, timeout=30)

    with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
        one()  # where all is taken, nothing is wrong to send


@pytest.mark.parametrize("role", ["anonymous", "author"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_foreseen(callers, name, role):
    ask_everything(callers, name, role, 3)


@pytest.mark.quality
@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_foreseen_at_length(callers, name, role):
    ask_everything(callers, name, role, 60)
