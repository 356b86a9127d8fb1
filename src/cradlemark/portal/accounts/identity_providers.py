"""Where people can sign in besides: an identity provider that speaks OpenID Connect, named by the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def identity_providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """Settings of allauth for the provider of CRADLEMARK_OIDC_ISSUER; none without it.

    Examples
    --------
    >>> identity_providers({})
    {}
    """
    issuer = environment.get("CRADLEMARK_OIDC_ISSUER", "")
    if not issuer:
        return {}
    file = environment.get("CRADLEMARK_OIDC_SECRET_FILE", "")
    secret = (
        Path(file).read_text(encoding="utf-8").strip()
        if file
        else environment.get("CRADLEMARK_OIDC_SECRET", "")
    )
    app = {
        "provider_id": "organisation", "name": environment.get("CRADLEMARK_OIDC_NAME", "OpenID Connect"),
        "client_id": environment.get("CRADLEMARK_OIDC_CLIENT", ""), "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }  # fmt: skip
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def origins(providers: Mapping[str, Any]) -> tuple[str, ...]:
    """Scheme and host of each provider.

    Examples
    --------
    >>> origins(identity_providers({"CRADLEMARK_OIDC_ISSUER": "https://id.example.org/realms/labels"}))
    ('https://id.example.org',)
    """
    apps = providers.get("openid_connect", {}).get("APPS", ())
    parts = [urlsplit(app["settings"]["server_url"]) for app in apps]
    return tuple(f"{part.scheme}://{part.netloc}" for part in parts)
