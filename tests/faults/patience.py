# SPDX-License-Identifier: Apache-2.0
"""How often and how soon things are tried again, and what a registry has to say."""
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


@case("rate-limited")
def come_back(lab):
    "too many requests: Retry-After in seconds and as a date is waited for"
    for when in (lambda: 2, lambda: http_date(4)):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(429, Retry_After=when()), times=1)
        run, took = timed(lambda: lab.export(app))
        run.ok().says(f"registry {lab.registry.host}: rate limited, slowing down").carries(app)
        check(took >= 2, f"it waited: {took}")


@case("rate-limited")
def come_back_vague(lab):
    "Retry-After in the past, without sense, or missing: time is given all the same"
    for when in (http_date(-1000), "soon", None):
        lab.again()
        app = lab.image("app:1")
        headers = {"Retry_After": when} if when else {}
        lab.registry.on("GET", MANIFEST, status(429, **headers), times=1)
        run, took = timed(lambda: lab.export(app))
        run.ok().carries(app)
        check(took >= 1.9, f"it waited: {took}")


@case("rate-limited")
def come_back_tomorrow(lab):
    "a Retry-After of a day is an error at once"
    for code, when in ((429, 86400), (503, http_date(86400))):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(code, Retry_After=when))
        lab.export(app).fails("network", "asks to wait 86", hint="300 seconds")
        same(lab.registry.count("GET", MANIFEST), 1, "tries")


@case("rate-limited")
def one_pace(lab):
    "all workers wait for a registry that asked one of them, and the user is told once"
    app = lab.image("app:1", layers=12)
    asked = []

    def slowly(request, proceed):
        time.sleep(0.3)  # the others are still busy when the one that was asked has understood
        return proceed()

    def ask(request, proceed):
        asked.append(time.monotonic())
        return Reply(429, headers=[("Retry-After", "3")])
    lab.registry.on("GET", "/blobs/", ask, nth=[5])
    lab.registry.on("GET", "/blobs/", slowly)
    times = []
    lab.watch = lambda entry: times.append(time.monotonic())
    run = lab.export(app, jobs=4).ok().carries(app)
    same(run.err.count("rate limited, slowing down"), 1, "times that the user was told")
    later = [when - asked[0] for when in times if when > asked[0] + 1.5]
    check(later and min(later) > 2.9, f"requests while it should have been quiet: {later[:3]}")
    gaps = [b - a for a, b in zip(later, later[1:])]
    check(sum(gaps[:4]) > 0.15, f"then one at a time: {gaps}")


@case("rate-limited")
def throttled_again_and_again(lab):
    "a registry that keeps to a rate: what it refuses does not count while it serves others"
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
def slow_down_code(lab):
    "503 and 403 with the code TOOMANYREQUESTS, and 429 for a push"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, chain(denied(503, "TOOMANYREQUESTS"),
                                           denied(403, "TOOMANYREQUESTS")))
    lab.export(app).ok().says("rate limited, slowing down").carries(app)
    other = image("other:1", size=3 << 20)
    for what in ("POST", "PATCH", "PUT"):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on(what, "", status(429, Retry_After=1), times=1)
        lab.push(other, jobs=1).ok().says("rate limited, slowing down")
        lab.landed(other)


@case("rate-limited")
def storage_slow_down(lab):
    "a storage server that asks to slow down does not slow down the registry"
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
    run.says(f"{lab.storage.host}, where registry {lab.registry.host} leads to, asks")
    run.silent_about(f"registry {lab.registry.host} asks")
    log = lab.log.find("GET", "sha256:")
    first, again = [n for n, entry in enumerate(log) if entry.origin == "storage"]
    between = [e for e in log[first + 1:again] if "/blobs/" in e.path and e.status == 200]
    check(len(between) >= 3, f"the registry goes on serving: {len(between)}")


@case("transient-and-final-errors")
def passing(lab):
    "errors that pass are waited for"
    for code in (408, 500, 502, 503, 504, 522):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(code), times=2)
        lab.export(app).ok().carries(app)
        same(lab.registry.count("GET", MANIFEST), 3, "tries")


@case("transient-and-final-errors")
def for_ever(lab):
    "errors that do not pass are given up after five more tries, or as many as wanted"
    app = lab.image("app:1")
    lab.registry.on("GET", MANIFEST, status(503))
    wanted = [(("--retries", "2"), 3), (("--retries", "0"), 1)]
    if IS_LONG:  # 15 seconds
        wanted.append(((), 6))
    for options, tries in wanted:
        lab.log.forget()
        run = lab.export(app, *options).fails("network", "answers 503")
        same(lab.registry.count("GET", MANIFEST), tries, "tries")
        check(tries == 1 or f"gave up after {tries} tries" in run.err, "it says so")


@case("transient-and-final-errors")
def final(lab):
    "errors that stay are not tried again"
    for code in (400, 403, 405, 410, 501):
        lab.again()
        app = lab.image("app:1")
        lab.registry.on("GET", MANIFEST, status(code))
        check(lab.export(app).status in (3, 5), "the kind of error")
        same(lab.registry.count("GET", MANIFEST), 1, "tries")


@case("transient-and-final-errors")
def nobody_home(lab):
    "a host where nothing answers is an error soon"
    with socket.create_server(("127.0.0.7", 0)) as door:
        host = f"127.0.0.7:{door.getsockname()[1]}"
    run, took = timed(lambda: lab.export(f"{host}/app:1"))
    run.fails("network", "gave up after 3 tries")
    check(took < 5, f"soon: {took}")
    lab.export(f"{host}/app:1", "--retries", "0").fails("network").silent_about("gave up")


@case("transient-and-final-errors")
def back_again(lab):
    "a registry that was there before gets all the tries"
    app = lab.image("app:1")
    lab.registry.on("GET", "/blobs/", end("reset"), times=4)
    lab.export(app, jobs=1).ok().carries(app)


@case("docker-hub-pull-limit")
def pulls_left(lab):
    "few pulls are left: said once"
    app = lab.image("app:1", layers=5)
    for name, value in (("ratelimit-limit", "100;w=21600"),
                        ("ratelimit-remaining", "3;w=21600")):
        handler = lab.registry.handler
        handler.answer = with_header(handler.answer, name, value)
    run = lab.export(app).ok().says("only 3 of 100 pulls in 6 hours are left")
    same(run.err.count("are left"), 1, "times")


@case("docker-hub-pull-limit")
def pulls_not_worth_a_word(lab):
    "many pulls are left, or nobody counts, or the header is nonsense"
    app = lab.image("app:1")
    handler = lab.registry.handler
    proper = handler.answer
    for value in ("76;w=21600", "none", ""):
        lab.again()
        handler.answer = with_header(proper, "ratelimit-remaining", value)
        lab.export(app).ok().silent_about("are left")


@case("docker-hub-pull-limit")
def no_pulls_left(lab):
    "the limit is reached, said in plain text"
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


@case("warning-header-repeated")
def warnings(lab):
    "a warning that comes with every answer is shown once, another one too"
    app = lab.image("app:1", layers=20)
    handler = lab.registry.handler
    handler.answer = with_header(handler.answer, "Warning", '299 - "this one \\"ends\\" soon"')
    handler.answer = with_header(handler.answer, "Warning", '199 - "stale"')
    run = lab.export(app).ok().says(': this one "ends" soon').silent_about("stale")
    same(run.err.count("ends"), 1, "times")


@case("warning-header-repeated")
def many_warnings(lab):
    "a registry that never runs out of warnings"
    app = lab.image("app:1", layers=40)
    count = iter(range(10 ** 6))
    handler, proper = lab.registry.handler, lab.registry.handler.answer
    handler.answer = lambda request: with_header(
        proper, "Warning", f'299 - "{next(count)} {"x" * 500}"')(request)
    run = lab.export(app).ok()
    same(run.err.count("warning: registry "), 16, "warnings that were shown")
    check(len(run.err) < 20000, "not much was printed")


@case("error-body-is-odd")
def odd_errors(lab):
    "error texts: escapes, ten MiB, an unusual form, plain text, a web page"
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
            ("<html><b>No</b></html>", "text/html", "answers 403)")):
        lab.again()
        lab.registry.on("GET", MANIFEST, status(403, body, kind))
        run = lab.export(app).fails("auth", shown)
        check(len(run.err) < 2000, "it is cut")
        run.silent_about("<b>")


@case()
def limited(lab):
    "--limit-rate: all workers together, both ways"
    app = lab.image("app:1", layers=4, size=100000)
    run, took = timed(lambda: lab.export(app, "--limit-rate", "200K", jobs=4))
    run.ok().carries(app)
    check(took > 1.7, f"it took its time: {took}")
    other = image("other:1", layers=4, size=100000)
    lab.bundle(other)
    run, took = timed(lambda: lab.push(other, options=["--limit-rate", "200K"]))
    run.ok()
    lab.landed(other)
    check(took > 1.7, f"it took its time: {took}")


@case("tag-immutable")
def tag_was_set(lab):
    "a tag that cannot be moved, and was set by a try whose answer is lost"
    lab.registry.handler.immutable_tags = True
    lab.registry.on("PUT", "/manifests/1$", done_but(503), times=1)
    app = image("app:1")
    lab.push(app).ok()
    lab.landed(app)


main()
