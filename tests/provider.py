"""An OpenID Connect provider on loopback: signs what it is told to, and checks what a client has to send."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET = "lunzhi", "the client's secret " * 3


class Stub:
    """`visit` is what a browser does there. `change` alters the claims of the next token, `sign` how it is signed."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.stranger = RSAKey.generate_key(2048, {"kid": "one"})
        self.server = make_server("127.0.0.1", 0, self.answer, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.asked: dict[str, dict[str, str]] = {}
        self.claims: dict[str, object] = {"email": "0004@branch.example"}
        self.change: dict[str, object] = {}
        self.sign, self.announced, self.refusals = "RS256", ["RS256"], []
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def visit(self, location: str) -> str:
        """Somebody signs in there: the address on our side that they are sent back to."""
        given = {name: texts[0] for name, texts in parse_qs(urlsplit(location).query).items()}
        assert given["response_type"] == "code"
        assert given["code_challenge_method"] == "S256"
        code = f"code-{len(self.asked)}"
        self.asked[code] = given
        return f"{urlsplit(given['redirect_uri']).path}?code={code}&state={given['state']}"

    def answer(self, environ, start_response):
        request = Request(environ)
        pages = {"/.well-known/openid-configuration": self._told, "/jwks": self._keys, "/token": self._token}
        return pages[request.path](request)(environ, start_response)

    def _told(self, _request: Request) -> Response:
        return _json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": self.announced,
            }
        )

    def _keys(self, _request: Request) -> Response:
        return _json({"keys": [self.key.as_dict(private=False)]})

    def _token(self, request: Request) -> Response:
        asked = self.asked.pop(request.form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(request.form.get("code_verifier", "").encode()).digest())
        told = request.authorization
        if asked is None or proof.rstrip(b"=").decode() != asked["code_challenge"]:
            self.refusals.append("code")
            return _json({"error": "invalid_grant"}, 400)
        if told is None or (told.username, told.password) != (CLIENT, SECRET):
            self.refusals.append("client")
            return _json({"error": "invalid_client"}, 401)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims | self.change
        token = self._signed({name: held for name, held in claims.items() if held is not None})
        return _json({"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _signed(self, claims: dict[str, object]) -> str:
        if self.sign == "none":
            parts = ({"alg": "none", "kid": "one"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        if self.sign == "HS256":  # with what a client knows: its own secret
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        return jwt.encode(
            {"alg": "RS256", "kid": "one"}, claims, self.stranger if self.sign == "stranger" else self.key
        )

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _json(content: object, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")
