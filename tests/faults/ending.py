# SPDX-License-Identifier: Apache-2.0
"""An import that ends in the middle: by a signal, or because another worker failed."""
import signal
import threading
import time

from harness import *

UPLOADS = "/blobs/uploads/"
LARGE = 3 << 20
SOON = 10  # seconds; an idle connection alone is given up after 60


def press(lab, number, busy):
    """For started=: send the signal when busy is set; the time until the end is measured."""
    def when_busy(process):
        def watch():
            check(busy.wait(30), "it never got busy")
            process.send_signal(number)
            lab.pressed = time.monotonic()
        threading.Thread(target=watch, daemon=True).start()
    return when_busy


def hold(busy):
    """Take the beginning of the body, tell, and never answer."""
    def fault(request, _):
        request.read_some(100000)
        busy.set()
        request.connection.read(1 << 30)
        raise AssertionError
    return fault


def ended_sessions(lab):
    return [e.path for e in lab.registry.find("DELETE", UPLOADS)]


@case("interrupted-mid-upload")
def ends_soon_on_a_signal(lab):
    "a signal during an upload ends the run and its upload sessions soon"
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        lab.again()
        busy = threading.Event()
        app = image("app:1", layers=1, size=LARGE)
        lab.registry.on("PATCH", UPLOADS, hold(busy), early=True)
        run = lab.push(app, jobs=1, started=press(lab, number, busy))
        check(time.monotonic() - lab.pressed < SOON, "it ends soon")
        same(run.status, code, "exit status")
        same(len(set(ended_sessions(lab))), 1, "sessions ended")
        same(lab.registry.store.uploads, {}, "sessions left")
        same(lab.registry.count("PUT", "/manifests/"), 0, "manifests")


@case("interrupted-mid-upload")
def does_not_wait_for_a_silent_registry(lab):
    "a registry that does not answer the last request is not waited for"
    busy = threading.Event()
    lab.registry.on("PATCH", UPLOADS, hold(busy), early=True)
    lab.registry.on("DELETE", UPLOADS, hang())
    run = lab.push(image("app:1", size=LARGE), started=press(lab, signal.SIGINT, busy))
    check(time.monotonic() - lab.pressed < SOON, "it ends soon")
    same(run.status, 130, "exit status")


@case("interrupted-mid-upload")
def tolerates_a_refused_cancel(lab):
    "a registry that refuses to cancel a session changes nothing"
    busy = threading.Event()
    lab.registry.on("PATCH", UPLOADS, hold(busy), early=True)
    lab.registry.on("DELETE", UPLOADS, status(403))
    run = lab.push(image("app:1", size=LARGE), jobs=1, started=press(lab, signal.SIGINT, busy))
    same(run.status, 130, "exit status")
    same(lab.registry.count("DELETE"), 1, "tries")


@case("interrupted-mid-upload")
def ends_during_a_pause(lab):
    "^C during a pause ends the run"
    busy = threading.Event()

    def slow(request, proceed):
        busy.set()
        return Reply(429, headers=[("Retry-After", "100")])
    lab.registry.on("GET", "/manifests/", slow)
    run = lab.push(image("app:1"), started=press(lab, signal.SIGINT, busy))
    check(time.monotonic() - lab.pressed < SOON, "it ends soon")
    same(run.status, 130, "exit status")


@case("interrupted-mid-upload")
def cancels_sessions_of_other_workers(lab):
    "when one worker fails the sessions of the others are cancelled"
    app = image("app:1", layers=4, size=LARGE)
    all_busy = threading.Barrier(4)

    def one_fails(request, _):
        request.read_some(100000)
        if all_busy.wait(30) == 0:
            request.read_some(LARGE - 100000)  # an early answer may get lost
            return Reply(403, '{"errors":[{"code":"DENIED","message":"quota"}]}',
                         "application/json")
        request.connection.read(1 << 30)
        raise AssertionError
    lab.registry.on("PATCH", UPLOADS, one_fails, early=True)
    lab.push(app, jobs=8).fails("auth", "DENIED")
    begun = {e.path for e in lab.registry.find("PATCH", UPLOADS)}
    same(len(begun), 4, "sessions of the layers")
    check(begun <= set(ended_sessions(lab)), "all of them are ended")


@case("interrupted-mid-upload")
def leaves_committed_sessions_alone(lab):
    "sessions that were committed are not cancelled"
    lab.push(image("app:1", layers=2, size=LARGE)).ok()
    same(ended_sessions(lab), [], "sessions ended")


main()
