"""Local accounts: Django's own views under Django's own names, and the few that it lacks."""

from django.contrib.auth import views as auth_views
from django.urls import path

from . import address_views, password_views, views
from .forms import SignInForm

login = auth_views.LoginView.as_view(
    authentication_form=SignInForm, redirect_authenticated_user=True
)

urlpatterns = [
    path("login/", login, name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("signup/", views.sign_up, name="signup"),
    path("confirm/<str:token>/", address_views.confirm_address, name="confirm-address"),
    path("keep-address/<str:token>/", address_views.refuse_address, name="refuse-address"),
    path("closed/", views.closed, name="account-closed"),
    path("password/", password_views.password, name="password"),
    path("password-reset/", password_views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "password-reset/sent/",
        password_views.PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "password-reset/<uidb64>/<token>/",
        password_views.NewPasswordView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password-reset/done/",
        password_views.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
]
