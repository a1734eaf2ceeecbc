# SPDX-License-Identifier: Apache-2.0
"""tools.py - how each tool is asked to do the work.

Every function here gives a function of two folders that returns a command: `out` is empty
and goes after the run, `target` is the registry that an import fills, or None.
"""
import os
from pathlib import Path

CURL_UPLOAD = Path(__file__).with_name("curl-upload.sh")
SEALIFT = os.environ.get("SEALIFT", "sealift")


def program(contender):
    """The program behind the name of a contender."""
    word = contender.split()[0]
    return SEALIFT if word == "sealift" else word


def each(script, out, words):
    """A shell loop over words, as $ref, with the folder $out and the counter $n."""
    return ["sh", "-ec", f"out=$1; shift; n=0; for ref; do n=$((n + 1)); {script}; done",
            "sh", str(out), *words]


def then_sync(command):
    """The same, with everything on disk at the end."""
    return lambda out, target: ["sh", "-ec", '"$@"; sync', "sh", *command(out, target)]


def _tails(refs):
    return [ref.split("/", 1)[1] for ref in refs]


def sealift_images(path):
    return lambda out, _: [SEALIFT, "images", "-q", "-f", path]


def sealift_starts(program, count):
    """So many starts of a program that does nothing else."""
    loop = 'i=0; while [ $i -lt "$1" ]; do "$0" version >/dev/null || exit; i=$((i + 1)); done'
    return lambda out, _: ["sh", "-c", loop, program, str(count)]


# ---- out of a registry ----

def sealift_export(refs):
    """Without what is attached to the images, which the other tools leave out, too."""
    return sealift_export_all(refs, "--no-referrers")


def sealift_export_all(refs, *options):
    return lambda out, _: [SEALIFT, "export", "-q", "--unsigned", "-o", f"{out}/bundle.tar",
                           *options, *refs]


def oras_backup(refs):
    """oras takes one repository at a time."""
    if len(refs) == 1:
        return lambda out, _: ["oras", "backup", "--plain-http", "--no-tty",
                               "--output", f"{out}/1.tar", refs[0]]
    script = 'oras backup --plain-http --no-tty --output "$out/$n.tar" "$ref"'
    return lambda out, _: each(script, out, refs)


def crane_pull(refs):
    """crane makes a folder, not a file."""
    return lambda out, _: ["crane", "pull", "--insecure", "--format=oci", *refs, f"{out}/layout"]


def skopeo_out(refs):
    script = ('skopeo --tmpdir "$out" copy -q --all --src-tls-verify=false '
              '"docker://$ref" "oci-archive:$out/$n.archive:v1"')
    return lambda out, _: each(script, out, refs)


def curl_out(work):
    """The bare transfer: a file for every blob, nothing hashed, eight at a time."""
    host, repository = work.refs[0].rpartition(":")[0].split("/", 1)

    def command(out, _):
        listed = [f'url = "http://{host}/v2/{repository}/blobs/sha256:{name}"\n'
                  f'output = "{out}/{name}"\n' for name, _ in work.registry.blobs(repository)]
        Path(out, "list").write_text("".join(listed))
        return ["curl", "-sf", "-Z", "--parallel-max", "8", "-K", f"{out}/list"]
    return command


# ---- into a registry ----

def sealift_import(packed):
    return lambda _, target: [SEALIFT, "import", "-q", "--insecure-skip-verify", "--strip-host",
                              f"{packed}/bundle.tar", target.host]


def oras_restore(packed, refs):
    def command(_, target):
        if len(refs) == 1:
            return ["oras", "restore", "--plain-http", "--no-tty", "--input", f"{packed}/1.tar",
                    f"{target.host}/{_tails(refs)[0]}"]
        script = ('oras restore --plain-http --no-tty --input "$out/$n.tar" '
                  f'"{target.host}/$ref"')
        return each(script, packed, _tails(refs))
    return command


def skopeo_in(packed, refs):
    def command(out, target):
        script = (f'skopeo --tmpdir "{out}" copy -q --all --dest-tls-verify=false '
                  f'"oci-archive:$out/$n.archive:v1" "docker://{target.host}/$ref"')
        return each(script, packed, _tails(refs))
    return command


def curl_in(work):
    """The bare transfer: the same blobs, no manifests, nothing hashed, eight at a time."""
    repository = work.refs[0].split("/", 1)[1].rpartition(":")[0]

    def command(out, target):
        files = []
        for name, file in work.registry.blobs(repository):
            files.append(str(out / name))
            os.symlink(file, files[-1])
        return ["sh", str(CURL_UPLOAD), f"{target.address}/v2/{repository}/blobs/uploads/", *files]
    return command


# ---- from registry to registry ----

def sealift_copy(refs):
    """As the other tools copy: without what is attached to the images."""
    return lambda _, target: [SEALIFT, "copy", "-q", "--no-referrers", "--strip-host", *refs,
                              target.host]


def _each_copy(script, refs):
    """One run for an image; $from is where it is, $ref its name below the target."""
    host = refs[0].split("/", 1)[0]

    def command(out, target):
        line = f'from="{host}/$ref"; to="{target.host}/$ref"; {script}'
        return each(line, out, _tails(refs))
    return command


def crane_copy(refs):
    return _each_copy('crane copy --insecure "$from" "$to" 2>/dev/null', refs)


def skopeo_copy(refs):
    return _each_copy('skopeo --tmpdir "$out" copy -q --all --src-tls-verify=false '
                      '--dest-tls-verify=false "docker://$from" "docker://$to"', refs)


def oras_copy(refs):
    return _each_copy('oras cp --from-plain-http --to-plain-http --no-tty "$from" "$to" '
                      '>/dev/null', refs)


# ---- on the spot ----

def sealift_verify(packed):
    return lambda _, __: [SEALIFT, "verify", "-q", "--insecure-skip-verify",
                          f"{packed}/bundle.tar"]
