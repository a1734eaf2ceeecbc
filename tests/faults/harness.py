# SPDX-License-Identifier: Apache-2.0
"""Imported by every script of fault tests.

    from harness import *

    @case("storage-refuses-credentials")
    def storage(lab):
        "a blob from a storage server that refuses credentials"
        app = lab.image("app:1")                      # served by lab.registry
        lab.registry.on("GET", "/blobs/", redirect_to(lab.storage))
        lab.export(app).ok().carries(app)

    main()

Each case has a network of its own (tests/registry/fault/lab.py), a folder, and a home.
A case fails by an exception; check(), same() and the methods of Run raise one.  After every
run of sealift the invariants of invariants.py are checked, whatever the case asks for.

    python3 tests/faults/SCRIPT.py [NAME...]     run in the build folder; NAME is that of a
                                                 function or of a case in cases.txt
    python3 tests/faults/SCRIPT.py --list        print all functions and their cases
"""
import os
import sys
import tempfile
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.join(TESTS, "registry"))
sys.path.insert(1, os.path.dirname(os.path.abspath(__file__)))

from fault.faults import *  # noqa: E402,F401,F403
from fault.lab import Network  # noqa: E402
from fault.protocol import Registry  # noqa: E402,F401
from fault.tls import Authority  # noqa: E402
from fault.wire import Reply  # noqa: E402,F401
from pictures import Picture, artifact, image, index, layer, manifest  # noqa: E402,F401
from run import Failed, Runner, Skipped, check, same  # noqa: E402,F401

IS_LONG = os.environ.get("SEALIFT_TESTS") == "long"
cases = []


class Case:
    """One result: a function, the cases of cases.txt that it tests, and its argument if any."""

    def __init__(self, names, function, label=None, argument=None):
        self.names = names
        self.function = function
        self.label = label
        self.argument = argument

    def run(self, lab):
        if self.label is None:
            self.function(lab)
        else:
            self.function(lab, self.argument)

    def __str__(self):
        text = f"{self.function.__name__}: {' '.join(self.function.__doc__.split())}"
        return text if self.label is None else f"{text} ({self.label})"


def case(*names, each=None):
    """Register a function as the test of these cases of cases.txt: once, or, with labelled
    arguments in each, once for each of them, so that they run at the same time."""
    def register(function):
        if each is None:
            cases.append(Case(names, function))
        else:
            cases.extend(Case(names, function, *one) for one in each.items())
        return function
    return register


class Lab(Network, Runner):
    """The network of one case, and sealift in it."""

    def __init__(self, authority, folder, mill):
        Network.__init__(self, authority)
        Runner.__init__(self, folder, mill)

    def image(self, name, at=None, **shape):
        """An image, see pictures.image, served by the registry."""
        return self.serve(image(name, **shape), at)

    def index(self, name, at=None, **shape):
        return self.serve(index(name, **shape), at)

    def serve(self, picture, at=None):
        """Put it into the store of an origin (lab.registry); the name refers to that."""
        picture.put((at or self.registry).store)
        picture.origin = at or self.registry
        return picture


class Mill:
    """Bundles for imports: made once for a script, by sealift, from a registry without faults."""

    def __init__(self, authority, folder):
        self._lab = Lab(authority, folder, None)
        self._made = {}
        self._lock = threading.Lock()

    def bundle(self, pictures):
        key = tuple((picture.name, picture.top.digest) for picture in pictures)
        with self._lock:
            if key not in self._made:
                for picture in pictures:
                    picture.put(self._lab.registry.store)
                names = [f"{self._lab.registry.host}/{picture.name}" for picture in pictures]
                self._lab.again()
                run = self._lab.export("--no-referrers", *names).ok()
                self._made[key] = os.path.join(self._lab.folder, f"{len(self._made)}.tar")
                os.rename(run.path, self._made[key])
            return self._made[key]


def perform(one, authority, top, mill):
    """Run one case: ("ok", ""), ("skip", why) or ("not ok", what went wrong)."""
    folder = tempfile.mkdtemp(dir=top, prefix=one.function.__name__ + ".")
    lab = Lab(authority, folder, mill)
    try:
        one.run(lab)
        return "ok", ""
    except Skipped as why:
        return "skip", str(why)
    except Failed as why:
        return "not ok", f"{why}\n{lab.story()}"
    except Exception:  # a broken test is a failed one
        return "not ok", f"{traceback.format_exc()}\n{lab.story()}"
    finally:
        lab.stop()


def show(number, name, end, text):
    """One line of TAP, and what explains it; false for a failure."""
    if end == "skip":
        print(f"ok {number} - {name} # SKIP {text}", flush=True)
        return True
    lines = [f"{end} {number} - {name}", *(f"#   {line}" for line in text.splitlines())]
    print("\n".join(lines), flush=True)
    return end == "ok"


def chosen(words):
    return [one for one in cases
            if not words or one.function.__name__ in words or set(one.names) & set(words)]


def main(at_once=6):
    """Run the cases of a script, this many at once: more where they do little but wait."""
    words = sys.argv[1:]
    if words == ["--list"]:
        for name, names in {one.function.__name__: one.names for one in cases}.items():
            print(name, *names)
        return
    if os.environ.get("SEALIFT_TESTS") == "quick":
        print("1..0 # SKIP quick run")
        return
    todo = chosen(words)
    print(f"1..{len(todo)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="sealift-faults.") as top:
        authority = Authority(os.path.join(top, "tls"))
        os.mkdir(os.path.join(top, "mill"))
        mill = Mill(authority, os.path.join(top, "mill"))
        with ThreadPoolExecutor(at_once) as pool:
            results = [pool.submit(perform, one, authority, top, mill) for one in todo]
            failures = 0
            for number, (one, result) in enumerate(zip(todo, results), 1):
                failures += not show(number, str(one), *result.result())
    sys.exit(failures > 0)
