"""The addresses of python-social-auth that the site uses."""

from django.urls import path
from social_django import views

app_name = "social"

urlpatterns = [
    path("login/<str:backend>/", views.auth, name="begin"),
    path("complete/<str:backend>/", views.complete, name="complete"),
    path("disconnect/<str:backend>/", views.disconnect, name="disconnect"),
]
