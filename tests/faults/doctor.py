# SPDX-License-Identifier: Apache-2.0
"""A look at registries that lack something or misbehave: each is a finding, and nothing is left."""
import time
from email.utils import formatdate

from harness import *

UPLOAD = "/blobs/uploads/"


def doctor(lab, *options, to=None, prefix="", **how):
    """sealift doctor of lab.registry, with fresh credentials of the case."""
    word = (to or lab.registry).host + prefix
    return lab.sealift("doctor", "--json", "--progress", "none", "--ca-file", lab.authority.ca,
                       *options, word, **how)


def finding(run, subject, state=None):
    """The message of the one finding of a subject, or the one in that state."""
    found = [each for each in run.json["findings"]
             if each["subject"] == subject and state in (None, each["state"])]
    same(len(found), 1, f"findings about {subject}")
    return found[0]


def left(lab):
    """Nothing was committed, and no upload is open."""
    same(lab.registry.count("PUT", ""), 0, "PUT requests")
    same(lab.registry.store.uploads, {}, "open uploads")


@case("doctor-of-a-whole-registry")
def finds_what_a_registry_supports(lab):
    "a registry that supports everything: referrers, mounts, uploads in pieces"
    for make in (lab.image, lab.index):
        lab.again()
        lab.registry.store.repos.clear()
        make("team/app:1")
        run = doctor(lab).ok()
        same(finding(run, "registry", "ok")["message"][:len(lab.registry.host)],
             lab.registry.host, "registry")
        same(finding(run, "referrers")["message"], "the API lists them", "referrers")
        same(finding(run, "mounts")["message"], "blobs are mounted", "mounts")
        same(finding(run, "uploads")["message"], "in pieces, and resumable", "uploads")
        left(lab)


@case("doctor-of-an-empty-registry")
def tries_uploads_where_there_is_no_image(lab):
    "without an image at a path, uploads are tried below it"
    lab.image("other/app:1")
    run = doctor(lab, prefix="/team").ok()
    same(finding(run, "mounts")["state"], "note", "mounts")
    same(finding(run, "uploads")["state"], "ok", "uploads")
    same(lab.registry.count("POST", f"/v2/team/sealift-doctor{UPLOAD}"), 1, "uploads begun")
    left(lab)


@case("doctor-of-poor-uploads", each={
    "no PATCH": (("PATCH", status(405)), "warning", "not in pieces (status 405)"),
    "no second piece": (("PATCH", status(416)), "warning", "not in pieces (status 416)"),
    "no state": (("GET", status(404)), "note", "does not report how much it has"),
    "no cancelling": (("DELETE", status(405)), "note", "cannot be cancelled"),
})
def finds_what_uploads_lack(lab, argument):
    "uploads without PATCH, without a state, that cannot be cancelled: a finding each"
    (method, fault), state, words = argument
    lab.image("app:1")
    lab.registry.on(method, f"{UPLOAD}[0-9a-f]", fault)
    run = doctor(lab).ok()
    found = finding(run, "uploads", state)
    check(words in found["message"], f"{words!r} in {found!r}")
    check(state == "note" or "PATCH" in found["hint"], f"what to do: {found!r}")
    same(lab.registry.count("PUT", ""), 0, "PUT requests")


@case("doctor-of-broken-uploads", each={
    "500": (status(500), "network"),
    "no location": (header("Location", None), "protocol"),
    "another host": (header("Location", "https://203.0.113.1/v2/app/blobs/uploads/1"), "protocol"),
})
def broken_uploads_are_an_error(lab, argument):
    "an upload that cannot be opened decides the exit status"
    fault, kind = argument
    lab.image("app:1")
    lab.registry.on("POST", f"{UPLOAD}$", fault)
    run = doctor(lab).fails(kind, says="1 error found; first: uploads")
    same(finding(run, "uploads")["state"], "error", "state")


@case("doctor-without-permission-to-push")
def a_refused_upload_is_a_warning(lab):
    "without permission to push, a registry may still be one to fetch from"
    lab.image("app:1")
    lab.registry.on("POST", UPLOAD, denied(403, "DENIED"))
    run = doctor(lab).ok()
    same(finding(run, "uploads")["state"], "warning", "state")
    same(finding(run, "mounts")["state"], "note", "mounts")


@case("doctor-of-poor-registries")
def finds_what_a_registry_lacks(lab):
    "no API for referrers, no header with a version, no catalog, another clock"
    lab.image("app:1")
    lab.registry.handler.has_referrers = False
    run = doctor(lab, prefix="/app").ok()
    same(finding(run, "referrers")["message"][:6], "no API", "referrers")
    lab.again()
    lab.registry.on("GET", "/v2/_catalog", status(404))
    same(finding(doctor(lab).ok(), "mounts")["state"], "note", "mounts without a catalog")
    lab.again()
    lab.registry.on("GET", "/v2/$", header("Docker-Distribution-Api-Version", None))
    check("has no header" in finding(doctor(lab).ok(), "registry", "note")["message"], "version")
    for seconds, words in ((-7200, "ahead of"), (7200, "behind")):
        lab.again()
        lab.registry.on("GET", "/v2/$", header("Date", formatdate(time.time() + seconds, usegmt=True)))
        found = finding(doctor(lab).ok(), "clock", "warning")
        check(words in found["message"], found["message"])
        same(found["reason"], "clock", "reason")
    for odd in ("", "yesterday", "Thu, 99 Foo 2026"):
        lab.again()
        lab.registry.on("GET", "/v2/$", header("Date", odd))
        same(finding(doctor(lab).ok(), "clock")["state"], "ok", f"clock with {odd!r}")


@case("doctor-of-a-hostile-registry")
def shows_no_bytes_of_a_server_as_they_are(lab):
    "a version with control characters, or one that is long, is shown safely and cut"
    lab.image("app:1")
    for odd in ("registry/2.0\x1b[2J", "x" * 5000):
        lab.again()
        lab.registry.on("GET", "/v2/$", header("Docker-Distribution-Api-Version", odd))
        message = finding(doctor(lab).ok(), "registry", "ok")["message"]
        check("\x1b" not in message and len(message) < 200, message)


@case("doctor-of-an-unreachable-registry")
def an_unreachable_registry_is_one_error(lab):
    "a registry that does not answer, or is none, is one finding and the exit status"
    lab.registry.on("GET", "/v2/$", status(404))
    run = doctor(lab).fails("protocol", says="is not a registry")
    same([each["subject"] for each in run.json["findings"] if each["state"] == "error"],
         ["registry"], "errors")
    same(lab.registry.count("POST", ""), 0, "uploads begun")


@case("doctor-hides-secrets")
def names_the_source_of_a_login_and_no_secret(lab):
    "the source of credentials is named, the password never"
    lab.image("app:1")
    password = lab.wants_password(lab.registry)
    lab.docker_config({lab.registry.host: ("robot", password)})
    run = doctor(lab).ok()
    check("'robot', from" in finding(run, "login")["message"], "login")
    check(password not in run.out + run.err, "the password is shown")
    lab.docker_config({lab.registry.host: ("robot", "wrong")})
    doctor(lab).fails("auth", says="registry")


main()
