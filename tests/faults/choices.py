# SPDX-License-Identifier: Apache-2.0
"""Choices made at export whose price is paid at import: said where they can be changed."""
import re

from harness import *  # first: it knows the way to the others

AMD64, ARM64 = "linux/amd64", "linux/arm64"
FUTURE = "2090-01-01T00:00:00Z"


def warnings(run):
    """Reason -> what was warned of; the text on standard error says the same, with its hint."""
    found = {}
    for one in (run.json or {}).get("warnings", []):
        check(one.get("reason") not in found, f"two warnings: {one}")
        found[one.get("reason")] = one
        run.says(f"warning: {one['message']}\n" +
                 (f"hint: {one['hint']}\n" if "hint" in one else ""))
    same(run.err.count("warning: "), len(found), "warnings on standard error")
    return found


@case()
def sparse_index(lab):
    "an index without some of its platforms: who refuses it, and what to do"
    app, tool = lab.index("app:1", platforms=3), lab.image("tool:1")
    for quiet in ((), ("-q",), ("--dry-run",)):
        run = lab.export(app, tool, "--platform", AMD64, *quiet, "--force").ok()
        one = warnings(run)["sparse-index"]
        check(one["message"].startswith("1 of 2 images keep an index"), one["message"])
        for name in ("docker-registry", "crane", "'ctr images import'", "kind"):
            check(name in one["message"], f"{name} is not named")
        check("--index rebuild" in one["hint"], one["hint"])
    for silent in (("--platform", AMD64, "--index", "keep"), (),
                   ("--platform", AMD64, "--index", "rebuild"),
                   ("--platform", f"{AMD64},{ARM64},linux/arm/v7")):
        run = lab.export(app, *silent, "--force").ok()
        same(warnings(run), {}, f"warnings with {silent}")


@case()
def old_referrers(lab):
    "signatures of an index that is made anew stay behind"
    app, tool = lab.index("app:1"), lab.index("tool:1")
    few = ("--platform", AMD64, "--force")
    found = warnings(lab.export(app, tool, *few, "--referrers", "--index", "rebuild").ok())
    same(list(found), ["dropped-referrers"], "warnings")
    check(found["dropped-referrers"]["message"].endswith(f"of 2 indexes that were rebuilt are not "
          f"carried, since they are about the old digests; first: {app.ref}"),
          found["dropped-referrers"]["message"])
    for silent in (("--index", "rebuild"), ("--index", "keep", "--referrers")):
        same(warnings(lab.export(app, *few, *silent).ok()), {}, f"warnings with {silent}")
    run = lab.export(app, "--platform", f"{AMD64},{ARM64}", "--index", "rebuild", "--referrers",
                     "--force").ok()
    same(warnings(run), {}, "warnings where nothing is made anew")


@case()
def claims(lab):
    "a bundle that has expired already, and a serial that two bundles share"
    app = lab.image("app:1")
    epoch = {"SOURCE_DATE_EPOCH": "1700000000"}
    serial, late = ("--serial", "7"), {"SOURCE_DATE_EPOCH": "3800000000"}
    for words, env, reasons in (
            ((), {}, []),
            (("--expires", FUTURE), {}, []),
            (("--expires", "2001-01-01T00:00:00Z"), {}, ["expired"]),
            (("--expires", "2001-01-01T00:00:00Z", "--dry-run"), {}, ["expired"]),
            (("--expires", FUTURE, *serial), late, ["expired"]),
            ((), epoch, ["serial"]),
            (serial, epoch, []),
            (("--expires", "2001-01-01T00:00:00Z", "-q"), epoch, ["expired", "serial"])):
        found = warnings(lab.export(app, *words, "--force", env=env).ok())
        same(sorted(found), reasons, f"warnings with {words} {env}")
    one = found["serial"]
    check("1700000000" in one["message"] and "--serial" in one["hint"], str(one))
    check("2001-01-01" in found["expired"]["message"], str(found))


main()
