"""What stands before the storage: a proxy that takes a prefix off, and checks each signature.

It checks as the storage would: for the Host that the browser named, and the path behind the prefix.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, quote, urlsplit

_UNSIGNED = "UNSIGNED-PAYLOAD"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _signature(secret: str, scope: str, text: str) -> str:
    """By the key that is derived for date/region/service/aws4_request."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    return _hmac(key, text).hex()


def _is_right(
    secret: str, method: str, path: str, headers: Mapping[str, str], given: Mapping[str, str]
) -> bool:
    """Whether a signature in the query, or in the headers, is that of the request."""
    target = urlsplit(path)
    scope = given["Credential"].partition("/")[2]
    query = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(target.query, keep_blank_values=True)
        if name != "X-Amz-Signature"
    )
    signed = given["SignedHeaders"].split(";")
    request = "\n".join(
        [
            method,
            target.path,
            "&".join(f"{name}={value}" for name, value in query),
            *(f"{name}:{headers[name].strip()}" for name in signed),
            "",
            given["SignedHeaders"],
            headers.get("x-amz-content-sha256", _UNSIGNED),
        ]
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{given['Date']}\n{scope}\n{digest}"
    return hmac.compare_digest(_signature(secret, scope, text), given["Signature"])


def _in_form(secret: str, body: bytes) -> bool:
    """Whether the fields of a form carry a policy and its signature."""
    fields = dict(
        re.findall(r'name="([^"]+)"\r\n\r\n([^\r]*)\r\n', body.decode("latin-1"), re.DOTALL)
    )
    scope = fields["x-amz-credential"].partition("/")[2]
    assert base64.b64decode(fields["policy"])
    wanted = _signature(secret, scope, fields["policy"])
    return hmac.compare_digest(wanted, fields["x-amz-signature"])


def _verdict(secret: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bool:
    query = dict(parse_qsl(urlsplit(path).query))
    if "X-Amz-Signature" in query:
        given = {name.removeprefix("X-Amz-"): value for name, value in query.items()}
        return _is_right(secret, method, path, headers, given)
    if headers.get("authorization"):
        given = dict(re.findall(r"(\w+)=([^,\s]+)", headers["authorization"]))
        given["Date"] = headers["x-amz-date"]
        return _is_right(secret, method, path, headers, given)
    return method == "POST" and _in_form(secret, body)


def front(
    prefix: str, storage: str, secret: str, seen: list[tuple[str, str, bool]]
) -> type[BaseHTTPRequestHandler]:
    """A handler that forwards to ``storage``, and tells ``seen`` method, path and verdict."""

    class Handler(BaseHTTPRequestHandler):
        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = self.path.removeprefix(prefix)
            right = self.path.startswith(f"{prefix}/")
            right = right and _verdict(secret, self.command, path, headers, body)
            seen.append((self.command, self.path, right))
            connection = HTTPConnection(storage, timeout=60)
            connection.request(self.command, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET: Callable[[Handler], None] = _forward  # noqa: N815
        do_PUT: Callable[[Handler], None] = _forward  # noqa: N815
        do_POST: Callable[[Handler], None] = _forward  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output is not the place."""

    return Handler
