# SPDX-License-Identifier: Apache-2.0
"""A whole network on loopback: registries, a storage server, token servers, a proxy.

    lab.registry  what most tests are about             127.0.0.2
    lab.tokens    the token server on its own host      127.0.0.2, another port
    lab.storage   for redirects; takes no Authorization 127.0.0.3
    lab.other     another registry                      127.0.0.4
    lab.proxy     HTTP proxy, which also knows names    127.0.0.5
    lab.evil      an untrusted token server             127.0.0.6

Each is made when it is first looked at, and all speak TLS.  origin.name_it("r.example.com")
gives one a host name, which is found through the proxy: its port is then 443 or 80.
"""
import secrets
import socket
import threading

from .access import Basic, Bearer, TokenServer
from .faults import Rule
from .log import Entry, Log
from .protocol import Registry, ranged
from .wire import Reply, Server


class Origin:
    """A server with rules.  What nothing else says is answered by its handler."""

    def __init__(self, lab, name, address, handler, tls=True):
        """tls: False, or an SSLContext of another certificate."""
        self.lab = lab
        self.name = name
        self.handler = handler
        self.access = None    # Basic or Bearer, asked first
        self.rules = []
        self.tls = tls
        self._server = Server(address, self._answer,
                              lab.authority.server if tls is True else tls or None)
        self._named = None

    @property
    def port(self):
        return self._server.port

    def ignore_tls(self):
        """Wait for more, as some plain servers do that are spoken to in TLS."""
        self._server.ignores_tls = True
        return self

    @property
    def connections(self):
        return self._server.connections

    @property
    def host(self):
        """HOST:PORT as in references."""
        if self._named:
            return self._named
        address = self._server.address
        return f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}"

    @property
    def store(self):
        return self.handler.store

    @property
    def door(self):
        return self._server.address, self._server.port

    def name_it(self, host):
        """Be known by a host name, which the proxy leads here."""
        self._named = host
        return self.also_named(host)

    def also_named(self, *hosts):
        """Be found under these names too."""
        for host in hosts:
            name, _, port = host.partition(":")
            self.lab.proxy.handler.names[name, int(port or (443 if self.tls else 80))] = self.door
        return self

    def on(self, method, pattern, fault, **which):
        """Add a rule, see faults.Rule.  The rules that came first are asked first."""
        rule = Rule(method, pattern, fault, **which)
        self.rules.append(rule)
        return rule

    def count(self, method=None, pattern=""):
        return self.lab.log.count(method, pattern, self.name)

    def find(self, method=None, pattern=""):
        return self.lab.log.find(method, pattern, self.name)

    def stop(self):
        self._server.stop()

    def _answer(self, request):
        entry = self.lab.log.add(Entry(self.name, request))
        rule = next((rule for rule in list(self.rules)
                     if not (rule.admitted and self._refusal(request)) and rule.takes(request)),
                    None)
        entry.rule = rule
        if self.lab.watch:
            self.lab.watch(entry)
        if not rule or not rule.early:
            entry.keep_body(request.body)
        reply = rule.fault(request, lambda: self._proper(request)) if rule \
            else self._proper(request)
        entry.status = reply.status

        def sent():
            entry.is_whole = reply.is_whole
        reply.sent = sent
        return reply

    def _refusal(self, request):
        return self.access.check(request) if self.access else None

    def _proper(self, request):
        return self._refusal(request) or self.handler.answer(request)


class Storage:
    """Blobs of a store under any path that ends with their digest.  No Authorization."""

    def __init__(self, store):
        self._store = store

    def answer(self, request):
        if request.header("Authorization") is not None:
            return Reply(400, "<Error><Code>InvalidArgument</Code><Message>Only one auth "
                              "mechanism allowed</Message></Error>", "application/xml")
        digest = request.path.rpartition("/")[2]
        with self._store.lock:
            found = [repo.blobs[digest] for repo in self._store.repos.values()
                     if digest in repo.blobs]
        if not found:
            return Reply(404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        return ranged(request, Reply(200, found[0], "binary/octet-stream"))


class Proxy:
    """Leads host names to origins: CONNECT for https, absolute targets for http."""

    def __init__(self):
        self.names = {}    # (host, port) -> (address, port)
        self.users = None  # user -> password; None: anonymous access

    def answer(self, request):
        if self.users is not None and not self._is_allowed(request):
            return Reply(407, "", None, [("Proxy-Authenticate", 'Basic realm="proxy"')])
        if request.method != "CONNECT":
            return self._forward(request)
        host, _, port = request.target.rpartition(":")
        door = self.names.get((host, int(port)))
        if not door:
            return Reply(502, "no such host", "text/plain")
        reply = Reply(200)
        reply.length = False
        reply.send = lambda connection, *_: tunnel(connection, door)
        return reply

    def _is_allowed(self, request):
        renamed = type("Renamed", (), {"header": lambda _, name, otherwise="":
                                       request.header("Proxy-Authorization", otherwise)})()
        return any(Basic({user: password}).check(renamed) is None
                   for user, password in self.users.items())

    def _forward(self, request):
        """A plain request: pass it on, and what comes back until the end."""
        host, _, rest = request.target.removeprefix("http://").partition("/")
        name, _, port = host.partition(":")
        door = self.names.get((name, int(port or 80)))
        if not door:
            return Reply(502, "no such host", "text/plain")
        lines = [f"{request.method} /{rest} HTTP/1.1", "Connection: close"]
        lines += [f"{key}: {value}" for key, value in request.headers
                  if key.lower() not in ("connection", "proxy-connection", "expect",
                                         "proxy-authorization")]
        head = "\r\n".join([*lines, "", ""]).encode()
        reply = Reply(200)
        reply.close = True

        def send(connection, *_):
            with socket.create_connection(door) as far:
                far.sendall(head + request.body)
                while data := far.recv(1 << 16):
                    connection.send(data)
        reply.send = send
        return reply


def tunnel(connection, door):
    connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with socket.create_connection(door) as far:
        def back():
            try:
                while data := far.recv(1 << 16):
                    connection.sock.sendall(data)
                connection.sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        other = threading.Thread(target=back, daemon=True)
        other.start()
        try:
            while data := connection.sock.recv(1 << 16):
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        other.join(10)
    connection.drop()


class Network:
    """The origins of one test, one log, and the secrets that were given out."""

    def __init__(self, authority):
        self.authority = authority
        self.log = Log()
        self.secrets = {}   # secret -> names of the origins that may see it
        self.certified = set()  # names of the origins that may see a client certificate
        self.watch = None   # function(entry), called for every request when it comes
        self._origins = {}
        self._lock = threading.RLock()

    def secret(self, *allowed):
        """A unique text, and the origins (or their names) that may get to see it."""
        text = "canary" + secrets.token_hex(12)
        self.secrets[text] = {getattr(one, "name", one) for one in allowed}
        return text

    def origin(self, name, address, make_handler, tls=True):
        """The origin of that name; made when it is not there yet."""
        with self._lock:
            if name not in self._origins:
                self._origins[name] = Origin(self, name, address, make_handler(), tls)
            return self._origins[name]

    def origins(self):
        with self._lock:
            return list(self._origins.values())

    @property
    def registry(self):
        return self.origin("registry", "127.0.0.2", Registry)

    @property
    def tokens(self):
        return self.origin("tokens", "127.0.0.2",
                           lambda: TokenServer(lambda: self.secret("registry")))

    @property
    def storage(self):
        return self.origin("storage", "127.0.0.3", lambda: Storage(self.registry.store))

    @property
    def other(self):
        return self.origin("other", "127.0.0.4", Registry)

    @property
    def proxy(self):
        return self.origin("proxy", "127.0.0.5", Proxy, tls=False)

    @property
    def evil(self):
        return self.origin("evil", "127.0.0.6",
                           lambda: TokenServer(lambda: self.secret("registry", "evil")))

    def wants_password(self, origin, user="robot"):
        """Basic authentication at an origin; the password, a secret, is returned."""
        password = self.secret(origin)
        origin.access = Basic({user: password})
        return password

    def wants_token(self, origin, server=None, user="robot"):
        """Bearer authentication by a token server (lab.tokens); returns the password for it."""
        server = server or self.tokens
        password = self.secret(server)
        server.handler.users[user] = password
        origin.access = Bearer(server.handler, server.url + "/token")
        return password

    def stop(self):
        for one in self.origins():
            one.stop()
