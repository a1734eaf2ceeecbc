# SPDX-License-Identifier: Apache-2.0
"""Below HTTP: certificates, handshakes, and lines that break."""
from harness import *

import ssl
import warnings

from fault.tls import ADDRESSES


def served_with(lab, context):
    """An image at an origin with another certificate."""
    origin = lab.origin("odd", "127.0.0.9", Registry, tls=context)
    return lab.image("app:1", at=origin), origin


@case("certificate-invalid")
def refuses_an_unknown_authority(lab):
    "a certificate of an unknown authority is refused at once, with a hint"
    app = lab.image("app:1")
    lab.export(app, ca=lab.authority.stranger()).fails("network", "certificate", reason="tls",
                                                       hint="--ca-file")
    same(lab.registry.count(), 0, "requests")


@case("certificate-invalid")
def refuses_a_certificate_of_another_host(lab):
    "a certificate for another host is refused"
    app, odd = served_with(lab, lab.authority.certificate("elsewhere", ["elsewhere.test"]))
    lab.export(app).fails("network", "certificate", reason="tls")
    same(odd.count(), 0, "requests")
    same(odd.connections, 1, "tries")


@case("certificate-invalid")
def refuses_certificates_outside_their_validity(lab):
    "a certificate that expired or is not yet valid is refused"
    for name, dates in (("ended", ("20000101000000Z", "20010101000000Z")),
                        ("later", ("20990101000000Z", "21000101000000Z"))):
        context = lab.authority.certificate(name, addresses=ADDRESSES, dates=dates)
        odd = lab.origin(name, "127.0.0.9", Registry, tls=context)
        app = lab.image("app:1", at=odd)
        lab.export(app).fails("network", "certificate", reason="tls", hint="clock")
        same(odd.count(), 0, "requests")


@case("certificate-invalid")
def refuses_tls_1_1(lab):
    "a server that supports only TLS 1.1 is refused"
    context = lab.authority.certificate("old", addresses=ADDRESSES)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():  # that it is old is the point
        warnings.simplefilter("ignore")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    app, odd = served_with(lab, context)
    lab.export(app).fails("network", "TLS", reason="tls")
    same(odd.count(), 0, "requests")


@case("certificate-invalid", "secret-over-plain-http")
def does_not_fall_back_to_plain_http(lab):
    "a server without TLS is not asked in plain HTTP, except on loopback"
    lab.proxied = True
    plain = lab.origin("plain", "127.0.0.9", Registry, tls=False)
    lab.proxy.handler.names["r.example.com", 443] = plain.door
    lab.export("r.example.com/app:1").fails("network", "TLS", reason="not-tls",
                                            hint="--plain-http")
    same(plain.count(), 0, "requests")


@case("loopback-ignores-tls")
def deaf_to_tls(lab):
    "a plain port of this machine that ignores TLS: it is not waited for as long as a network"
    plain = lab.origin("plain", "127.0.0.9", Registry, tls=False).ignore_tls()
    app = lab.image("app:1", at=plain)
    lab.export(app, "--retries", "0", timeout=20).ok().carries(app)  # a connection has 30 s


@case()
def limits_headers(lab):
    "more or longer headers than allowed are refused"
    app = lab.image("app:1")
    for bomb in (header_bomb(300, 10), header_bomb(1, 200000), header_bomb(100, 5000),
                 flood_1xx(20000)):
        for where in ("/v2/$", "/manifests/", "/blobs/"):
            lab.again()
            lab.registry.on("GET", where, bomb)
            lab.export(app, "--retries", "0").fails("limit", "headers")


@case()
def refuses_non_http_answers(lab):
    "answers that are not HTTP, or of an unknown version, are refused"
    app = lab.image("app:1")
    for answer in (b"SSH-2.0-OpenSSH\r\n", b"\0\1\2", b"hello", b"HTTP/9.9 200 OK\r\n\r\n",
                   b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n no colon\r\n\r\nx", b""):
        for where in ("/manifests/", "/blobs/"):
            lab.again()
            lab.registry.on("GET", where, raw(answer))
            run = lab.export(app, "--retries", "0")
            check(run.status in (4, 5, 6), f"{answer}: exit {run.status}")


@case("token-expires-mid-download")
def renews_a_token_mid_layer(lab):
    "a token that expires in the middle of a layer is renewed and the layer resumed"
    app = lab.image("app:1", size=400000)
    lab.wants_token(lab.registry)

    def cut_and_revoke(request, proceed):
        reply = truncate(200000, "drop")(request, proceed)
        lab.tokens.handler.revoke_all()
        return reply
    lab.registry.on("GET", app.layer.digest, cut_and_revoke, times=1, admitted=True)
    lab.export(app, jobs=1).ok().carries(app)
    same(lab.tokens.count("GET"), 2, "tokens")
    rest = [e.header("Range") for e in lab.registry.find("GET", app.layer.digest)]
    check(rest[-1] is not None, f"ranges: {rest}")


@case("similar-registry-name")
def keeps_credentials_from_similar_hosts(lab):
    "a registry with a similar name gets no credentials"
    lab.proxied = True
    password = lab.secret()
    lab.docker_config({"r.example.com": ("robot", password), "example.com": ("robot", password),
                       "127.0.0.2": ("robot", password)})
    for name in ("r.example.com.evil.test", "s.example.com", "x.r.example.com",
                 "r.example.com:8443"):
        lab.wants_password(lab.registry.name_it(name))
        lab.export(f"{name}/app:1").fails("auth")
    other = lab.origin("other port", "127.0.0.2", Registry)
    lab.wants_password(other)
    lab.export(f"{other.host}/app:1").fails("auth")


main()
