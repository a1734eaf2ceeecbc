# SPDX-License-Identifier: Apache-2.0
"""Retries, rate limits, and the messages and warnings of registries."""
import email.utils
import os
import socket
import threading
import time

from harness import *

MANIFEST = "/manifests/1$"


def timed(run):
    """(what it returned, the seconds it took)"""
    began = time.monotonic()
    return run(), time.monotonic() - began


def http_date(seconds):
    """So many seconds from now."""
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


@case("rate-limited", each={"seconds": lambda: 2, "a date": lambda: http_date(4)})
def honours_retry_after(lab, when):
    "waits as long as Retry-After of a 429 demands"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(429, Retry_After=when()), times=1)
    run, took = timed(lambda: lab.export(app))
    run.ok().says(f"registry {lab.registry.host}: rate limited, slowing down").carries(app)
    check(took >= 2, f"duration: {took}")


@case("rate-limited", each={"past": {"Retry_After": http_date(-1000)},
                            "malformed": {"Retry_After": "soon"}, "missing": {}})
def waits_without_retry_after(lab, headers):
    "waits after a 429 whose Retry-After says nothing"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(429, **headers), times=1)
    run, took = timed(lambda: lab.export(app))
    run.ok().carries(app)
    check(took >= 1.9, f"duration: {took}")


@case("rate-limited")
def fails_at_once_on_a_long_retry_after(lab):
    "fails at once when Retry-After is a day"
    for code, when in ((429, 86400), (503, http_date(86400))):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(code, Retry_After=when))
        lab.export(app).fails("network", "Retry-After of 86", hint="300 seconds")
        same(lab.registry.count("GET", MANIFEST), 1, "tries")


@case("rate-limited")
def slows_down_all_workers(lab):
    "all workers wait for a registry that limited one of them, with one message"
    app = lab.image("app:1", layers=12)
    asked = []

    def slowly(request, proceed):
        time.sleep(0.3)  # keeps the other workers busy until the pause is known
        return proceed()

    def ask(request, proceed):
        asked.append(time.monotonic())
        return Reply(429, headers=[("Retry-After", "3")])
    lab.registry.on("GET", "/blobs/", ask, nth=[5])
    lab.registry.on("GET", "/blobs/", slowly)
    times = []
    lab.watch = lambda entry: times.append(time.monotonic())
    run = lab.export(app, jobs=4).ok().carries(app)
    same(run.err.count("rate limited, slowing down"), 1, "messages")
    later = [when - asked[0] for when in times if when > asked[0] + 1.5]
    check(later and min(later) > 2.9, f"requests while it should have been quiet: {later[:3]}")
    gaps = [b - a for a, b in zip(later, later[1:])]
    check(sum(gaps[:4]) > 0.15, f"then one request at a time: {gaps}")


@case("rate-limited")
def refusals_of_a_serving_registry_cost_no_retries(lab):
    "refusals by a registry that serves other requests use up no retries"
    app = lab.image("app:1", layers=12, size=100)
    served = []

    def limit(request, proceed):
        now = time.monotonic()
        if len([when for when in served if when > now - 1]) >= 4:
            return Reply(429, headers=[("Retry-After", "1")])
        served.append(now)
        return proceed()
    lab.registry.on("GET", "/blobs/", limit)
    lab.export(app, "--retries", "2", jobs=8).ok().carries(app)


@case("rate-limited")
def slows_down_for_the_error_code(lab):
    "slows down after 503 and 403 with the code TOOMANYREQUESTS"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, chain(denied(503, "TOOMANYREQUESTS"),
                                           denied(403, "TOOMANYREQUESTS")))
    lab.export(app).ok().says("rate limited, slowing down").carries(app)


@case("rate-limited", each={what: what for what in ("POST", "PATCH", "PUT")})
def slows_down_a_push(lab, what):
    "slows down after a 429 during a push"
    other = image("other:1", size=3 << 20)
    lab.registry.on(what, "", status(429, Retry_After=1), times=1)
    lab.push(other, jobs=1).ok().says("rate limited, slowing down")
    lab.landed(other)


@case("rate-limited")
def limits_storage_apart_from_its_registry(lab):
    "a rate-limited storage server does not slow down its registry"
    app = lab.image("app:1", layers=8)
    led, asked = [], threading.Event()

    def lead_the_first(request, proceed):
        led.append(request.path)
        if request.path == led[0]:
            return redirect_to(lab.storage)(request, proceed)
        asked.wait(20)
        return proceed()

    def slow_down(request, proceed):
        asked.set()
        return status(429, Retry_After=4)(request, proceed)
    lab.registry.on("GET", "/blobs/", lead_the_first)
    lab.storage.on("GET", "", slow_down, times=1)
    run = lab.export(app, jobs=2).ok().carries(app)
    run.says(f"{lab.storage.host}, which registry {lab.registry.host} redirects to: rate limited")
    run.silent_about(f"registry {lab.registry.host} asks")
    log = lab.log.find("GET", "sha256:")
    first, again = [n for n, entry in enumerate(log) if entry.origin == "storage"]
    between = [e for e in log[first + 1:again] if "/blobs/" in e.path and e.status == 200]
    check(len(between) >= 3, f"requests served by the registry meanwhile: {len(between)}")


@case("transient-and-final-errors", each={str(code): code for code in (408, 500, 502, 503, 504, 522)})
def retries_transient_errors(lab, code):
    "retries a transient error until it passes"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(code), times=2)
    lab.export(app).ok().carries(app)
    same(lab.registry.count("GET", MANIFEST), 3, "tries")


@case("transient-and-final-errors")
def gives_up_on_lasting_errors(lab):
    "gives up on lasting errors after --retries more tries"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(503))
    wanted = [(("--retries", "2"), 3), (("--retries", "0"), 1)]
    if IS_LONG:  # 15 seconds
        wanted.append(((), 6))
    for options, tries in wanted:
        lab.log.forget()
        run = lab.export(app, *options).fails("network", "returned 503")
        same(lab.registry.count("GET", MANIFEST), tries, "tries")
        check(tries == 1 or f"gave up after {tries} tries" in run.err, "the number of tries is shown")


@case("transient-and-final-errors")
def does_not_retry_final_errors(lab):
    "does not retry final errors"
    for code in (400, 403, 405, 410, 501):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(code))
        check(lab.export(app).status in (3, 5), "kind of the failure")
        same(lab.registry.count("GET", MANIFEST), 1, "tries")


@case("transient-and-final-errors")
def fails_soon_where_nothing_listens(lab):
    "fails within seconds where nothing listens"
    with socket.create_server(("127.0.0.7", 0)) as door:
        host = f"127.0.0.7:{door.getsockname()[1]}"
    run, took = timed(lambda: lab.export(f"{host}/app:1"))
    run.fails("network", "gave up after 3 tries")
    check(took < 5, f"duration: {took}")
    lab.export(f"{host}/app:1", "--retries", "0").fails("network").silent_about("gave up")


@case("transient-and-final-errors")
def retries_longer_after_an_answer(lab):
    "a registry that answered before gets more than three tries"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", end("reset"), times=3)
    lab.export(app, jobs=1).ok().carries(app)


@case("docker-hub-pull-limit")
def warns_once_of_few_pulls(lab):
    "warns once when few pulls remain"
    app = lab.image("app:1", layers=5)
    for name, value in (("ratelimit-limit", "100;w=21600"),
                        ("ratelimit-remaining", "3;w=21600")):
        handler = lab.registry.handler
        handler.answer = with_header(handler.answer, name, value)
    run = lab.export(app).ok().says("only 3 of 100 pulls in 6 hours are left")
    same(run.err.count("are left"), 1, "times")


@case("docker-hub-pull-limit")
def stays_silent_about_many_pulls(lab):
    "stays silent when many pulls remain or the header is malformed"
    app = lab.image("app:1")
    handler = lab.registry.handler
    proper = handler.answer
    for value in ("76;w=21600", "none", ""):
        lab.again()
        handler.answer = with_header(proper, "ratelimit-remaining", value)
        lab.export(app).ok().silent_about("are left")


@case("docker-hub-pull-limit")
def shows_the_pull_limit_error(lab):
    "shows the plain text of a reached pull limit"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(
        429, "toomanyrequests: You have reached your pull rate limit.\n", "text/plain",
        Retry_After=3600))
    lab.export(app).fails("network", "toomanyrequests: You have reached your pull rate limit.")


def with_header(proper, name, value):
    def answer(request):
        reply = proper(request)
        reply.headers.append((name, value))
        return reply
    return answer


def messages(run):
    """Standard error without the headers that -vv prints."""
    return "\n".join(line for line in run.err.splitlines()
                     if ": < " not in line and ": > " not in line)


@case("warning-header-repeated")
def shows_a_repeated_warning_once(lab):
    "shows a repeated Warning header once"
    app = lab.image("app:1", layers=20)
    handler = lab.registry.handler
    handler.answer = with_header(handler.answer, "Warning", '299 - "this one \\"ends\\" soon"')
    handler.answer = with_header(handler.answer, "Warning", '199 - "stale"')
    run = lab.export(app).ok().says(': this one "ends" soon')
    same(messages(run).count("ends"), 1, "times")
    check("stale" not in messages(run), "a warning with another code is not shown")


@case("warning-header-repeated")
def bounds_warnings(lab):
    "shows a bounded number of warnings"
    app = lab.image("app:1", layers=40)
    count = iter(range(10 ** 6))
    handler, proper = lab.registry.handler, lab.registry.handler.answer
    handler.answer = lambda request: with_header(
        proper, "Warning", f'299 - "{next(count)} {"x" * 500}"')(request)
    run = lab.export(app).ok()
    same(messages(run).count("warning: registry "), 16, "warnings")
    check(len(messages(run)) < 20000, "standard error is short")


@case("error-body-is-odd")
def shows_odd_error_bodies_safely(lab):
    "shows error bodies escaped, cut and without markup"
    app = lab.image("app:1")
    for body, kind, shown in (
            ('{"errors":[{"code":"DENIED","message":"\\u001b[31mred"}]}', "application/json",
             "DENIED: \\x1b[31mred"),
            ('{"details":"not today"}', "application/json", "not today"),
            ('{"message":"not today either"}', "text/plain", "not today either"),
            ('{"errors":[{"code":"DENIED","message":"%s"}]}' % ("long " * (2 << 20)),
             "application/json", "long"),
            ("long " * (2 << 20), "text/plain", "long long long"),
            ('{"errors":[{"code":"X","detail":"because"}]}', None, "403, X; because)"),
            ('{"errors":[{"code":"X","message":"no","detail":{"digest":"sha256:1","n":1}}]}', None,
             "403, X: no; digest sha256:1)"),
            ('{"errors":[{"code":"X","detail":[{"Type":"repository","Name":"app"},"so",7]},'
             '{"code":"Y","detail":{"digest":"d2"}}]}', None,
             "403, X; Type repository, Name app, so, digest d2)"),
            ('{"errors":[{"code":"X","detail":null}]}', None, "403, X)"),
            ('{"errors":[{"code":"X","detail":{"a":"%s\\u001b"}}]}' % ("long " * 9000), None,
             "403, X; a long"),
            ("go\n\x1b[2Jaway", "text/plain", "go\\x0a\\x1b[2Jaway"),
            (b"\xff\xfe\x00x", None, "\\xff\\xfe\\x00x"),
            ("<html><b>No</b></html>", "text/html", "returned 403)")):
        lab.again()
        lab.registry.on("GET", MANIFEST, status(403, body, kind))
        run = lab.export(app).fails("auth", shown)
        check(len(run.err) < 2000, "the text is cut")
        run.silent_about("<b>")


@case()
def limits_the_rate_of_export(lab):
    "--limit-rate limits all downloads of an export together"
    app = lab.image("app:1", layers=4, size=100000)
    run, took = timed(lambda: lab.export(app, "--limit-rate", "200K", jobs=4))
    run.ok().carries(app)
    check(took > 1.7, f"duration: {took}")


@case()
def limits_the_rate_of_import(lab):
    "--limit-rate limits all uploads of an import together"
    other = image("other:1", layers=4, size=100000)
    lab.bundle(other)
    run, took = timed(lambda: lab.push(other, options=["--limit-rate", "200K"]))
    run.ok()
    lab.landed(other)
    check(took > 1.7, f"duration: {took}")


@case("tag-immutable")
def accepts_a_tag_set_by_a_lost_answer(lab):
    "accepts an immutable tag set by a request whose answer was lost"
    lab.registry.handler.immutable_tags = True
    lab.registry.on("PUT", "/manifests/1$", done_but(503), times=1)
    app = image("app:1")
    lab.push(app).ok()
    lab.landed(app)


main(at_once=24)
