# SPDX-License-Identifier: Apache-2.0
"""Servers that are too slow: minutes of waiting, for make check-long."""
from harness import *

import time


@case("server-too-slow")
def limits_silence(lab):
    "a server that stops in the middle of a blob, and one that never begins"
    app = lab.image("app:1", size=400000)
    lab.registry.on("GET", app.layer.digest, stall(100000), times=1)
    lab.export(app, timeout=100).ok().carries(app)
    lab.again()
    lab.registry.on("GET", "/manifests/", hang())
    began = time.monotonic()
    lab.export(app, "--retries", "0", timeout=100).fails("network")
    check(time.monotonic() - began < 90, "it waits for about a minute")


@case("server-too-slow")
def limits_slowness(lab):
    "a server that sends a few bytes a second is given up"
    app = lab.image("app:1", size=400000)
    lab.registry.on("GET", app.layer.digest, drip(100, 1))
    lab.export(app, "--retries", "0", timeout=100).fails("network", app.layer.digest)


main()
