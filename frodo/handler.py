"""Django's ASGI handler without the thread hops it does not need (docs/threads.md, tests/threads)."""

import asyncio
from contextlib import closing, suppress

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import close_caches
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import reset_urlconf
from django.core.handlers.exception import response_for_exception
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.urls import set_script_prefix

from frodo import too_much
from frodo.middleware import ON_THE_LOOP
from frodo.threads import Busy
from frodo.unavailable import database_is_gone, unavailable

NEVER_WAIT = {reset_queries, close_old_connections, close_caches, reset_urlconf}
"""Django's own receivers. On the loop they find no connection; the pool's threads look after theirs (Keeper)."""


class Handler(ASGIHandler):
    """What a request asks of the database is all that leaves the event loop."""

    def load_middleware(self, is_async: bool = False) -> None:
        """As settings say, with the stock middleware in the form that runs on the loop."""
        named = settings.MIDDLEWARE
        settings.MIDDLEWARE = [ON_THE_LOOP.get(name, name) for name in named]
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = named

    async def handle(self, scope, receive, send) -> None:
        """Django's, but for two hops: signals and closing stay on the loop if no receiver waits for anything."""
        try:
            if too_much.claimed(scope) > settings.MAX_BODY:
                raise too_much.TooMuch
            body = await self.read_body(receive)
        except RequestAborted:
            return
        except too_much.TooMuch:
            await too_much.let_go(scope, receive)
            await self.send_response(too_much.answer(scope), send)
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            if may_wait(request_started, self.__class__):
                await request_started.asend(sender=self.__class__, scope=scope)
            else:
                request_started.send(sender=self.__class__, scope=scope)
            request, response = self.create_request(scope, body)
            if request is None:
                await self.send_response(response, send)
            else:
                response = await self.answer(request, receive, send)
            if response is None:
                await request_finished.asend(sender=self.__class__)
            elif response.streaming or may_wait(request_finished, self.__class__):
                await sync_to_async(response.close)()
            else:
                response.close()

    async def read_body(self, receive):
        """Django's, but not without end."""
        n = 0

        async def bounded() -> dict:
            nonlocal n
            message = await receive()
            n += len(message.get("body", b""))
            return message if n <= settings.MAX_BODY else {"type": "http.disconnect"}

        try:
            return await super().read_body(bounded)
        except RequestAborted:
            if n > settings.MAX_BODY:
                raise too_much.TooMuch from None
            raise

    async def answer(self, request: HttpRequest, receive, send) -> HttpResponse | None:
        """The response, once it is sent; None when the reader left before there was one."""
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        answering = asyncio.create_task(self.send_answer(request, send))
        await asyncio.wait([leaving, answering], return_when=asyncio.FIRST_COMPLETED)
        for task in (leaving, answering):
            if not task.done():
                task.cancel()
            with suppress(RequestAborted, asyncio.CancelledError):
                await task
        return None if answering.cancelled() else answering.result()

    async def send_answer(self, request: HttpRequest, send) -> HttpResponse:
        response = await self.run_get_response(request)
        with suppress(asyncio.CancelledError):  # the reader left while reading
            await self.send_response(response, send)
        return response

    async def _get_response_async(self, request: HttpRequest) -> HttpResponse:
        """What else goes wrong becomes a page here, on a thread with a connection; Django would take any thread."""
        try:
            return await super()._get_response_async(request)
        except Busy:
            return unavailable(request)
        except Exception as error:
            return await sync_to_async(response_for_exception)(request, error)

    def process_exception_by_middleware(self, exception: Exception, request: HttpRequest) -> HttpResponse:
        """Called on a thread when a view has failed. Django would go back, and to another thread for the page."""
        response = super().process_exception_by_middleware(exception, request)
        if response is None and database_is_gone(exception):
            response = unavailable(request)
        return response or response_for_exception(request, exception)


def may_wait(signal: Signal, sender: type) -> bool:
    """Does anybody listen whom we do not know?"""
    receivers, async_receivers = signal._live_receivers(sender)
    return bool(async_receivers) or not NEVER_WAIT.issuperset(receivers)
