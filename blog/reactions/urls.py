from django.urls import path

from blog.reactions import api

urlpatterns = [
    path("api/posts/<str:slug>/reactions/", api.ToPost.as_view(), name="api-post-reactions"),
    path("api/comments/<int:pk>/reactions/", api.ToComment.as_view(), name="api-comment-reactions"),
]
