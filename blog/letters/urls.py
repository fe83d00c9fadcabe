from django.urls import path

from blog.letters import views

urlpatterns = [
    path("letters/stop/<str:token>/", views.stop, name="letters-stop"),
    path("letters/confirm/<str:token>/", views.confirm, name="letters-confirm"),
    path("letters/", views.mine, name="letters"),
]
