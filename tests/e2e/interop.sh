#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interop.sh - other tools read a bundle without conversion.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"
need skopeo

must start_registry source
must start_registry target
must fill source shapes
must make_key signer ecdsa
references source >"$work/list"
source=$(address_of source)
target=$(address_of target)
bundle=$work/images.tar
must sealift export -q -o "$bundle" --key "$work/signer.key" -f "$work/list"

# skopeo: each image by its full name, straight from the file, every platform of it.  Left out
# is what it reads from no layout: an index inside an index, documents of Docker's own types,
# some characters in a name.
raw_digest() {
    skopeo inspect --raw --tls-verify=false "docker://$1" | sha256sum | cut -d' ' -f1
}
for shape in index twice alias chart unknown artifact; do
    references source "$shape" | grep -v '[A-Z]' >"$work/names"
    while read -r name; do
        path=${name#"$source/"}
        expect 0 "skopeo copies $path out of the bundle" \
            skopeo --insecure-policy copy -q --all --preserve-digests --dest-tls-verify=false \
            "oci-archive:$bundle:$name" "docker://$target/$path" &&
            check_equal "its digest is that of the source" \
                "$(raw_digest "$name")" "$(raw_digest "$target/$path")"
    done <"$work/names"
done

# tar and coreutils: the layout is plain files, and the list of sums is one that they know.
mkdir "$work/tree"
expect 0 "GNU tar lists the bundle" tar -tf "$bundle"
check_equal "the order is that of the format" "oci-layout index.json" "$(head -n 2 "$out" | xargs)"
check_equal "GNU tar prints no warning" "" "$(cat "$err")"
expect 0 "GNU tar extracts the bundle" tar -xf "$bundle" -C "$work/tree"
check_equal "GNU tar prints no warning" "" "$(cat "$err")"
check_sums() {
    (cd "$work/tree" && sha256sum -c --strict --quiet SHA256SUMS)
}
expect 0 "sha256sum -c accepts every file" check_sums
printf x >>"$(find "$work/tree/blobs/sha256" -type f | sort | head -n 1)"
expect 1 "sha256sum -c finds a changed file" check_sums

# openssl: the signature over index.json.
python3 - "$work"/tree/signatures/*.sigstore.json >"$work/signature" <<'PYTHON'
import base64, json, sys
message = json.load(open(sys.argv[1]))["messageSignature"]
sys.stdout.buffer.write(base64.b64decode(message["signature"]))
PYTHON
by_openssl() {
    openssl dgst -sha256 -verify "$work/signer.pub" -signature "$work/signature" "$1"
}
expect 0 "openssl verifies the signature" by_openssl "$work/tree/index.json"
echo >>"$work/tree/index.json"
expect 1 "openssl refuses it for other bytes" by_openssl "$work/tree/index.json"

# umoci: the extracted folder is an image layout.
if command -v umoci >/dev/null 2>&1; then
    rm -rf "$work/tree"
    mkdir "$work/tree"
    tar -xf "$bundle" -C "$work/tree"
    name=$source/twice:v1
    expect 0 "umoci lists the extracted bundle" umoci ls --layout "$work/tree"
    check "umoci finds an image by its full name" grep -qxF "$name" "$out"
    umoci_reads() {
        umoci stat --json --image "$work/tree:$name"
    }
    expect 0 "umoci reads an image of the bundle" umoci_reads
else
    skip "umoci reads the extracted bundle" "umoci is not installed"
fi

# oras and podman, straight from the file.
name=$source/twice:v1
if command -v oras >/dev/null 2>&1; then
    expect 0 "oras reads a manifest by its full name" \
        oras manifest fetch --oci-layout-path "$bundle" "$name"
    check_equal "oras reads its exact bytes" \
        "$(raw_digest "$name")" "$(sha256sum <"$out" | cut -d' ' -f1)"
else
    skip "oras reads the bundle" "oras is not installed"
fi
if command -v podman >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$work/accept.json"
    podman_pulls() {
        podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs pull -q \
            --signature-policy "$work/accept.json" "oci-archive:$bundle:$name"
    }
    expect 0 "podman pulls an image by its full name" podman_pulls
else
    skip "podman pulls from the bundle" "podman is not installed, or this is not root"
fi

# containerd: all entries at once.  1.6 ends at the first that is no image, behind all images.
ctr_in() { # NAMESPACE ARGUMENT...
    namespace=$1
    shift
    ctr -a "$work/containerd/sock" -n "$namespace" images "$@"
}
start_containerd() {
    [ "$(id -u)" -eq 0 ] && command -v containerd >/dev/null 2>&1 &&
        command -v ctr >/dev/null 2>&1 || return 1
    mkdir "$work/containerd"
    cat >"$work/containerd/config.toml" <<TOML
version = 2
root = "$work/containerd/root"
state = "$work/containerd/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$work/containerd/sock"
[ttrpc]
  address = "$work/containerd/ttrpc"
TOML
    containerd -c "$work/containerd/config.toml" >"$work/containerd/log" 2>&1 &
    containerd=$!
    at_exit=stop_all
    tries=100
    until ctr -a "$work/containerd/sock" version >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
    ctr -a "$work/containerd/sock" plugins ls | grep -q 'overlayfs .* ok'
}
stop_all() {
    kill "$containerd" 2>/dev/null
    wait "$containerd" 2>/dev/null
    stop_registries
}
if start_containerd; then
    must sealift export -q --unsigned -o "$work/mixed.tar" "$source/charts/shop:0.1.0" "$name" \
        "$source/files/notes:any" "$source/team/web:1.4"
    names_of() {
        tar -xOf "$1" index.json | python3 -c 'import json, sys
for m in json.load(sys.stdin)["manifests"]:
    print(m["annotations"]["org.opencontainers.image.ref.name"])' | sort
    }
    case $(ctr --version) in
    *' 1.'*) expect 1 "ctr imports a bundle with a chart" ctr_in mixed import "$work/mixed.tar" ;;
    *) expect 0 "ctr imports a bundle with a chart" ctr_in mixed import "$work/mixed.tar" ;;
    esac
    snapshots=$(ctr -a "$work/containerd/sock" -n mixed snapshots ls | grep -c Committed)
    check "all images of it are unpacked" test "$snapshots" -ge 3
    expect 0 "ctr imports it with --no-unpack" ctr_in plain import --no-unpack "$work/mixed.tar"
    check_equal "every name is listed" \
        "$(names_of "$work/mixed.tar")" "$(ctr_in plain ls -q | sort)"
    must sealift copy -q --no-referrers "$name" "$source/team/web:1.4" "oci-archive:$work/copied.tar"
    expect 0 "ctr imports what copy writes" ctr_in copied import "$work/copied.tar"
    check_equal "every name is listed" \
        "$(names_of "$work/copied.tar")" "$(ctr_in copied ls -q | sort)"
    must ctr_in plain export --all-platforms "$work/ctr.tar" "$name"
    expect 0 "what ctr exports is a source" sealift export --json --unsigned -o "$work/again.tar" \
        "oci-archive:$work/ctr.tar"
    check_equal "with the same name and digest" "$name sha256:$(raw_digest "$name")" \
        "$(field "$out" '"{name} {digest}".format(**d["images"][0])')"
else
    skip "ctr imports the bundle" "containerd is not installed or cannot run here"
fi

done_testing
