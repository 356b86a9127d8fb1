"""Settings of the portal: those of the register, and what a web application adds.

Environment: CRADLEMARK_PROGRAMME (programme home), CRADLEMARK_PASSPHRASE or CRADLEMARK_PASSPHRASE_FILE (of its keys),
CRADLEMARK_SECRET_KEY, CRADLEMARK_HOSTS (comma-separated), DATABASE_URL, CRADLEMARK_DEMONSTRATION (1 for sign-in links and
plain HTTP on this machine).
"""

from __future__ import annotations

import datetime
import os
from pathlib import Path

from cradlemark.label import page
from cradlemark.portal.accounts.identity_providers import identity_providers, origins
from cradlemark.portal.watching.logs import logging_settings
from cradlemark.registry.settings import *  # noqa: F403
from cradlemark.registry.settings import INSTALLED_APPS as REGISTER_APPS

DEMONSTRATION = os.environ.get("CRADLEMARK_DEMONSTRATION") == "1"
"""Whether people sign in by printed links and pages may go over plain HTTP; never for a real programme."""
DEBUG = False
SECRET_KEY = os.environ.get("CRADLEMARK_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("CRADLEMARK_HOSTS", "127.0.0.1,localhost").split(",")
ROOT_URLCONF = "cradlemark.portal.urls"
WSGI_APPLICATION = "cradlemark.portal.wsgi.application"

INSTALLED_APPS = [
    "cradlemark.portal",  # first: its templates go before those of others
    *REGISTER_APPS,
    "django.contrib.admin.apps.SimpleAdminConfig",  # the support pages are a site of our own
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",  # the page of sessions of allauth asks for it
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "cradlemark.portal.watching.logs.Noted",
    "cradlemark.portal.watching.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "cradlemark.portal.headers.SecureHeaders",
    "cradlemark.portal.api.problems.ApiProblems",
    "cradlemark.portal.zero_bytes.ZeroBytes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cradlemark.portal.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cradlemark.portal.accounts.sessions.Lifetimes",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cradlemark.portal.refusals.Refusals",
    "cradlemark.portal.accounts.second_factor.SecondFactor",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cradlemark.portal.context.programme",
            ]
        },
    }
]

# ---- languages -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# ---- accounts -------------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
KNOWN_PASSWORDS = os.environ.get("CRADLEMARK_KNOWN_PASSWORDS", "")
"""File of passwords that became known elsewhere; see `cradlemark.portal.accounts.passwords.KnownPasswords`."""
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cradlemark.portal.accounts.passwords.ContextWords"},
    {
        "NAME": "cradlemark.portal.accounts.passwords.KnownPasswords",
        "OPTIONS": {"file": KNOWN_PASSWORDS},
    },
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional" if DEMONSTRATION else "mandatory"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMONSTRATION
MFA_ADAPTER = "cradlemark.portal.accounts.adapters.SecondFactors"
ACCOUNT_ADAPTER = "cradlemark.portal.accounts.adapters.Accounts"
SECOND_FACTOR_REQUIRED = not DEMONSTRATION
"""Whether verifiers and people of the programme need a second factor."""
SOCIALACCOUNT_PROVIDERS = identity_providers(os.environ)
FORM_TARGETS = origins(SOCIALACCOUNT_PROVIDERS)
"""Where a form of the portal may lead besides itself."""
SOCIALACCOUNT_EMAIL_AUTHENTICATION = (
    False  # an address that somebody else vouches for opens no account that is there
)
SOCIALACCOUNT_STORE_TOKENS = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend"
    if DEMONSTRATION
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = os.environ.get("CRADLEMARK_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CRADLEMARK_EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
"""A server of e-mails that hangs holds up a page no longer [s]."""
EMAIL_HOST_USER = os.environ.get("CRADLEMARK_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CRADLEMARK_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST_USER)
"""A name and a password go over TLS only."""
DEFAULT_FROM_EMAIL = os.environ.get("CRADLEMARK_EMAIL_FROM", "cradlemark@localhost")

# ---- transport and sessions -------------------------------------------------------------------------------------------------
SESSION_LIMITS = {
    "strict": (
        datetime.timedelta(minutes=int(os.environ.get("CRADLEMARK_IDLE_MINUTES", "60"))),
        datetime.timedelta(hours=12),
    ),
    "ordinary": (datetime.timedelta(days=7), datetime.timedelta(days=14)),
}
"""Longest time without a request, and from signing in: of roles that need a second factor, and of others."""
SESSION_COOKIE_AGE = int(SESSION_LIMITS["ordinary"][1].total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMONSTRATION
SESSION_COOKIE_NAME = "session" if DEMONSTRATION else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if DEMONSTRATION else "__Host-csrf"
SECURE_SSL_REDIRECT = not DEMONSTRATION
SECURE_HSTS_SECONDS = 0 if DEMONSTRATION else 31_536_000
PROXIES = int(os.environ.get("CRADLEMARK_PROXIES", "0"))
"""Proxies in front of the portal. Without one nobody is believed what X-Forwarded-... says; with some, the last ones are."""
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^api/"]
"""A probe on the same machine asks over plain HTTP; a program that does is refused, so that it notices what it gives away."""
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMONSTRATION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 25_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # the form of a long list of parameters
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# ---- the interface for programs -----------------------------------------------------------------------------------------
API_SPAN = 60
"""Span in which requests are counted [s]."""
API_READS = int(os.environ.get("CRADLEMARK_API_READS", "600"))
API_WRITES = int(os.environ.get("CRADLEMARK_API_WRITES", "60"))
"""Requests of one token, or of one address without a token, in a span."""

# ---- watching -------------------------------------------------------------------------------------------------------------
METRICS_TOKEN = os.environ.get("CRADLEMARK_METRICS_TOKEN", "")
"""Token for figures; without it there is no page of them."""
if not DEMONSTRATION:
    LOGGING = logging_settings()

# ---- files ------------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [
    ("page", Path(page.__file__).parent / "assets")
]  # colours and sizes are those of the label pages
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
