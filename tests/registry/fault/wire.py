# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 by hand: requests in, replies out, with every byte in our power."""
import hashlib
import socket
import ssl
import struct
import threading
from urllib.parse import parse_qs, urlsplit

HEAD_MAX = 1 << 20
REASONS = {100: "Continue", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
           206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
           307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
           401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           416: "Range Not Satisfiable", 429: "Too Many Requests"}


class Gone(Exception):
    """The other side, or a fault, ended the connection."""


class Request:
    """A request.  The body is read on first use."""

    def __init__(self, connection, line, headers):
        words = line.split(" ")
        if len(words) != 3:
            raise Gone("not HTTP")
        self.connection = connection
        self.method, self.target, _ = words
        self.headers = headers  # [(name as sent, value)]
        parts = urlsplit(self.target)
        self.path = parts.path
        self.query = {key: values[0] for key, values in
                      parse_qs(parts.query, keep_blank_values=True).items()}
        self._body = None

    def header(self, name, otherwise=None):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return otherwise

    @property
    def length(self):
        return int(self.header("Content-Length", "0"))

    @property
    def is_read(self):
        return self._body is not None or self.length == 0

    @property
    def body(self):
        if self._body is None:
            if self.header("Expect", "").lower() == "100-continue" and self.length:
                self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._body = self.connection.read(self.length)
        return self._body

    def read_some(self, size):
        """Read the beginning of the body only: what is left makes the connection useless."""
        if self.header("Expect", "").lower() == "100-continue":
            self.connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.connection.read(min(size, self.length))


class Reply:
    """A reply.  Faults change it before it is sent, or replace the way of sending."""

    def __init__(self, status, body=b"", type=None, headers=()):
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = list(headers)
        if type:
            self.headers.append(("Content-Type", type))
        self.length = True   # say how long the body is
        self.before = b""    # bytes before the status line
        self.close = False   # end the connection afterwards
        self.send = None     # function(connection, head, body) in place of the usual way
        self.is_whole = True  # nothing was tampered with
        self.sent = None      # called when all of it is sent

    def set(self, name, value):
        """Replace a header, or drop it with None."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))
        return self

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def head(self):
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.length and self.header("Content-Length") is None and self.status != 204:
            lines.append(f"Content-Length: {len(self.body)}")
        if self.close or not self.length:
            lines.append("Connection: close")
        return self.before + "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


class Connection:
    """One accepted connection, perhaps with TLS around it."""

    def __init__(self, sock, number):
        self.sock = sock
        self.number = number
        # did the client show a certificate of its own?
        self.certified = isinstance(sock, ssl.SSLSocket) and bool(sock.getpeercert())
        self.ignores_tls = False
        self._rest = b""

    def _receive(self):
        try:
            data = self.sock.recv(1 << 16)
        except (OSError, ValueError) as why:
            raise Gone(str(why)) from why
        if not data:
            raise Gone("closed")
        return data

    def read(self, size):
        pieces, have = [self._rest[:size]], len(self._rest[:size])
        self._rest = self._rest[size:]
        while have < size:
            data = self._receive()
            pieces.append(data[:size - have])
            self._rest = data[size - have:]
            have += len(pieces[-1])
        return b"".join(pieces)

    def read_head(self):
        """The lines of the next request, or Gone."""
        while b"\r\n\r\n" not in self._rest:
            if len(self._rest) > HEAD_MAX:
                raise Gone("head too large")
            self._rest += self._receive()
            while self.ignores_tls and not self._rest[:1].isalpha():
                self._receive()
            if not self._rest[:1].isalpha():  # as real ones do who are spoken to in TLS
                self.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                self.end()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head.decode("utf-8", "surrogateescape").split("\r\n")

    def read_request(self):
        line, *fields = self.read_head()
        pairs = [field.partition(":") for field in fields]
        return Request(self, line, [(name, value.strip()) for name, _, value in pairs])

    def send(self, data):
        try:
            self.sock.sendall(data)
        except (OSError, ValueError) as why:
            raise Gone(str(why)) from why

    def answer(self, request, reply):
        body = b"" if request.method == "HEAD" else reply.body
        reply.close = reply.close or request.header("Connection", "").lower() == "close"
        if reply.send:
            reply.send(self, reply.head(), body)
        else:
            self.send(reply.head() + body)
        if reply.sent:
            reply.sent()
        is_last = request.header("Connection", "").lower() == "close"
        if reply.close or not reply.length or not request.is_read or is_last:
            self.end()

    # ---- the ways to end ----

    def end(self):
        """Close properly: with a TLS close_notify over TLS."""
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.settimeout(2)
            try:
                self.sock.unwrap()
            except (OSError, ValueError):
                pass
        self.drop()

    def drop(self):
        """Without a word to the TLS layer."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
        raise Gone("ended")

    def reset(self):
        """With a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone("reset")


class Server:
    """Listens on a loopback address, a thread for each connection."""

    def __init__(self, address, answer, tls=None):
        """answer(request) gives a Reply; tls is an SSLContext or None."""
        self._answer = answer
        self._tls = tls
        self.ignores_tls = False  # it waits for more when it is spoken to in TLS
        self._open = set()
        self._lock = threading.Lock()
        self.connections = 0
        self._door = socket.create_server((address, 0), backlog=64,
                                          family=socket.AF_INET6 if ":" in address
                                          else socket.AF_INET)
        self.address, self.port = self._door.getsockname()[:2]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                sock, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with self._lock:
            self.connections += 1
            number = self.connections
            self._open.add(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                plain, sock = sock, self._tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open.discard(plain)
                    self._open.add(sock)
            connection = Connection(sock, number)
            connection.ignores_tls = self.ignores_tls
            while True:
                request = connection.read_request()
                connection.answer(request, self._answer(request))
        except (Gone, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def stop(self):
        try:  # wakes the thread in accept()
            self._door.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._door.close()
        with self._lock:
            left = list(self._open)
        for sock in left:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()
