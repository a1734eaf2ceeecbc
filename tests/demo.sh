#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh - watch sealift carry images from one registry to another that it cannot reach.
#
#     sh tests/demo.sh                          two registries and images made for the show
#     sh tests/demo.sh REFERENCE... TARGET      your own images and your own registry
#
# On a fresh Debian 12 it installs what is missing (only that needs root), builds in a
# temporary folder, shows, compares, and leaves nothing behind. With SEALIFT=/path/to/sealift
# that program is shown and nothing is built.

set -u
LC_ALL=C
PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
top=$(cd "$(dirname "$0")/.." && pwd)
tests=$top/tests
export tests
# shellcheck source=tests/lib/build.sh
. "$top/tests/lib/build.sh"
# shellcheck source=tests/lib/registry.sh
. "$top/tests/lib/registry.sh"

case ${1:-} in
-*)
    sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
    [ "$1" = --help ] || [ "$1" = -h ]
    exit
    ;;
esac
if [ $# -eq 1 ]; then
    echo "demo.sh: one name is not enough: sh tests/demo.sh REFERENCE... TARGET" >&2
    exit 2
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/sealift-demo.XXXXXX") || exit 1
finish() {
    status=$?
    trap - EXIT
    stop_registries
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

steps=7
step=0
heading() {
    step=$((step + 1))
    printf '\n[%d/%d] %s\n\n' "$step" "$steps" "$1"
}

give_up() {
    printf '\nStopped: %s.\n' "$1" >&2
    exit 1
}

# show COMMAND...: the command as one would type it, then what it says.
show() {
    printf '    $ %s\n' "$*"
    "$@" >"$work/said" 2>&1
    status=$?
    sed 's/^/      /' "$work/said"
    return "$status"
}

# build: leave the program in $work/bin; quiet unless it fails.
build() {
    mkdir "$work/bin"
    if [ -n "${SEALIFT:-}" ]; then
        cp "$SEALIFT" "$work/bin/sealift"
        return
    fi
    (
        copy_source "$work/source" && cd "$work/source" && ./autogen.sh && mkdir build &&
            cd build && ../configure -q --without-cmocka && make -s -j"$(workers)" sealift &&
            cp sealift "$work/bin/sealift"
    ) >"$work/build.log" 2>&1 || {
        tail -n 40 "$work/build.log" >&2
        return 1
    }
}

# --- the show ----------------------------------------------------------------------------

cat <<'TEXT'
sealift carries container images to networks that the internet cannot reach:
one signed file on a disk or a stick is all that travels.
TEXT

heading "The program"
[ -n "${SEALIFT:-}" ] || packages_needed=$packages_to_build
# shellcheck disable=SC2086 # lists of names
install_missing ${packages_needed:-} $packages_to_run || exit 1
[ -n "${SEALIFT:-}" ] || echo "Building in a temporary folder; your files stay as they are ..."
build || give_up "the build failed, see above"
PATH=$work/bin:$PATH
export PATH
cd "$work" || exit 1
show sealift version || give_up "the program does not run"

own=$# # 0: everything is made for the show
if [ "$own" -eq 0 ]; then
    heading "Two networks, a registry in each"
    must_start() {
        start_registry "$1" || give_up "docker-registry does not start"
    }
    must_start outside
    must_start inside
    outside=$(address_of outside)
    target=$(address_of inside)/mirror
    cat <<TEXT
    outside   $outside   where the internet is
    inside    $(address_of inside)   behind the gap

Outside gets three things that real life is made of:
    an image for five platforms, with the attestation that BuildKit adds
    an image for four platforms in Docker's older form
    a Helm chart
TEXT
    fill outside shapes --only index --only docker-list --only chart ||
        give_up "the registry could not be filled"
    references outside >images.txt
else
    heading "Your images, your registry"
    for target; do :; done # the last word
    while [ $# -gt 1 ]; do
        echo "$1"
        shift
    done >images.txt
    echo "    to be carried to $target:"
fi
echo
sed 's/^/    /' images.txt

heading "Outside: a key, and the images into one signed file"
echo "The key pair is made once. The private half stays here, under a passphrase; the public"
echo "half goes to the other side. (You would be asked for the passphrase.)"
echo
SEALIFT_PASSPHRASE='only for the show'
export SEALIFT_PASSPHRASE
show sealift keygen team || give_up "no key was made"
echo
show sealift export --key team.key -o images.tar -f images.txt ||
    give_up "the images could not be fetched"
unset SEALIFT_PASSPHRASE

heading "On the way: one file, readable by any tool"
show ls -l images.tar
echo
show sealift inspect images.tar || give_up "the bundle cannot be read"
echo
echo "UNVERIFIED, because looking into it checks nothing. That is for the other side."
if [ "$own" -eq 0 ]; then
    echo "Any change is refused. Here is a copy with one bit flipped in the middle:"
    echo
    python3 -c '
data = bytearray(open("images.tar", "rb").read())
data[len(data) // 2] ^= 1
open("damaged.tar", "wb").write(data)' || give_up "the copy could not be made"
    ! show sealift verify --key team.pub damaged.tar || give_up "the damage was not noticed"
    echo
    echo "Refused, as it has to be. That copy is thrown away."
else
    echo "Any change is refused, even one flipped bit."
fi

heading "Inside: check everything, then push"
show sealift verify --key team.pub images.tar || give_up "the bundle is not accepted"
echo
show sealift import --key team.pub --report import.json images.tar "$target" ||
    give_up "the images could not be pushed"

heading "Compare with another tool"
echo "skopeo, another program, copies every image from both registries, all platforms of it,"
echo "and diff compares what it got: every index, manifest, config and layer, byte for byte."
echo

# pull REFERENCE FOLDER: as that registry has it.
pull() {
    case $1 in
    127.0.0.1:* | localhost:*) verify=false ;;
    *) verify=true ;;
    esac
    skopeo --insecure-policy copy -q --all --preserve-digests --src-tls-verify=$verify \
        "docker://$1" "dir:$2" >"$work/said" 2>&1 || {
        cat "$work/said" >&2
        return 1
    }
}
python3 - >pairs.txt <<'PYTHON'
import json
for image in json.load(open("import.json"))["images"]:
    print(image["name"], image["target"], image["digest"])
PYTHON
[ -s pairs.txt ] || give_up "nothing was imported"
images=0 files=0
while read -r name landed digest; do
    rm -rf here there
    pull "$name" here </dev/null || give_up "skopeo cannot read $name"
    pull "$landed" there </dev/null || give_up "skopeo cannot read $landed"
    diff -r here there >"$work/said" || { cat "$work/said"; give_up "$name differs"; }
    [ "sha256:$(sha256sum here/manifest.json | cut -d' ' -f1)" = "$digest" ] ||
        give_up "$name has another digest than the bundle says"
    count=$(find here -type f ! -name version | wc -l)
    printf '    same  %3d files  %s\n' "$count" "$digest"
    printf '          %s\n          %s\n' "$name" "$landed"
    images=$((images + 1)) files=$((files + count))
done <pairs.txt

heading "Where no gap is between: straight across"
first=$(head -n 1 pairs.txt | cut -d' ' -f1)
show sealift copy "$first" "${target%%/*}/direct/copy:1" || give_up "it could not be copied"

echo
echo "$images images, $files files: not a byte differs, every digest is the one it was."
[ -z "$registry_pids" ] || echo "The registries and everything else that was made for the show are removed again."
