"""The addresses of python-social-auth that the site uses."""

from django.urls import path
from social_django import views

from .neos_views import begin, complete

app_name = "social"

urlpatterns = [
    path("login/<str:backend>/", begin, name="begin"),
    path("complete/<str:backend>/", complete, name="complete"),
    path("disconnect/<str:backend>/", views.disconnect, name="disconnect"),
]
