#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# attached.sh - signatures, attestations and SBOMs of cosign 2, cosign 3, notation and oras: carried
# by export and import, by copy and from a layout, and verified at the far end: with openssl always,
# with cosign and notation where they are installed.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
made=$tests/e2e/attached # by those tools, see its README
layout=$work/layout
mkdir "$layout"
must tar -xzf "$made/layout.tar.gz" -C "$layout"

must start_registry source
must start_registry target
source=$(address_of source)
target=$(address_of target)
attached() {
    python3 -B "$tests/e2e/attached_repo.py" "$@"
}
# arrived REPOSITORY [DIGEST...]: what is attached there to these images, or to all.
arrived() {
    repo=$1
    shift
    attached check "$(url_of target)" "$repo" "$layout" "$made/cosign.pub" "$made/notation.crt" "$@"
}
tag_of() {
    echo "$1" | tr : -
}
tags_at() {
    python3 -B -c 'import os, sys
sys.path.insert(0, os.environ["tests"] + "/registry")
from client import Registry
print(*sorted(Registry(sys.argv[1]).tags(sys.argv[2])), end=" ")' "$(url_of target)" "$1"
}
must attached fill "$(url_of source)" app "$layout"
index=$(field "$layout/index.json" 'next(m["digest"] for m in d["manifests"]
    if m.get("annotations", {}).get("org.opencontainers.image.ref.name") == "1")')
child() {
    field "$layout/blobs/sha256/${index#sha256:}" \
        "next(m['digest'] for m in d['manifests'] if m['platform']['architecture'] == '$1')"
}
amd64=$(child amd64)
arm64=$(child arm64)
everything='artifact:1 att:1 bundle:3 notation:1 sbom:1 sig:3'

# ---- carried ----

bundle=$work/images.tar
required 0 "export succeeds" sealift export --json --unsigned -o "$bundle" "$source/app:1"
check_equal "every kind is reported" \
    "attestation:1 image:1 sbom:2 signature:7" \
    "$(field "$out" '" ".join(f"{k}:{n}" for k, n in sorted(
        __import__("collections").Counter(i["kind"] for i in d["images"]).items()))')"
required 0 "import succeeds" \
    sealift import --insecure-skip-verify --map "$source/app=imported" "$bundle" "$target"
check_equal "import brings everything, and the signatures are valid" "$everything" "$(arrived imported)"
required 0 "copy succeeds" sealift copy --map "$source/app=copied" "$source/app:1" "$target"
check_equal "copy brings everything, and the signatures are valid" "$everything" "$(arrived copied)"
required 0 "copy from a layout succeeds" \
    sealift copy --name example.com/app --as "$target/placed:1" "oci:$layout:1"
check_equal "so does a copy from a layout" "$everything" "$(arrived placed)"

# ---- left out ----

required 0 "export --platform succeeds" \
    sealift export --dry-run --json --platform linux/amd64 "$source/app:1"
check_equal "with the index, what is attached to it and to the platform is exported" \
    "$index $index $index $index $amd64 $amd64 $amd64" \
    "$(field "$out" '" ".join(sorted((i.get("subject", i["digest"]) for i in d["images"]),
        key="'"$index $amd64"'".find))')"
required 0 "copy --platform succeeds" sealift copy --platform linux/amd64 --index rebuild \
    --map "$source/app=part" "$source/app:1" "$target"
check_equal "what is attached to the platform comes along" "att:1 sbom:1 sig:1" \
    "$(arrived part "$amd64")"
check_equal "and nothing else" "$(printf '%s ' 1 "$(tag_of "$amd64").att" \
    "$(tag_of "$amd64").sbom" "$(tag_of "$amd64").sig")" "$(tags_at part)"
required 0 "copy --no-referrers succeeds" sealift copy --no-referrers --map "$source/app=bare" \
    "$source/app:1" "$target"
check "the result says so" grep -q 'referrers not searched for 1 name' "$out"
check_equal "everything attached stays behind" "1 " "$(tags_at bare)"
expect 1 "this test notices that" arrived bare

# ---- live ----

# Without a root of its own cosign asks the internet for one, also where it needs none.
echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' >"$work/root.json"
live_cosign() {
    verb=$1
    shift
    cosign "$verb" --key "$made/cosign.pub" --insecure-ignore-tlog=true --allow-http-registry \
        --trusted-root "$work/root.json" "$@"
}
if command -v cosign >/dev/null 2>&1; then
    for repo in imported copied placed; do
        expect 0 "cosign verifies $repo" live_cosign verify "$target/$repo:1"
    done
    expect 0 "cosign verifies a tag .sig" live_cosign verify "$target/imported@$amd64"
    expect 0 "cosign verifies a tag .att" \
        live_cosign verify-attestation --type spdxjson "$target/imported@$amd64"
    if cosign signing-config create --out "$work/config.json" >"$work/cosign.log" 2>&1; then
        expect 0 "cosign 3 verifies an attestation that is a referrer" \
            live_cosign verify-attestation --type spdxjson "$target/imported@$arm64"
    fi
else
    skip "cosign verifies at the far end" "cosign is not installed"
fi
if command -v notation >/dev/null 2>&1; then
    mkdir -p "$HOME/.config/notation/truststore/x509/ca/tests"
    cp "$made/notation.crt" "$HOME/.config/notation/truststore/x509/ca/tests"
    cat >"$HOME/.config/notation/trustpolicy.json" <<'JSON'
{"version": "1.0", "trustPolicies": [{"name": "tests", "registryScopes": ["*"],
 "signatureVerification": {"level": "strict"}, "trustStores": ["ca:tests"],
 "trustedIdentities": ["*"]}]}
JSON
    for repo in imported copied placed; do
        expect 0 "notation verifies $repo" \
            notation verify --insecure-registry "$target/$repo:1"
    done
else
    skip "notation verifies at the far end" "notation is not installed"
fi

done_testing
