"""A Grafana, asked through grafana-api, with errors that say what to do about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _CLASHES = 401, 403, 404, (409, 412)
_SECONDS = 10.0


class PublishError(Exception):
    """Grafana cannot be published to; the message names what and the remedy."""


class Clash(PublishError):
    """Something of the same name is there, and it is not ours."""


@dataclass(frozen=True)
class Access:
    """url: as people open it, with a path if it has one. token: of a service account. ca: certificates to trust."""

    url: str
    token: str = field(repr=False)
    ca: str | None = None


class Grafana:
    """Calls by method and path below /api; None where there is no such thing. Raises PublishError."""

    def __init__(self, access: Access) -> None:
        where = urlsplit(access.url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise PublishError(f"{access.url!r} is no address of a Grafana; write http://grafana:3000")
        prefix = where.path.strip("/")
        self.url = access.url.rstrip("/")
        face = GrafanaFace(
            auth=access.token,
            host=f"[{where.hostname}]" if ":" in where.hostname else where.hostname,
            port=where.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=where.scheme,
            verify=access.ca or True,
            timeout=_SECONDS,
        )
        self._api = face.api

    def get(self, path: str) -> Any:
        """None: it is not there."""
        try:
            return self._said("read", path, lambda: self._api.GET(path))
        except _NotThere:
            return None

    def post(self, path: str, what: dict[str, Any], name: str) -> Any:
        """Make it. name: what to call it in an error. Raises Clash."""
        return self._said(f"make {name}", path, lambda: self._api.POST(path, json=what))

    def put(self, path: str, what: dict[str, Any], name: str) -> Any:
        """Replace it."""
        return self._said(f"change {name}", path, lambda: self._api.PUT(path, json=what))

    def patch(self, path: str, what: dict[str, Any], name: str) -> Any:
        """Change a part of it."""
        return self._said(f"change {name}", path, lambda: self._api.PATCH(path, json=what))

    def _said(self, doing: str, path: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except GrafanaClientError as refused:
            raise self._refused(doing, path, refused) from refused
        except GrafanaException as failed:
            raise PublishError(f"{self.url} failed to {doing} ({path}): {_words(failed)}") from failed
        except requests.exceptions.SSLError as wrong:
            raise PublishError(
                f"the certificate of {self.url} is not trusted: name its authority in RYTMI_GRAFANA_CA ({wrong})"
            ) from wrong
        except requests.exceptions.JSONDecodeError as wrong:
            raise PublishError(f"what answers at {self.url} is no Grafana: {path} is not JSON") from wrong
        except requests.exceptions.RequestException as away:
            raise PublishError(
                f"Grafana cannot be reached at {self.url}: {_reason(away)}. Is RYTMI_GRAFANA_URL right, does it run?"
            ) from away

    def _refused(self, doing: str, path: str, refused: GrafanaClientError) -> PublishError:
        words = _words(refused)
        if refused.status_code == _UNAUTHORIZED:
            return PublishError(
                f"{self.url} does not take the token (401): make one for a service account with the role Admin "
                "(Administration, Service accounts) and set RYTMI_GRAFANA_TOKEN or RYTMI_GRAFANA_TOKEN_FILE"
            )
        if refused.status_code == _FORBIDDEN:
            return PublishError(f"the token may not {doing} (403, {path}): {words}. It needs the role Admin")
        if refused.status_code == _NOT_FOUND:
            return _NotThere(f"{self.url} has no {path}, which is needed to {doing}")
        if refused.status_code in _CLASHES:
            return Clash(f"{self.url} cannot {doing}: {words}. Rename or remove what is there and publish again")
        return PublishError(f"{self.url} refused to {doing} ({refused.status_code}, {path}): {words}")


class _NotThere(PublishError):
    pass


def _words(error: GrafanaException) -> str:
    said = error.response
    return str(said.get("message", said)) if isinstance(said, dict) else str(said).strip()[:200]


def _reason(error: requests.exceptions.RequestException) -> str:
    """The innermost reason, as in `[Errno 111] Connection refused`."""
    cause: BaseException = error
    while cause.args and isinstance(cause.args[0], BaseException):
        cause = cause.args[0]
    return str(getattr(cause, "reason", None) or cause)
