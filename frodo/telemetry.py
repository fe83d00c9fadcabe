"""Traces for OpenTelemetry and error reports for Sentry; not imported unless settings name a receiver."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from frodo.asgi_types import ASGIApp, Message, Receive, Scope, Send
from frodo.request_context import VIEW


def start_error_reports() -> None:
    """Send errors, with their tracebacks, to SENTRY_DSN; no names, addresses, cookies or bodies of requests."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk

    sentry_sdk.init(
        settings.SENTRY_DSN,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        auto_session_tracking=False,
        traces_sample_rate=None,  # OpenTelemetry does that
    )


def traced(app: ASGIApp) -> ASGIApp:
    """`app` with a span for each request, and below it one for each database query.

    A trace that a proxy has begun goes on (W3C Trace Context). Pages from memory are not traced: they take less time
    than a span would.
    """
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return app
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({SERVICE_NAME: settings.SITE_NAME}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("frodo")

    async def named(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":  # names of views are few; paths are not
                trace.get_current_span().update_name(f"{scope['method']} {scope.get(VIEW, 'none')}")
            await send(message)

        await app(scope, receive, send_on)

    def trace_query(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        if not trace.get_current_span().is_recording():
            return execute(sql, params, many, context)
        system = context["connection"].vendor
        attributes = {"db.system.name": system, "db.query.text": sql}  # with placeholders for the values
        with tracer.start_as_current_span(sql.partition(" ")[0], kind=trace.SpanKind.CLIENT, attributes=attributes):
            return execute(sql, params, many, context)

    def trace_queries(connection: BaseDatabaseWrapper, **signal: Any) -> None:
        if trace_query not in connection.execute_wrappers:
            connection.execute_wrappers.append(trace_query)

    connection_created.connect(trace_queries, weak=False)
    return cast(ASGIApp, OpenTelemetryMiddleware(named, exclude_spans=["send", "receive"], tracer_provider=provider))
