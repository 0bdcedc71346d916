"""The HTTP APIs of OpenIM and of chat, as far as the tests call them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Api:
    """An API on a loopback port, called with a token or without."""

    port: int
    token: str = ""
    url: str = ""  # where clients reach it, as the proxy before it says

    def with_token(self, token: str) -> Api:
        """The same API for whom the token was given to."""
        return replace(self, token=token)

    def call(self, path: str, **body: Any) -> dict[str, Any]:
        """POST the body; the answer's data. An error code fails the test."""
        headers = {"Content-Type": "application/json", "operationID": uuid.uuid4().hex}
        if self.token:
            headers["token"] = self.token
        if self.url:
            headers["X-Request-Api"] = self.url
        request = Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), headers, method="POST"
        )
        with urlopen(request, timeout=120) as answer:
            result = json.load(answer)
        assert result["errCode"] == 0, f"{path}: {result}"
        return dict(result.get("data") or {})


def store_file(api: Api, name: str, content: bytes, put: Callable[[str, bytes], None]) -> str:
    """Store a file as clients do; ``put`` sends the content to the signed URL. The file's URL."""
    part = hashlib.md5(content, usedforsecurity=False).hexdigest()
    file = {"name": name, "contentType": "text/plain", "cause": "test"}
    begun = api.call(
        "/object/initiate_multipart_upload",
        hash=hashed(part),
        size=len(content),
        partSize=1 << 20,
        maxParts=-1,
        **file,
    )["upload"]
    [signed] = begun["sign"]["parts"]
    put(signed["url"], content)
    done = api.call(
        "/object/complete_multipart_upload", uploadID=begun["uploadID"], parts=[part], **file
    )
    return str(done["url"])


def hashed(password: str) -> str:
    """A password as clients send it."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
