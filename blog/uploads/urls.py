from django.urls import path

from blog.uploads import api

urlpatterns = [
    path("api/uploads/", api.Uploads.as_view(), name="api-uploads"),
    path("api/uploads/<int:pk>/", api.OneUpload.as_view(), name="api-upload"),
]
