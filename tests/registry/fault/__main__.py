# SPDX-License-Identifier: Apache-2.0
"""For shell tests: a registry, a storage server and a token server, with a script of faults.

    PYTHONPATH=tests/registry python3 -m fault [SCRIPT]

SCRIPT is python; it finds "lab" (see lab.py) and everything of faults.py by name.  Prints
one line "NAME HOST" for each origin, "ca FILE", and "ready"; then reads commands from
standard input, one a line, and ends with it:

    log          print every request there was, then "."
    forget       forget them
"""
import sys
import tempfile

from . import faults
from .lab import Network
from .tls import Authority


def main():
    with tempfile.TemporaryDirectory(prefix="sealift-fault.") as folder:
        lab = Network(Authority(folder))
        origins = [lab.registry, lab.storage, lab.tokens]
        if len(sys.argv) > 1:
            with open(sys.argv[1], encoding="utf-8") as file:
                exec(compile(file.read(), sys.argv[1], "exec"), {**vars(faults), "lab": lab})
        for origin in origins:
            print(origin.name, origin.host)
        print("ca", lab.authority.ca)
        print("ready", flush=True)
        for command in sys.stdin:
            if command.strip() == "log":
                print(lab.log, ".", sep="\n", flush=True)
            elif command.strip() == "forget":
                lab.log.forget()
        lab.stop()


if __name__ == "__main__":
    main()
