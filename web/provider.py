"""The organisation's OpenID Connect provider, asked by Authlib: authorization code, PKCE, state and nonce."""

from __future__ import annotations

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from flask import session as form_session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from scheduler.config import Settings
from scheduler.errors import NotAllowed

SECONDS = 10  # for each question to the provider
# Signatures that only the provider can make: never "none", never one made with the client's own secret.
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
FAILED = (AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, TypeError, KeyError)


class Provider:
    """One client of one provider; what it says of itself is asked for once in a process."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.held = settings.oidc
        self.back = f"{settings.site.base_url}/signin/oidc/back"
        self.client = OAuth(app).register(
            "provider",
            client_id=self.held.client_id,
            client_secret=self.held.client_secret or None,
            server_metadata_url=f"{self.held.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": SECONDS}
            | ({} if self.held.client_secret else {"token_endpoint_auth_method": "none"}),
        )

    def start(self) -> Response:
        """To the provider. What was begun and not ended before is void."""
        for name in [name for name in form_session if name.startswith("_state_")]:
            form_session.pop(name)
        try:
            self._known()
            found: Response = self.client.authorize_redirect(self.back)
        except FAILED as error:
            raise _refused(error) from error
        return found

    def claimed(self) -> str:
        """Whom the provider vouches for, by the claim that the settings name. NotAllowed where anything is amiss."""
        try:
            issuer = self._known()
            token = self.client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": issuer},
                    "aud": {"essential": True, "value": self.held.client_id},
                }
            )
            claims = token["userinfo"]
            if self.held.claim == "email" and claims.get("email_verified") is False:
                raise ValueError("the address is not verified")
            found = claims[self.held.claim]
        except FAILED as error:
            raise _refused(error) from error
        return str(found).strip()

    def _known(self) -> str:
        """What the provider calls itself; of the signatures that it makes, only those are taken that it alone can."""
        told = self.client.load_server_metadata()
        if told["issuer"].rstrip("/") != self.held.issuer:
            raise ValueError("another issuer")
        offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        taken = [name for name in offered if name in SIGNED]
        if not taken:
            raise ValueError("no signature that we take")
        told["id_token_signing_alg_values_supported"] = taken
        return str(told["issuer"])


def _refused(error: Exception) -> NotAllowed:
    current_app.logger.warning("the provider did not sign anybody in: %s", type(error).__name__)
    return NotAllowed("provider_refused")
