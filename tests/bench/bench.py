# SPDX-License-Identifier: Apache-2.0
"""bench.py - the parts of the benchmark; started by run.sh, which explains the options."""
import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys

import report
import tools
from lab import Goal, Lab, Part
from runner import MIB, Failed


def export_big(lab):
    work = lab.big()
    part = Part(lab, "export-big",
                f"one image, {report.amount(lab.big_size)} in 8 layers, into a file on tmpfs",
                {"sealift": tools.sealift_export(work.refs),
                 "oras backup": tools.oras_backup(work.refs),
                 "crane pull": tools.crane_pull(work.refs),
                 "skopeo copy": tools.skopeo_out(work.refs),
                 "curl": tools.curl_out(work)})
    part.measure()
    part.goal_time("oras backup", 0.35)
    part.goal_time("crane pull", 1.1)
    part.goal_peak(32 * MIB)
    part.goal_written(lab.big_size)
    return part


def export_disk(lab):
    work = lab.big()
    part = Part(lab, "export-disk", "the same onto a disk, until it is safely there",
                {"sealift": tools.sealift_export(work.refs),
                 "oras backup && sync": tools.then_sync(tools.oras_backup(work.refs)),
                 "crane pull && sync": tools.then_sync(tools.crane_pull(work.refs)),
                 "skopeo copy && sync": tools.then_sync(tools.skopeo_out(work.refs)),
                 "curl && sync": tools.then_sync(tools.curl_out(work))}, folder=lab.disk)
    part.measure()
    part.goal_time("oras backup && sync", 0.55)
    return part


def export_many(lab):
    work = lab.many()
    part = Part(lab, "export-many", f"{len(work.refs)} images of 4 platforms, 6 layers of 64 KiB "
                "each, 3 of them shared by all",
                {"sealift": tools.sealift_export(work.refs),
                 "sealift with referrers": tools.sealift_export_all(work.refs),
                 "oras backup": tools.oras_backup(work.refs),
                 "crane pull": tools.crane_pull(work.refs),
                 "skopeo copy": tools.skopeo_out(work.refs)})
    part.measure()
    part.goal_time("crane pull", 0.4)
    part.goal_time("sealift", 1.25, who="sealift with referrers")
    return part


def export_far(lab):
    work = lab.far()
    part = Part(lab, "export-far", f"{len(work.refs)} images as in export-many, from a registry "
                "50 ms away",
                {"sealift": tools.sealift_export(work.refs),
                 "sealift with referrers": tools.sealift_export_all(work.refs),
                 "crane pull": tools.crane_pull(work.refs),
                 "skopeo copy": tools.skopeo_out(work.refs)})
    part.measure(rounds=1)  # minutes of waiting, which hardly vary
    part.goal_time("crane pull", 0.35)
    part.goal_time("sealift", 1.25, who="sealift with referrers")
    part.goal_peak(32 * MIB)
    return part


def import_big(lab):
    work = lab.big()
    packed = lab.pack(work, sealift=tools.sealift_export, oras=tools.oras_backup,
                      skopeo=tools.skopeo_out)
    part = Part(lab, "import-big", f"one image, {report.amount(lab.big_size)} in 8 layers, from a "
                "file on tmpfs into an empty registry",
                {"sealift": tools.sealift_import(packed),
                 "oras restore": tools.oras_restore(packed, work.refs),
                 "skopeo copy": tools.skopeo_in(packed, work.refs),
                 "curl": tools.curl_in(work)}, into_registry=True)
    part.measure()
    part.goal_time("curl", 1.3)
    part.goal_time("oras restore", 1.15)
    part.goal_time("skopeo copy", 0.4)
    part.goal_peak(32 * MIB)
    shutil.rmtree(packed)
    return part


def import_many(lab):
    work = lab.many()
    packed = lab.pack(work, sealift=tools.sealift_export, oras=tools.oras_backup,
                      skopeo=tools.skopeo_out)
    part = Part(lab, "import-many", f"{len(work.refs)} images as in export-many, into an empty "
                "registry",
                {"sealift": tools.sealift_import(packed),
                 "oras restore": tools.oras_restore(packed, work.refs),
                 "skopeo copy": tools.skopeo_in(packed, work.refs)}, into_registry=True)
    part.measure()
    part.goal_time("oras restore", 0.35)
    shutil.rmtree(packed)
    return part


def copies(refs):
    return {"sealift": tools.sealift_copy(refs),
            "oras cp": tools.oras_copy(refs),
            "crane copy": tools.crane_copy(refs),
            "skopeo copy": tools.skopeo_copy(refs)}


def copy_big(lab):
    work = lab.big()
    part = Part(lab, "copy-big", f"one image, {report.amount(lab.big_size)} in 8 layers, from a "
                "registry into an empty one", copies(work.refs), into_registry=True)
    part.measure()
    part.goal_fastest(0.85)
    part.goal_peak(32 * MIB)
    part.goal_nothing_written()
    return part


def copy_many(lab):
    work = lab.many()
    part = Part(lab, "copy-many", f"{len(work.refs)} images as in export-many, from a registry "
                "into an empty one", copies(work.refs), into_registry=True)
    part.measure()
    part.goal_fastest(0.4)
    return part


def copy_far(lab):
    work = lab.far()
    contenders = copies(work.refs)
    del contenders["skopeo copy"]  # minutes
    part = Part(lab, "copy-far", f"{len(work.refs)} images as in export-many, from a registry "
                "50 ms away into an empty one", contenders, into_registry=True)
    part.measure(rounds=1)
    part.goal_fastest(0.15)
    return part


def openssl_speed():
    """Bytes a second that openssl hashes on one core."""
    said = subprocess.run(["openssl", "speed", "-evp", "sha256", "-bytes", str(MIB),
                           "-seconds", "1", "-mr"], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return float(said.strip().rpartition(":")[2])


def verify(lab):
    packed = lab.pack(lab.big(), sealift=tools.sealift_export)
    part = Part(lab, "verify", f"all digests of a bundle of {report.amount(lab.big_size)} on tmpfs",
                {"sealift": tools.sealift_verify(packed)})
    speeds = []
    part.measure(between=lambda: speeds.append(openssl_speed()))
    shutil.rmtree(packed)
    if "sealift" in part.readings:
        cores = len(os.sched_getaffinity(0))
        best = cores * statistics.median(speeds)
        rate = lab.big_size / part.readings["sealift"].median("seconds")
        part.goals.append(Goal(f"{rate / 1e6:.0f} MB/s, against {cores} cores x openssl speed "
                               f"({best / 1e6:.0f} MB/s)", f"{rate / best:.2f}x", ">= 0.85x",
                               rate >= 0.85 * best))
    return part


def images(lab):
    """Documents by the thousand, as one file from a cluster may have."""
    path = os.path.join(lab.memory, "manifests.yaml")
    with open(path, "w", encoding="ascii") as manifests:
        for i in range(20000):
            manifests.write(f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: w{i}}}
spec:
  template:
    spec:
      containers:
      - name: c
        image: quay.io/x/app{i % 500}:1.{i % 7}
        env:
        - {{name: LOG, value: info}}
        - {{name: SIDE, value: "quay.io/y/side:1"}}
---
""")
    part = Part(lab, "images", f"the names in 20000 documents, "
                f"{report.amount(os.path.getsize(path))}",
                {"sealift": tools.sealift_images(path)})
    part.measure()
    part.goal_peak(32 * MIB)
    part.goal_seconds(0.5)
    os.unlink(path)
    return part


def start(lab):
    """A shell starts it a hundred times; the shell's own share is in the reading."""
    contenders = {"sealift": tools.sealift_starts(tools.SEALIFT, 100)}
    if os.environ.get("SEALIFT_STATIC"):
        contenders["sealift static"] = tools.sealift_starts(os.environ["SEALIFT_STATIC"], 100)
    part = Part(lab, "start", "100 starts, which print the version", contenders)
    part.measure()
    part.goal_seconds(0.3, "sealift static")
    return part


PARTS = {"start": start, "images": images, "export-big": export_big, "export-disk": export_disk,
         "export-many": export_many, "export-far": export_far,
         "copy-big": copy_big, "copy-many": copy_many, "copy-far": copy_far,
         "import-big": import_big, "import-many": import_many, "verify": verify}


def arguments():
    parser = argparse.ArgumentParser(prog="run.sh", description="Measure sealift beside others.")
    parser.add_argument("-n", dest="rounds", type=int, default=5, metavar="ROUNDS")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,...",
                        help="of: %(default)s")
    parser.add_argument("--markdown", action="store_true", help="for docs/benchmarks.md")
    parser.add_argument("--memory", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--disk", required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.only = given.only.split(",")
    for name in given.only:
        if name not in PARTS:
            parser.error(f"no part is called '{name}'; there are: {' '.join(PARTS)}")
    if given.rounds < 1:
        parser.error("-n needs at least one round")
    return given


def main():
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    lab = Lab(given.memory, given.disk, given.rounds)
    style = report.Markdown if given.markdown else report.Plain
    if not shutil.which(tools.SEALIFT):
        print("run.sh: no ./sealift here: measuring the others only", file=sys.stderr)
    try:
        report.head(style, given.rounds)
        for name in given.only:
            report.part(style, PARTS[name](lab))
    except Failed as failure:
        sys.exit(f"run.sh: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        lab.close()


if __name__ == "__main__":
    main()
