# SPDX-License-Identifier: Apache-2.0
"""Authorization: Basic, Bearer, and the token service."""
import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

from .protocol import error
from .wire import Reply


def basic_of(request):
    """(user, password) of a request, or None."""
    scheme, _, coded = request.header("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        user, colon, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if colon else None


def scope_of(request):
    """The scope that a request requires: "repository:NAME:ACTIONS", or None for the ping."""
    if request.path == "/v2/_catalog":
        return "registry:catalog:*"
    name = request.path.removeprefix("/v2/")
    for word in ("/blobs/", "/manifests/", "/tags/", "/referrers/"):
        if word in name:
            name = name.rpartition(word)[0]
            break
    else:
        return None
    name = name.removesuffix("/blobs")
    actions = "pull" if request.method in ("GET", "HEAD") else "pull,push"
    return f"repository:{name}:{actions}"


class Basic:
    """Users with passwords."""

    def __init__(self, users):
        self.users = users  # user -> password

    def check(self, request):
        """None, or the refusal."""
        pair = basic_of(request)
        if pair and self.users.get(pair[0]) == pair[1]:
            return None
        return error(401, "UNAUTHORIZED", "authentication required",
                     WWW_Authenticate='Basic realm="test"')


class Bearer:
    """Tokens of a token server."""

    def __init__(self, server, realm):
        self.server = server
        self.realm = realm  # its URL
        self.challenge = None  # function(request, scope, error) -> header value

    def check(self, request):
        scope = scope_of(request)
        scheme, _, value = request.header("Authorization", "").partition(" ")
        why = ""
        if scheme == "Bearer":
            why = self.server.refuses(value, scope)
            if not why:
                return None
        if self.challenge:
            header = self.challenge(request, scope, why)
        else:
            header = f'Bearer realm="{self.realm}",service="{self.server.service}"'
            header += f',scope="{scope}"' if scope else ""
            header += f',error="{why}"' if why else ""
        return error(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate=header)


class TokenServer:
    """GET with Basic or without, POST with a refresh token."""

    def __init__(self, new_secret, users=(), anonymous=("pull",)):
        self.service = "registry.test"
        self.users = dict(users)         # user -> password
        self.anonymous = anonymous       # actions for anonymous clients; None: refuse
        self.refresh_tokens = set()
        self.grant_last_only = False
        self.lifetime = 300              # what it says, or None for nothing
        self.good_for = None             # seconds a token really works, or None
        self.takes_post = True
        self.answer_fields = None        # function(token) -> the fields of the answer
        self.granted = []                # (user or None, [scope...]) of every token
        self._tokens = {}                # token -> (scopes, end)
        self.new_secret = new_secret

    def answer(self, request):
        if request.method == "POST":
            return self._refresh(request)
        query = parse_qs(urlsplit(request.target).query)
        scopes = [one for value in query.get("scope", []) for one in value.split()]
        user = None
        if request.header("Authorization") is not None:
            pair = basic_of(request)
            if not pair or self.users.get(pair[0]) != pair[1]:
                return Reply(401, '{"details":"incorrect username or password"}',
                             "application/json")
            user = pair[0]
        elif self.anonymous is None:
            return Reply(401, '{"details":"authentication required"}', "application/json")
        return self._grant(user, scopes)

    def _refresh(self, request):
        if not self.takes_post:
            return Reply(404, "404 page not found", "text/plain")
        form = parse_qs(request.body.decode())
        if form.get("refresh_token", [""])[0] not in self.refresh_tokens:
            return Reply(401, '{"details":"bad refresh token"}', "application/json")
        return self._grant("<token>", form.get("scope", [""])[0].split())

    def _grant(self, user, scopes):
        token = self.new_secret()
        if self.grant_last_only:
            scopes = scopes[-1:]
        self.granted.append((user, scopes))
        if user is None:
            scopes = [f"{scope.rpartition(':')[0]}:{','.join(self.anonymous)}"
                      for scope in scopes]
        end = time.monotonic() + self.good_for if self.good_for else None
        self._tokens[token] = (scopes, end)
        fields = {"token": token}
        if self.lifetime is not None:
            fields["expires_in"] = self.lifetime
        if self.answer_fields:
            fields = self.answer_fields(token)
        return Reply(200, json.dumps(fields), "application/json")

    def revoke_all(self):
        self._tokens.clear()

    def refuses(self, token, scope):
        """Why a token is not good for a scope, or ""."""
        scopes, end = self._tokens.get(token, (None, None))
        if scopes is None or (end and time.monotonic() > end):
            return "invalid_token"
        if scope is None:
            return ""
        name, _, actions = scope.rpartition(":")
        for one in scopes:
            granted, _, allowed = one.rpartition(":")
            if granted == name and set(actions.split(",")) <= set(allowed.split(",")):
                return ""
        return "insufficient_scope"
