"""Redirects: where requests may be led, and what goes along."""
from harness import *


@case(34)
def storage(lab):
    "a blob from a storage server that refuses credentials"
    password = lab.wants_password(lab.registry)
    app = lab.image("app:1")
    lab.docker_config({lab.registry.host: ("robot", password)})
    lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
    lab.export(app).ok().carries(app)
    check(lab.storage.count("GET") == 2, "both blobs came from there")


main()
