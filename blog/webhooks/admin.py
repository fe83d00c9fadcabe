"""The admin of webhooks: endpoints with their secret, a test and a rotation; the log, with sending again."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog import webhooks
from blog.site.admin import SuperuserAdmin, chip
from blog.webhooks.models import TEST, EventType, WebhookDelivery, WebhookEndpoint


class EndpointForm(forms.ModelForm):
    url = forms.URLField(
        label=_("URL"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vLargeTextField"}),
        help_text=_("Receives a POST request for each event. Hosts in a private network need HTTP_CLIENT_ALLOW."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=EventType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("If none is selected, all are sent."),
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["url", "description", "events", "is_active"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(SuperuserAdmin):
    form = EndpointForm
    empty_text = _("No webhooks yet. They notify other programs of posts, comments and moderation.")
    list_display = ["__str__", "url", "is_active", "failing_since", "disabled_at"]
    readonly_fields = ["secret", "failing_since", "disabled_at", "log"]
    change_form_template = "admin/blog/webhookendpoint/change_form.html"

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> list[Any]:
        names = ["url", "description", "events", "is_active"]
        return [*names, *self.readonly_fields] if obj else names

    @admin.display(description=_("secret"))
    def secret(self, endpoint: WebhookEndpoint) -> str:
        return format_html("<code>{}</code>", endpoint.secret)

    @admin.display(description=_("log"))
    def log(self, endpoint: WebhookEndpoint) -> str:
        url = reverse("admin:blog_webhookdelivery_changelist")
        return format_html('<a href="{}?endpoint__id__exact={}">{}</a>', url, endpoint.pk, _("Deliveries"))

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if obj.is_active:
            obj.disabled_at = None
            obj.failing_since = None if "is_active" in form.changed_data else obj.failing_since
        super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: WebhookEndpoint) -> HttpResponse:
        if "_test" in request.POST:
            delivery = webhooks.enqueue_for(obj, TEST, {})
            self.message_user(request, _("A test is being sent. Reload this page to see the response."))
            return HttpResponseRedirect(reverse("admin:blog_webhookdelivery_change", args=[delivery.pk]))
        if "_rotate" in request.POST:
            obj.rotate()
            text = _("New secret created. For 24 hours, webhooks are also signed with the previous one.")
            self.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(SuperuserAdmin):
    empty_text = _("No deliveries yet.")
    list_display = ["event", "endpoint", "state_chip", "status", "attempts", "created_at"]
    list_filter = ["state", "endpoint", "type"]
    list_select_related = ["endpoint"]
    list_per_page = 50
    fields = (
        *("endpoint", "event", "uid", "subject", "state", "status", "response"),
        *("milliseconds", "attempts", "attempted_at", "created_at"),
    )
    readonly_fields = fields
    actions = ["resend"]
    change_form_template = "admin/blog/webhookdelivery/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("event"), ordering="type")
    def event(self, delivery: WebhookDelivery) -> str:
        return delivery.event_name

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, delivery: WebhookDelivery) -> str:
        return chip(delivery.get_state_display(), "bad" if delivery.state == WebhookDelivery.State.FAILED else "")

    def response_change(self, request: HttpRequest, obj: WebhookDelivery) -> HttpResponse:
        if self.enqueue_again(request, [obj]):
            self.message_user(request, _("Resending. Reload this page to see the response."))
        return HttpResponseRedirect(request.path)

    def enqueue_again(self, request: HttpRequest, chosen: Iterable[WebhookDelivery]) -> int:
        """Returns how many; those of a disabled webhook are refused with a message."""
        n, disabled = 0, set()
        for delivery in chosen:
            if delivery.endpoint.is_active or delivery.type == TEST:
                webhooks.enqueue_again(delivery)
                n += 1
            else:
                disabled.add(str(delivery.endpoint))
        for name in sorted(disabled):
            text = _("“%(webhook)s” is disabled. Enable it first.") % {"webhook": name}
            self.message_user(request, text, messages.ERROR)
        return n

    @admin.action(description=_("Resend selected deliveries"), permissions=["change"])
    def resend(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        if n := self.enqueue_again(request, deliveries.select_related("endpoint")):
            text = ngettext("Resending %d delivery.", "Resending %d deliveries.", n) % n
            self.message_user(request, text, messages.SUCCESS)
