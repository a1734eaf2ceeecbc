# SPDX-License-Identifier: Apache-2.0
"""Choices made at export whose price is paid at import: said where they can be changed."""
import time

from harness import *  # first: it knows the way to the others

from client import INDEX
from images import OCI_CONFIG, OCI_LAYER, Blob, Document, json_blob
from pictures import Picture

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
def explains_a_refused_sparse_index(lab):
    "a refused index with omitted platforms is explained with a hint"
    app, tool = lab.index("app:1", platforms=3), lab.image("tool:1")
    for quiet in ((), ("-q",), ("--dry-run",)):
        run = lab.export(app, tool, "--platform", AMD64, *quiet, "--force").ok()
        one = warnings(run)["sparse-index"]
        check(one["message"].startswith("1 image keeps an index"), one["message"])
        for name in ("docker-registry", "crane", "'ctr images import'", "kind"):
            check(name in one["message"], f"{name} is not named")
        check("--index rebuild" in one["hint"], one["hint"])
    for silent in (("--platform", AMD64, "--index", "keep"), (),
                   ("--platform", AMD64, "--index", "rebuild"),
                   ("--platform", f"{AMD64},{ARM64},linux/arm/v7")):
        run = lab.export(app, *silent, "--force").ok()
        same(warnings(run), {}, f"warnings with {silent}")


MISSING = "--platform-missing"


@case()
def applies_platform_missing(lab):
    "one wanted platform suffices, all are required, or images without any are skipped"
    both, other = lab.index("both:1"), lab.image("other:1", where="windows/amd64")
    amd, arm = lab.image("amd:1", where=AMD64), lab.image("arm:1", where="linux/arm64/v8")
    chart = lab.serve(artifact("chart:1"))
    chosen = ("--platform", f"{AMD64},{ARM64}", "--force")

    def lacks(run):
        return [one.get("lacks") for one in run.json["images"]]

    run = lab.export(both, amd, arm, chart, *chosen).ok().carries(both, amd, arm, chart)
    one = warnings(run)["fewer-platforms"]
    same(one["message"], f"2 images without some of the selected platforms: {amd.ref} "
         f"(linux/arm64); {arm.ref} (linux/amd64)", "message")
    same(lacks(run), [None, [ARM64], [AMD64], None], "what images lack")
    check("skipped" not in run.json, "nothing is skipped")

    run = lab.export(other, both, other, amd, arm, *chosen)
    run.fails("not-found", f"{other.ref}: linux/amd64, linux/arm64 not available: found windows/amd64",
              "platform-missing", hint=f"{MISSING} skip")
    twin = lab.image("twin:1", where="windows/arm64")
    run = lab.export(other, both, twin, *chosen)
    run.fails("not-found", "2 images lack selected platforms", hint=f"{MISSING} skip")
    for name in (other, twin):
        run.says(f"sealift: export: {name.ref}: linux/amd64, linux/arm64 not "
                 "available: found windows/")

    run = lab.export(both, amd, *chosen, MISSING, "all")
    run.fails("not-found", f"{amd.ref}: linux/arm64 not available: found linux/amd64",
              "platform-missing", hint=MISSING)
    run = lab.export(other, both, amd, arm, *chosen, MISSING, "all")
    run.fails("not-found", "3 images lack selected platforms")
    for name in (other, amd, arm):
        run.says(f"sealift: export: {name.ref}: linux/")
    lab.export(both, chart, *chosen, MISSING, "all").ok().carries(both, chart)

    run = lab.export(other, both, twin, arm, *chosen, MISSING, "skip").ok().carries(both, arm)
    same([(one["name"], one["platforms"]) for one in run.json["skipped"]],
         [(other.ref, ["windows/amd64"]), (twin.ref, ["windows/arm64"])], "skipped")
    same(run.json["missing"], [], "missing")
    found = warnings(run)
    same(found["platform-missing"]["message"], "2 images skipped, with none of the selected "
         f"platforms: {other.ref} (windows/amd64); {twin.ref} (windows/arm64)", "message")
    same(lacks(run), [None, [AMD64]], "what images lack")
    for more in ((), ("--keep-going",)):
        run = lab.export(other, twin, *chosen, MISSING, "skip", *more)
        run.fails("not-found", "none of 2 images has a selected", "platform-missing")
    lab.export(both, MISSING, "skip").fails("usage")
    lab.export(both, *chosen, MISSING, "none").fails("usage")


@case()
def counts_an_image_without_platforms_as_failed(lab):
    "with --keep-going an image with none of the platforms counts as failed"
    both, other = lab.index("both:1"), lab.image("other:1", where="windows/amd64")
    amd = lab.image("amd:1")
    chosen = ("--platform", f"{AMD64},{ARM64}", "--force", "--allow-incomplete")
    run = lab.export(other, both, amd, *chosen).fails("partial").carries(both, amd)
    same(run.json["missing"], [other.ref], "missing")
    same([one["error"]["reason"] for one in run.json["failures"]], ["platform-missing"], "failures")
    run = lab.export(other, both, amd, *chosen, MISSING, "all").fails("partial").carries(both)
    same(sorted(run.json["missing"]), sorted([amd.ref, other.ref]), "missing")
    run = lab.export(other, both, amd, *chosen, MISSING, "skip").ok().carries(both, amd)
    same([one["name"] for one in run.json["skipped"]], [other.ref], "skipped")


@case()
def leaves_out_signatures_of_a_rebuilt_index(lab):
    "signatures of a rebuilt index are left out"
    app, tool = lab.index("app:1"), lab.index("tool:1")
    few = ("--platform", AMD64, "--force")
    rebuild = (*few, "--index", "rebuild")
    same(warnings(lab.export(app, tool, *rebuild).ok()), {}, "warnings where nothing is attached")
    for image in (app, tool):
        lab.image(f"{image.ref.partition('/')[2].partition(':')[0]}:"
                  f"{image.top.digest.replace(':', '-')}.sig")
    lab.again()
    found = warnings(lab.export(app, tool, *rebuild).ok())
    same(list(found), ["dropped-referrers"], "warnings")
    check(found["dropped-referrers"]["message"].endswith(f"2 of 2 images, first {app.ref}"),
          found["dropped-referrers"]["message"])
    for silent in (("--index", "rebuild", "--no-referrers"), ("--index", "keep")):
        lab.again()
        same(warnings(lab.export(app, *few, *silent).ok()), {}, f"warnings with {silent}")
    lab.again()
    run = lab.export(app, "--platform", f"{AMD64},{ARM64}", "--index", "rebuild", "--force").ok()
    same(warnings(run), {}, "warnings where nothing is rebuilt")


@case()
def selects_versions_of_windows(lab):
    "the version of the operating system selects among images of one platform"
    config = json_blob({"os": "windows", "architecture": "amd64"}, OCI_CONFIG)
    versions = ("10.0.17763.5329", "10.0.20348.2227", "10.0.20348.2322")
    layers = [Blob([version.encode()], OCI_LAYER) for version in versions]
    children = [manifest(config, [one]) for one in layers]
    top = Document({"manifests": [child.descriptor(platform={
        "os": "windows", "architecture": "amd64", "os.version": version})
        for child, version in zip(children, versions)]}, INDEX)
    app = lab.serve(Picture("nano:ltsc", [*children, top], [config, *layers]))
    for wanted, count in (("windows/amd64", 3), ("windows/amd64:10.0.20348.*", 2),
                          ("windows/amd64:10.0.20348", 2), ("windows/amd64:10.0.17763.5329", 1),
                          ("windows/amd64:10.0.17763.5329,windows/amd64:10.0.20348.2322", 2)):
        run = lab.export(app, "--platform", wanted, "--index", "rebuild", "--force").ok()
        same(run.json["platforms"], count, f"platforms of {wanted}")
    run = lab.export(app, "--platform", "windows/amd64:10.0.14393.*", "--force")
    run.fails("not-found", "found windows/amd64:10.0.17763.5329")


@case()
def warns_of_expired_bundles_and_shared_serials(lab):
    "warns of a bundle that expired already and of a serial that two bundles share"
    app = lab.image("app:1")
    epoch = {"SOURCE_DATE_EPOCH": "1700000000"}
    serial, late = ("--serial", "7"), {"SOURCE_DATE_EPOCH": "3800000000"}
    for words, env, reasons in (
            ((), {}, []),
            (("--expires", FUTURE), {}, []),
            (("--expires", "2001-01-01T00:00:00Z"), {}, ["expired"]),
            (("--expires", "2001-01-01T00:00:00Z", "--dry-run"), {}, ["expired"]),
            (("--expires", FUTURE, *serial), late, ["clock", "expired"]),
            (("--serial", "7"), {"SOURCE_DATE_EPOCH": str(int(time.time()) + 3600)}, []),
            ((), epoch, ["serial"]),
            (serial, epoch, []),
            (("--expires", "2001-01-01T00:00:00Z", "-q"), epoch, ["expired", "serial"])):
        found = warnings(lab.export(app, *words, "--force", env=env).ok())
        same(sorted(found), reasons, f"warnings with {words} {env}")
    one = found["serial"]
    check("1700000000" in one["message"] and "--serial" in one["hint"], str(one))
    check("2001-01-01" in found["expired"]["message"], str(found))


@case()
def reports_unused_mappings(lab):
    "a mapping that matches nothing: a warning with the nearest name, an error when none matches"
    app, tool = lab.image("team/app:1"), lab.image("tool:1")
    bundle = lab.export(app, tool).ok().path
    host = lab.registry.host

    def bring(*rules, options=()):
        words = [word for rule in rules for word in ("--map", rule)]
        return lab.sealift("import", "--json", "--progress", "none", "--insecure-skip-verify",
                           "--ca-file", lab.authority.ca, *words, *options, bundle,
                           lab.other.host + "/in")

    for rule, nearest in ((f"{host}/taem=x", f"{host}/team"), (f"{host}/team/ap=x", f"{host}/team/app"),
                          (f"{host}/tool/deep/er=x", f"{host}/tool"), ("no.example=x", host)):
        name = rule.removesuffix("=x")
        said = f"'{name}' matches no image; the nearest name is '{nearest}'"
        run = bring(rule).fails("usage", said, "unused-map")
        same(warnings(run), {}, "warnings")
        run = bring(f"{host}=y", rule, options=("--on-existing", "overwrite")).ok()
        same(warnings(run)["unused-map"]["message"], said, "warning")
    run = bring(f"{host}/a=x", f"{host}/b=x")
    run.fails("usage", "none of the 2 mappings matches an image", "unused-map")
    for name in ("a", "b"):
        run.says(f"warning: '{host}/{name}' matches no image")
    for used in ((f"{host}=y",), (f"{host}=y", f"{host}/team=z"), (f"{host}=y", f"{host}/tool=t",
                                                                  f"{host}/team=z")):
        same(warnings(bring(*used, options=("--on-existing", "overwrite")).ok()), {}, "warnings")


@case()
def refuses_unused_credentials(lab):
    "a password for a host that is not used is an error before any request"
    app = lab.image("app:1")
    host, stdin = lab.registry.host, f"robot:{lab.secret()}".encode()
    for name in ("registry.example", host.upper() + "0", "docker.io"):
        run = lab.export(app, "--creds-stdin", name, stdin=stdin)
        run.fails("usage", f"--creds-stdin '{name}' is not the registry of any name")
    same(lab.registry.count(), 0, "requests")
    lab.export(app, "--creds-stdin", host, stdin=stdin).ok()
    conf = lab.given("registries.conf", f"[[registry]]\nlocation = 'hub.example'\n"
                     f"[[registry.mirror]]\nlocation = '{host}'\n")
    lab.export("hub.example/app:1", "--creds-stdin", host, "--force", stdin=stdin,
               env={"CONTAINERS_REGISTRIES_CONF": conf}).ok()
    lab.again()
    run = lab.push(app, options=("--creds-stdin", "other.example"), stdin=stdin)
    run.fails("usage", f"--creds-stdin 'other.example' is not the target's registry '{host}'")
    same(lab.registry.count(), 0, "requests")
    lab.push(app, options=("--creds-stdin", host), stdin=stdin).ok()


main()
