# SPDX-License-Identifier: Apache-2.0
"""Blobs on their way to a registry."""
import json

from harness import *

LARGE = 3 << 20  # goes up with PATCH


@case("blob-head-unsupported")
def uploads_where_head_fails(lab):
    "where presence checks fail, blobs are uploaded"
    for code in (405, 404, 401, 403):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", size=LARGE)
        lab.registry.on("HEAD", "/blobs/", status(code))
        lab.push(app).ok()
        lab.landed(app)


@case("upload-location-forms", "upload-stays-at-registry")
def accepts_every_location_form(lab):
    "every form of an upload location is accepted"
    home = lab.registry.host
    for form in (lambda url: url, lambda url: f"https://{home}{url}", lambda url: f"//{home}{url}",
                 lambda url: f"http://{home}{url}",
                 lambda url: f"http://{home.partition(':')[0]}{url}",
                 lambda url: url.replace("_state", "a=b%2Fc&_state"),
                 lambda url: url.partition("?")[0]):
        for size in (1000, LARGE):
            lab.again()
            lab.registry.store.repos.clear()
            app = image("app:1", size=size)
            lab.registry.on("POST|PATCH", "/uploads/", location(form))
            lab.push(app).ok()
            lab.landed(app)
            targets = [e.target for e in lab.registry.find("PUT", "/uploads/")]
            check(all(target.count("?") == 1 and "digest=sha256" in target for target in targets),
                  f"queries: {targets}")


@case("upload-location-single-use")
def uses_the_newest_location(lab):
    "a location that is valid for one request is replaced by the next"
    lab.registry.handler.one_location = True
    app = image("app:1", size=LARGE)
    lab.push(app).ok()
    lab.landed(app)


@case("upload-location-on-other-host", "upload-stays-at-registry")
def refuses_locations_elsewhere(lab):
    "a location on another server is refused, whatever differs"
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    plain = lab.origin("plain", "127.0.0.2", lambda: lab.registry.handler, tls=False)
    port = lab.origin("port", "127.0.0.2", lambda: lab.registry.handler)
    for thief in (lab.other, port, plain):
        lab.again()
        lab.registry.on("POST", "/uploads/", location(lambda url: thief.url + url))
        lab.push(image("app:1")).fails(
            "protocol", f"{lab.registry.url} redirects the upload to another server, {thief.url}",
            hint="Host and X-Forwarded-Proto")
        lab.again()
        lab.registry.on("PATCH", "/uploads/", location(lambda url: thief.url + url))
        lab.push(image("app:1", size=LARGE)).fails("protocol", "another server")
        same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")
    same(lab.other.count() + port.count() + plain.count(), 0, "requests to them")


@case("upload-stays-at-registry")
def follows_redirects_within_the_registry(lab):
    "an upload may be redirected within the registry only"
    app = image("app:1", size=LARGE)
    for code in (307, 308):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on("PATCH", "^(?!.*moved)", redirect(lambda r: r.target + "&moved=1", code))
        lab.push(app).ok()
        lab.landed(app)
    for code in (301, 302, 303, 307, 308):
        lab.again()
        lab.registry.store.repos.clear()
        lab.registry.on("PATCH", "", redirect_to(lab.other, code))
        lab.push(app).fails("protocol", f"to {'another server, ' * (code > 303)}{lab.other.url}")
    same(lab.other.count(), 0, "requests to the other server")


@case("plain-http-redirects-to-https")
def names_the_https_address(lab):
    "a registry that requires https is reported with its address"
    plain = lab.origin("plain", "127.0.0.2", lambda: lab.registry.handler, tls=False)
    for code in (301, 302, 308):
        lab.again()
        plain.on("POST", "", redirect(lambda r: lab.registry.url + r.target, code))
        lab.push(image("app:1"), to=plain, options=["--plain-http", plain.host]).fails(
            "protocol", lab.registry.url, hint="https" if code < 303 else "X-Forwarded-Proto")


@case("upload-start-status-odd")
def accepts_odd_start_statuses(lab):
    "an upload that starts with an unusual status works"
    for code in (200, 201, 204):
        lab.again()
        lab.registry.store.repos.clear()
        app = image("app:1", size=LARGE)

        def answer(reply):
            reply.status = code
        lab.registry.on("POST", "/uploads/$", change(answer))  # with ?mount= 201 is the end
        lab.push(app).ok()
        lab.landed(app)


@case("upload-start-status-odd")
def refuses_a_start_without_location(lab):
    "an upload that starts without a location is an error"
    lab.registry.on("POST", "/uploads/", header("Location", None))
    lab.push(image("app:1")).fails("protocol", "without a location")


@case("digest-called-invalid")
def uploads_again_after_a_digest_error(lab):
    "a digest reported invalid once is uploaded again"
    app = image("app:1")
    lab.registry.on("PUT", "/uploads/", denied(400, "DIGEST_INVALID"), times=1)
    lab.push(app).ok()
    lab.landed(app)


@case("digest-called-invalid")
def gives_up_on_digest_errors(lab):
    "a digest that is always reported invalid is an error"
    lab.registry.on("PUT", "/uploads/", denied(400, "DIGEST_INVALID", "no match"))
    lab.push(image("app:1")).fails("protocol", "no match")


@case("body-length-always-sent")
def sends_content_length(lab):
    "every request body has a Content-Length"
    app = index("app:1", size=LARGE)
    lab.push(app).ok()
    bodies = lab.registry.find("POST|PUT|PATCH")
    check(all(e.header("Content-Length") is not None and e.header("Transfer-Encoding") is None
              for e in bodies), "Content-Length everywhere")
    check(all(e.header("Accept") is None for e in bodies), "no Accept")


@case("keep-alive-connection-closed")
def restarts_a_broken_body(lab):
    "a body whose connection breaks is sent again from its beginning"
    for how in ("end", "drop", "reset"):
        for method, size in (("PUT", 1000), ("PATCH", LARGE)):
            lab.again()
            lab.registry.store.repos.clear()
            app = image("app:1", size=size)
            lab.registry.on(method, f"/uploads/.*{app.layer.digest[7:] if size < LARGE else ''}",
                            break_body(size // 2, how), times=1, early=True)
            lab.push(app).ok()
            lab.landed(app)

@case("progress-of-an-upload")
def counts_bytes_as_they_leave(lab):
    "progress counts bytes as they leave, once, however often they are sent"
    for is_broken in (False, True):
        lab.again()
        lab.registry.store.repos.clear()
        if is_broken:
            lab.registry.on("PATCH", "/uploads/", break_body(LARGE // 2), times=1, early=True)
        app = image("app:1", layers=1, size=LARGE)
        run = lab.sealift("import", "--insecure-skip-verify", "--ca-file", lab.authority.ca,
                          "--strip-host", "--progress", "json", lab.bundle(app),
                          lab.registry.host + "/mirror",
                          env={"SEALIFT_PROGRESS_INTERVAL": "0"}).ok()
        events = [json.loads(line) for line in run.err.splitlines()]
        steps = [e for e in events if e.get("phase") == "pushing blobs"]
        between = {e["done"] for e in steps if 2000 < e["done"] < LARGE}
        check(len(between) > 3, f"steps: {steps}")
        check(all(e["done"] <= e["total"] for e in steps), f"never more than all: {steps}")
        same(steps[-1]["done"], steps[-1]["total"], "the end")


main()
