"""A provider that gives leave to use mailboxes, as Microsoft and Google document it (RFC 6749, 7636)."""

import base64
import hashlib
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CLIENT, CLIENT_SECRET = "client-of-ours", "secret-of-ours"


class Provider:
    """`tokens` are the access tokens it honours; a refresh token is good for one use."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.refresh = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.answers: deque[tuple[int, bytes]] = deque()
        """Answers given instead of the usual ones."""
        self.lives = 3600
        self.rotates = True
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def settings(self) -> dict[str, Any]:
        """How the provider is named to the product."""
        here = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "authorize": f"{here}/{{tenant}}/authorize",
            "token": f"{here}/{{tenant}}/token",
            "scope": "mail offline_access",
            "imap": "127.0.0.1",
            "pop": "127.0.0.1",
            "smtp": "smtp://127.0.0.1:1",
            "extra": {"prompt": "consent"},
        }

    def says_yes(self, address: str) -> dict[str, str]:
        """Somebody signs in at `address` and agrees: what the browser comes back with."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, given: dict[str, str]) -> tuple[int, bytes]:
        with self._lock:
            self.asked.append(given)
            if self.answers:
                return self.answers.popleft()
            wrong = self._wrong(given)
            if wrong:
                said = {"error": wrong, "error_description": f"AADSTS: {wrong} was said."}
                return 400, json.dumps(said).encode()
            return 200, json.dumps(self._tokens()).encode()

    def _wrong(self, given: dict[str, str]) -> str:
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return "invalid_client"
        if given["grant_type"] == "refresh_token":
            return "" if given["refresh_token"] == self.refresh else "invalid_grant"
        asked = self.codes.pop(given["code"], None)
        if asked is None or given["redirect_uri"] != asked["redirect_uri"]:
            return "invalid_grant"
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        good = base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        return "" if good else "invalid_grant"

    def _tokens(self) -> dict[str, Any]:
        access = f"access-{len(self.asked)}"
        self.tokens.add(access)
        said: dict[str, Any] = {"access_token": access, "expires_in": self.lives, "token_type": "Bearer"}
        if self.rotates or not self.refresh:
            self.refresh = said["refresh_token"] = f"refresh-{len(self.asked)}"
        return said

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, said = provider.answer(dict(parse_qsl(body)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_given: Any) -> None:
            """Say nothing."""

    return Handler
