#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# look.sh - looking at a real registry: its repositories, tags and images.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must fill source shapes
source=$(address_of source)
references source >"$work/list"
first=$(head -n 1 "$work/list") # .../team/web:1.4
name=${first#*/}
digest=$(field "$work/source.json" 'd[0]["digest"]')

# --- lists -------------------------------------------------------------------------------

expect 0 "lists the repositories of a registry" sealift list "$source"
check "there are as many as were filled" test \
    "$(sed 's/@.*//; s/:[^:/]*$//' "$work/list" | sort -u | wc -l)" -le "$(wc -l <"$out")"
check "one of them is that of the first image" grep -qx "${name%:*}" "$out"
expect 0 "lists the tags of a repository" sealift list "${first%:*}"
check "one of them is that of the first image" grep -qx "${name##*:}" "$out"
expect 9 "reports a repository that does not exist" sealift list "$source/none"

# --- names -------------------------------------------------------------------------------

expect 0 "shows an image" sealift list --json "$first"
check_equal "its digest is shown" "$digest" "$(field "$out" 'd["images"][0]["digest"]')"
expect 0 "prints the exact bytes" sealift list --raw "$first"
check_equal "they have that digest" "$digest" "sha256:$(sha256sum <"$out" | cut -d' ' -f1)"
expect 0 "prints them by digest" sealift list --raw "${first%:*}@$digest"
check_equal "they have that digest, too" "$digest" "sha256:$(sha256sum <"$out" | cut -d' ' -f1)"
if command -v skopeo >/dev/null; then
    skopeo inspect --raw --tls-verify=false "docker://$first" >"$work/raw"
    check "skopeo prints the same" cmp -s "$work/raw" "$out"
else
    skip "skopeo prints the same" "there is no skopeo"
fi

# --- differences -------------------------------------------------------------------------

must start_registry target
target=$(address_of target)
bundle=$work/b.tar
must make_key signer
must sealift export -o "$bundle" --key "$work/signer.key" -f "$work/list"
expect 13 "a bundle differs from an empty registry" \
    sealift diff --json --key "$work/signer.pub" "$bundle" "$target/mirror"
bytes=$(field "$out" 'd["bytes"]')
check "all bytes would travel" test "$bytes" -gt 0
must sealift import --key "$work/signer.pub" "$bundle" "$target/mirror"
must forget_requests target
expect 0 "they are the same after an import" \
    sealift diff --key "$work/signer.pub" "$bundle" "$target/mirror"
check_equal "nothing is written" 0 "$(writes target)"
must sealift import -q --tag-digests --key "$work/signer.pub" "$bundle" "$target/mirror" >"$work/.import"
expect 0 "tags of digests are no difference" \
    sealift diff --key "$work/signer.pub" "$bundle" "$target/mirror"
expect 0 "both registries have the same image" \
    sealift diff "$first" "$target/mirror/$(echo "${first%%/*}" | tr : _)/$name"
if command -v skopeo >/dev/null; then
    cd "$work" || exit 99
    must skopeo copy -q --all --src-tls-verify=false "docker://$first" "oci:layout:$first"
    must skopeo copy -q --src-tls-verify=false "docker://$first" "docker-archive:image.tar:$first"
    expect 0 "a layout has the image of the registry" sealift diff oci:layout "$first"
    expect 13 "a bundle has more than a layout" \
        sealift diff --json --key signer.pub oci:layout "$bundle"
    check_equal "nothing would travel to it" 0 "$(field "$out" 'd["bytes"]')"
    expect 13 "a docker-archive has a digest of its own" sealift diff docker-archive:image.tar "$first"
    expect 2 "a folder needs its transport" sealift diff ./layout "$first"
else
    skip "a layout has the image of the registry" "there is no skopeo"
fi
done_testing
