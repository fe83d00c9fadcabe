from django.urls import path

from blog.moderation import views

urlpatterns = [
    path("", views.queue, name="moderation"),
    path("counts/", views.counts, name="moderation-counts"),
    path("decide/", views.decide, name="moderation-decide"),
    path("seen/", views.seen, name="moderation-seen"),
    path("flood/end/", views.end_flood, name="moderation-end-flood"),
    path("<int:pk>/", views.comment, name="moderation-comment"),
]
