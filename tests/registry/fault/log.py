# SPDX-License-Identifier: Apache-2.0
"""Every request there was, and questions about them."""
import base64
import hashlib
import re
import threading
from urllib.parse import quote, quote_plus

KEPT = 64 << 10  # bytes of a body that are kept to be searched


class Entry:
    """One request and what became of it."""

    def __init__(self, origin, request):
        self.origin = origin  # name of the origin that got it
        self.connection = request.connection.number
        self.certified = request.connection.certified
        self.method = request.method
        self.target = request.target
        self.path = request.path
        self.query = request.query
        self.headers = request.headers
        self.header = request.header
        self.size = 0         # bytes of its body, as far as it was read
        self.hash = None      # "sha256:..." of them
        self.body = b""       # their beginning
        self.status = None    # what was answered
        self.rule = None      # the rule that answered, or None
        self.is_whole = False  # answered as it should be, and all of it was sent

    def keep_body(self, body):
        self.size = len(body)
        self.hash = "sha256:" + hashlib.sha256(body).hexdigest()
        self.body = body[:KEPT]

    def __str__(self):
        shown = f"{self.origin}: {self.method} {self.target} -> {self.status}"
        return shown + (f" [{self.rule}]" if self.rule else "")

    def contains(self, text):
        """Anywhere: in the target, a header, the body."""
        haystack = "\n".join([self.target, *(f"{name}: {value}" for name, value in self.headers),
                              self.body.decode("utf-8", "replace")])
        return any(form in haystack for form in forms_of(text))


def forms_of(secret):
    """The ways in which a secret may be written: as it is, in a URL, in base64."""
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), quote_plus(secret)}
    for lead in range(3):  # base64 of it inside of something longer
        coded = base64.b64encode(b"\0" * lead + raw).decode()
        skip = (0, 2, 3)[lead]
        forms.add(coded[skip:len(coded) - 4 if len(coded) > 12 else len(coded)])
    return forms


class Log:
    """In the order in which requests came, over all origins."""

    def __init__(self):
        self._entries = []
        self._lock = threading.Lock()

    def add(self, entry):
        with self._lock:
            self._entries.append(entry)
        return entry

    def forget(self):
        with self._lock:
            self._entries.clear()

    def find(self, method=None, pattern="", origin=None):
        """The requests of a method ("GET|HEAD"), whose target matches, at an origin."""
        with self._lock:
            entries = list(self._entries)
        return [e for e in entries
                if (method is None or e.method in method.split("|")) and
                re.search(pattern, e.target) and origin in (None, e.origin)]

    def count(self, method=None, pattern="", origin=None):
        return len(self.find(method, pattern, origin))

    def writes(self, origin=None):
        return self.find("POST|PUT|PATCH|DELETE", "", origin)

    def authorized(self):
        """The origins that saw an Authorization."""
        return {e.origin for e in self.find() if e.header("Authorization") is not None}

    def saw(self, secret):
        """The origins that saw a secret anywhere."""
        return {e.origin for e in self.find() if e.contains(secret)}

    def __str__(self):
        return "\n".join(map(str, self.find()))
