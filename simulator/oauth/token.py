"""The addresses where an application exchanges codes for tokens, renews and revokes them (RFC 6749, 7009)."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.local_discord import LocalDiscord
from simulator.oauth import scopes
from simulator.oauth.form import NotAFormError, read_form
from simulator.payloads import entities
from simulator.request import local_discord
from simulator.state.grants import TOKEN_LIFE, Authorization, Token
from simulator.wire import JsonObject

Form: TypeAlias = dict[str, str]
Grant: TypeAlias = Callable[[LocalDiscord, Form], Token]

_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _GrantError(Exception):
    """Raised when no token is given. `error` is one of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str | None = None, *, status: int = 400) -> None:
        self.error = error
        self.description = description
        self.status = status
        super().__init__(error)


async def token(request: Request) -> Response:
    """POST /oauth2/token."""
    try:
        form = await _form(request)
        grant = _grant(form)
        _authenticate(request, form)
        given = grant(local_discord(request), form)
    except _GrantError as refused:
        return _refusal(request, refused)
    return JSONResponse(_told(local_discord(request), given), headers=_NOT_STORED)


async def revoke(request: Request) -> Response:
    """POST /oauth2/token/revoke: kills every token of the authorization, and says nothing of unknown ones."""
    try:
        form = await _form(request)
        _authenticate(request, form)
        local_discord(request).world.grants.revoke(_required(form, "token"))
    except _GrantError as refused:
        return _refusal(request, refused)
    return JSONResponse({}, headers=_NOT_STORED)


# --- what comes in -----------------------------------------------------------------------------------


async def _form(request: Request) -> Form:
    try:
        fields = await read_form(request)
    except NotAFormError:
        return {}
    form = dict(fields)
    if len(form) < len(fields):
        raise _GrantError("invalid_request", "A parameter stands there twice.")
    return form


def _required(form: Form, name: str) -> str:
    if not (value := form.get(name)):
        raise _GrantError("invalid_request", f'Missing "{name}" in request.')
    return value


def _grant(form: Form) -> Grant:
    """Find the grant asked for. Discord looks for it first, and calls what it cannot read "None"."""
    kind = form.get("grant_type")
    if kind not in _GRANTS:
        raise _GrantError("unsupported_grant_type", f"Grant type {kind} is not supported")
    return _GRANTS[kind]


def _authenticate(request: Request, form: Form) -> None:
    application = local_discord(request).world.application
    client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
    right = secrets.compare_digest(secret.encode(), application.client_secret.encode())
    if client_id != str(application.id) or not right:
        raise _GrantError("invalid_client", status=401)


def _basic(request: Request) -> tuple[str, str] | None:
    """Read HTTP Basic. None without such a header; nobody's credentials where it cannot be read."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return client_id, secret


# --- grants ------------------------------------------------------------------------------------------


def _authorization_code(discord: LocalDiscord, form: Form) -> Token:
    code = discord.world.grants.take_code(_required(form, "code"))
    if code is None:
        raise _GrantError("invalid_grant", 'Invalid "code" in request.')
    if code.redirect_uri is not None and form.get("redirect_uri") != code.redirect_uri:
        raise _GrantError("invalid_grant", 'Invalid "redirect_uri" in request.')
    if not _proves(form.get("code_verifier"), code.challenge):
        raise _GrantError("invalid_grant", 'Invalid "code_verifier" in request.')
    return discord.world.grants.issue_token(code.authorization)


def _refresh_token(discord: LocalDiscord, form: Form) -> Token:
    renewed = discord.world.grants.renew(_required(form, "refresh_token"))
    if renewed is None:
        raise _GrantError("invalid_grant", 'Invalid "refresh_token" in request.')
    return renewed


def _client_credentials(discord: LocalDiscord, form: Form) -> Token:
    """Give a token of the application's owner, for whom nobody has to answer a page."""
    asked = scopes.read_scopes(form.get("scope", ""))
    if not asked or not set(asked) <= scopes.OF_THE_APPLICATION:
        sentence = "The requested scope is invalid, unknown, or malformed."  # Discord's words
        raise _GrantError("invalid_scope", sentence)
    owner_id = next(iter(discord.world.guilds.values())).owner_id
    return discord.world.grants.issue_token(Authorization(owner_id, asked), refreshable=False)


_GRANTS: dict[str, Grant] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
}


def _proves(verifier: str | None, challenge: str | None) -> bool:
    """Tell whether a verifier belongs to the challenge. One without a challenge is a downgrade (RFC 9700)."""
    if verifier is None or challenge is None:
        return verifier is None and challenge is None
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return secrets.compare_digest(made, challenge.encode())


# --- what goes out -----------------------------------------------------------------------------------


def _told(discord: LocalDiscord, given: Token) -> JsonObject:
    authorization = given.authorization
    payload: JsonObject = {
        "token_type": "Bearer",
        "access_token": given.access,
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "scope": " ".join(authorization.scopes),
    }
    if given.refresh is not None:
        payload["refresh_token"] = given.refresh
    guild = discord.world.guilds.get(authorization.guild_id or 0)
    if scopes.BOT in authorization.scopes and guild is not None:
        payload["guild"] = entities.guild(guild)
    return payload


def _refusal(request: Request, refused: _GrantError) -> JSONResponse:
    body = {"error": refused.error}
    if refused.description is not None:
        body["error_description"] = refused.description
    headers = dict(_NOT_STORED)
    if refused.error == "invalid_client" and "authorization" in request.headers:
        headers["WWW-Authenticate"] = 'Basic realm="Discord"'
    return JSONResponse(body, refused.status, headers)
