# SPDX-License-Identifier: Apache-2.0
"""Rules, and everything that can go wrong.

A fault is a function(request, proceed) that gives a Reply; proceed() does what a proper
server would do and gives its Reply.  Most faults here come from a function that takes what
they need to know: origin.on("GET", "/blobs/", truncate(1000), times=1).
"""
import gzip as gzip_library
import re
import threading

from .wire import Reply

FOR_EVER = threading.Event()  # never set: hanging ends when the connection does


class Rule:
    """Which requests a fault is for.  The first rule that matches answers."""

    def __init__(self, method, pattern, fault, times=None, nth=None, early=False,
                 admitted=False):
        """times: for the first so many that match; nth: for the n-th (from 1) only, or a
        list of such; early: before the body of the request is read; admitted: only for
        whom the origin lets in."""
        self.fault = fault
        self.early = early
        self.admitted = admitted
        self.seen = 0     # requests that matched
        self.applied = 0
        self._methods = method.split("|") if method else None
        self._pattern = re.compile(pattern)
        self._times = times
        self._nth = {nth} if isinstance(nth, int) else nth
        self._lock = threading.Lock()

    def takes(self, request):
        if (self._methods and request.method not in self._methods) or \
                not self._pattern.search(request.target):
            return False
        with self._lock:
            self.seen += 1
            if (self._times is not None and self.applied >= self._times) or \
                    (self._nth and self.seen not in self._nth):
                return False
            self.applied += 1
        return True

    def __str__(self):
        return f"{'|'.join(self._methods or ['*'])} {self._pattern.pattern}"


# ---- answers of another kind ----

def named(headers):
    return [(name.replace("_", "-"), str(value)) for name, value in headers.items()]


def status(code, body="", type=None, **headers):
    """This answer, and nothing is done.  Retry_After=0 becomes a header."""
    return lambda request, proceed: Reply(code, body, type, named(headers))


def denied(code, error_code, message="", **headers):
    """An error in the form of the distribution protocol."""
    body = '{"errors":[{"code":"%s","message":"%s"}]}' % (error_code, message)
    return status(code, body, "application/json", **headers)


def done_but(code, body="", type=None, **headers):
    """It is done, and the answer is another one."""
    def fault(request, proceed):
        proceed()
        return Reply(code, body, type, named(headers))
    return fault


def chain(*faults):
    """The first for the first request, and so on; None and the rest are proper."""
    left = list(faults)

    def fault(request, proceed):
        one = left.pop(0) if left else None
        return one(request, proceed) if one else proceed()
    return fault


def then(first, fault):
    """Call first(request), then continue with the fault, or properly with None."""
    def both(request, proceed):
        first(request)
        return fault(request, proceed) if fault else proceed()
    return both


# ---- headers ----

def change(function):
    """The proper reply, after function(reply) has changed it."""
    def fault(request, proceed):
        reply = proceed()
        reply.is_whole = False
        function(reply)
        return reply
    return fault


def header(name, value):
    """Another value of a header; None drops it."""
    return change(lambda reply: reply.set(name, value))


def content_length(*values):
    """Another Content-Length than the true one, or several."""
    def alter(reply):
        reply.set("Content-Length", None)
        reply.length = False
        reply.headers += [("Content-Length", str(value)) for value in values]
        reply.close = True
    return change(alter)


def no_length(reply_changed=None):
    """No Content-Length: the body ends with the connection."""
    def alter(reply):
        reply.length = False
        if reply_changed:
            reply_changed(reply)
    return change(alter)


def header_bomb(count, size):
    """So many headers of that size before the proper ones."""
    return change(lambda reply: reply.headers.extend(
        (f"X-Bomb-{n}", "b" * size) for n in range(count)))


def flood_1xx(count, code=103):
    """So many interim answers before the real one."""
    def alter(reply):
        reply.before = f"HTTP/1.1 {code} Early\r\nLink: </x>\r\n\r\n".encode() * count
    return change(alter)


# ---- where to go ----

def redirect(to, code=307, **headers):
    """to: a URL as Location has it, or function(request) that makes one."""
    def fault(request, _):
        where = to(request) if callable(to) else to
        return Reply(code, "", None, [("Location", where), *named(headers)])
    return fault


def redirect_to(origin, code=307, query=""):
    """The same path at another origin."""
    return redirect(lambda request: origin.url + request.path + query, code)


def location(function):
    """Another Location: function(the proper one)."""
    return change(lambda reply: reply.set("Location", function(reply.header("Location"))))


# ---- bytes ----

def body(function):
    """Another body: function(the proper one), announced with its own length."""
    def alter(reply):
        reply.body = function(reply.body)
        reply.set("Content-Length", None)
    return change(alter)


def flip(position):
    """One bit of one byte is wrong."""
    def function(data):
        altered = bytearray(data)
        altered[position] ^= 1
        return bytes(altered)
    return body(function)


def longer(data):
    """More bytes than there should be, announced as such."""
    return body(lambda proper: proper + data)


def shorter(size):
    """Only the beginning, announced as if it were all."""
    return body(lambda proper: proper[:size])


def gzip():
    """Compressed without being requested."""
    def alter(reply):
        reply.body = gzip_library.compress(reply.body, mtime=0)
        reply.set("Content-Length", None)
        reply.set("Content-Encoding", "gzip")
    return change(alter)


def chunked(piece=1000, end=b"0\r\n\r\n"):
    """Transfer-Encoding: chunked; end is what comes after the last piece."""
    def fault(request, proceed):
        reply = proceed()
        reply.set("Content-Length", None)
        reply.set("Transfer-Encoding", "chunked")
        reply.length = False
        pieces = [reply.body[n:n + piece] for n in range(0, len(reply.body), piece)]
        reply.body = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + end
        return reply
    return fault


def endless(head_of=None):
    """A body without end, in chunks, until the other side has had enough."""
    def send(connection, head, _):
        connection.send(head)
        while True:
            connection.send(b"4000\r\n" + b" " * 0x4000 + b"\r\n")

    def alter(reply):
        reply.set("Content-Length", None)
        reply.set("Transfer-Encoding", "chunked")
        reply.length = False
        reply.send = send
        if head_of:
            head_of(reply)
    return change(alter)


def send_by(function):
    """function(connection, head, body) sends the proper reply in its own way."""
    def alter(reply):
        reply.send = function
    return change(alter)


def truncate(size, how="end"):
    """So many bytes of the body, then the end: "end", "drop" (no close_notify), "reset"."""
    def send(connection, head, data):
        connection.send(head + data[:size])
        getattr(connection, how)()
    return send_by(send)


def stall(size=0):
    """So many bytes of the body, then nothing more while the connection stays open."""
    def send(connection, head, data):
        connection.send(head + data[:size])
        connection.read(1)  # comes back when the other side ends it
    return send_by(send)


def drip(piece, pause):
    """Slowly: a piece, a pause in seconds, and so on."""
    def send(connection, head, data):
        connection.send(head)
        for start in range(0, len(data), piece):
            connection.send(data[start:start + piece])
            FOR_EVER.wait(pause)
    return send_by(send)


def raw(data, how="end"):
    """These bytes in place of a reply, then the end."""
    def send(connection, *_):
        connection.send(data)
        getattr(connection, how)()
    return lambda request, proceed: sent_by(send)


def sent_by(send):
    reply = Reply(200)
    reply.send = send
    return reply


def end(how="drop"):
    """No answer at all: "end", "drop", "reset"."""
    return raw(b"", how)


def hang():
    """No answer while the connection stays open."""
    def send(connection, *_):
        connection.read(1)
    return lambda request, proceed: sent_by(send)


def break_body(size, how="reset"):
    """For a rule with early=True: take so much of the request's body, then end it."""
    def fault(request, _):
        request.read_some(size)
        getattr(request.connection, how)()
    return fault


# ---- ranges ----

def ignore_range():
    """The whole thing, as if the request had asked for all of it."""
    def fault(request, proceed):
        request.headers[:] = [pair for pair in request.headers if pair[0].lower() != "range"]
        return proceed()
    return fault


def content_range(text):
    """206 with another Content-Range: function(the proper one), or None for none."""
    return change(lambda reply: reply.set(
        "Content-Range", text(reply.header("Content-Range")) if text else None))


def refuse_range():
    """416 for range requests."""
    def fault(request, proceed):
        return Reply(416) if request.header("Range") else proceed()
    return fault
