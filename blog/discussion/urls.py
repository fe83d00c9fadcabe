from django.urls import path

from blog.discussion import api, views

urlpatterns = [
    path("post/<str:slug>/comments/", views.comments, name="comments"),
    path("comment/<int:pk>/", views.place, name="comment-place"),
    path("post/<str:slug>/comment/", views.write, name="comment"),
    path("api/posts/<str:slug>/comments/", api.Comments.as_view(), name="api-comments"),
    path("api/posts/<str:slug>/writing/", api.Writing.as_view(), name="api-writing"),
    path("api/posts/<str:slug>/people/", api.People.as_view(), name="api-people"),
    path("api/comments/<int:pk>/", api.OneComment.as_view(), name="api-comment"),
    path("api/markdown/", api.Markdown.as_view(), name="api-markdown"),
]
