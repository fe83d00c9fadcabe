from django.urls import path

from blog.reactions import api

urlpatterns = [
    path("api/posts/<str:slug>/reactions/", api.to_post, name="api-post-reactions"),
    path("api/comments/<int:pk>/reactions/", api.to_comment, name="api-comment-reactions"),
]
