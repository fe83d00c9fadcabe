"""Signing in by a link in an e-mail: asked for, sent, opened, and only then used."""

import logging

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import links, naming
from accounts.forms import AddressForm
from accounts.going import own_path, wished
from accounts.views.door import come_in
from accounts.views.sign_in import show
from blog.context import site_root
from blog.pages import render_page
from frodo import mail
from frodo.addresses import client_address, network
from frodo.errors import Refused

logger = logging.getLogger(__name__)


@never_cache
@require_POST
async def ask(request: HttpRequest) -> HttpResponse:
    """The answer, and the time it takes, is the same for every address: each gets a letter."""
    if not settings.CAN_SEND_MAIL:
        raise Http404
    form = AddressForm(request.POST)
    if not form.is_valid():
        return await show(request, address=form, status=400)
    email = form.cleaned_data["email"]
    try:
        secret = await sync_to_async(made)(email, wished(request), network(client_address(request)))
    except links.TooManyLetters as error:
        form.add_error("email", str(error))
        response = await show(request, address=form, status=error.status)
        response["Retry-After"] = error.retry_after
        return response
    try:
        await sync_to_async(send, thread_sensitive=False)(letter(request, email, secret))
    except OSError as error:  # the mail server's; SMTP's are among them
        logger.error("A link to sign in could not be sent: %r", error)
        problem = _("The letter could not be sent just now. Try again in a moment, or sign in in another way.")
        return await show(request, address=form, problem=problem, status=503)
    context = {"email": email, "minutes": settings.SIGN_IN_LINK_MINUTES, "to": wished(request)}
    return await render_page(request, "accounts/link_sent.html", context)


def made(email: str, to: str, asked_from: str) -> str:
    links.slow_down(email, asked_from)
    return links.make(email, to)


def letter(request: HttpRequest, email: str, secret: str) -> EmailMessage:
    context = {
        "site": settings.SITE_NAME,
        "minutes": settings.SIGN_IN_LINK_MINUTES,
        "link": site_root(request) + reverse("use_link", args=[secret]) if secret else "",
        "sign_in": site_root(request) + reverse("sign_in"),
    }
    subject = _("Sign in to %(site)s") % {"site": " ".join(settings.SITE_NAME.split())}
    text = render_to_string("accounts/letter.txt", context)
    return EmailMessage(subject, text, mail.sender(), [email], headers={"Auto-Submitted": "auto-generated"})


def send(message: EmailMessage) -> None:
    message.send()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def use(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening it does nothing: programs that look into mail open every link. The button on it signs in."""
    name = request.POST.get("name", "")
    try:
        link, user = await sync_to_async(links.look)(secret)
    except Refused as error:
        return await refuse(request, error)
    problem, status = "", 200
    if request.method == "POST":
        try:
            return await sync_to_async(enter)(request, secret, name, to=own_path(link.next), is_new=user is None)
        except (naming.NameMissing, naming.NameTaken) as error:
            problem, status = str(error), error.status
        except Refused as error:
            return await refuse(request, error)
    context = {"link": link, "account": user, "name": name, "problem": problem}
    response = await render_page(request, "accounts/use_link.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # the address is a secret
    return response


def enter(request: HttpRequest, secret: str, name: str, *, to: str, is_new: bool) -> HttpResponse:
    return come_in(request, links.use(secret, naming.checked(name) if is_new else ""), to)


async def refuse(request: HttpRequest, error: Refused) -> HttpResponse:
    return await render_page(request, "accounts/refused.html", {"problem": str(error)}, status=error.status)
