"""Local accounts: Django's own views under Django's own names, and the few that it lacks."""

from django.contrib.auth import views as auth_views
from django.urls import path

from . import views
from .forms import SignInForm

login = auth_views.LoginView.as_view(
    authentication_form=SignInForm, redirect_authenticated_user=True
)

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("signup/", views.sign_up, name="signup"),
    path("confirm/<str:token>/", views.confirm_address, name="confirm-address"),
    path("closed/", views.closed, name="account-closed"),
    path("password/", views.password, name="password"),
    path("password-reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password-reset/sent/",
        auth_views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "password-reset/<uidb64>/<token>/",
        auth_views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        auth_views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
