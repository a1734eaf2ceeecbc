#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mirrors.sh - what registries.conf says about where images are fetched from.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry home
must start_registry mirror
must fill home shapes --only index --only chart
must fill mirror shapes --only index
home=$(address_of home)
mirror=$(address_of mirror)
references home | sed 's|^[^/]*|hub.test|' >"$work/list"
references mirror | sed 's|^[^/]*|hub.test|' >"$work/one"
bundle=$work/b.tar
conf=$HOME/.config/containers/registries.conf

try_export() {
    sealift export -v --force --unsigned --no-referrers -o "$bundle" --json "$@"
}
# fresh: requests are counted from here on.
fresh() {
    must forget_requests home
    must forget_requests mirror
}
hub() {
    printf '[[registry]]\nprefix = "hub.test"\nlocation = "%s"\n' "$home"
}
mirrored() {
    hub
    printf '[[registry.mirror]]\nlocation = "%s"\n' "$1"
}

hub >"$conf"
required 0 "fetches from another location" try_export -f "$work/list"
check_equal "names in the bundle are unchanged" "$(sort "$work/list")" \
    "$(field "$out" '"\n".join(sorted(i["name"] for i in d["images"]))')"
check "the log names the location" grep -qF "from $home/" "$err"
cp "$bundle" "$work/plain.tar"

mirrored "$mirror" >"$conf"
fresh
expect 0 "uses a mirror that has one of two images" try_export -f "$work/list"
check "its image comes from the mirror" grep -qF "from $mirror/" "$err"
check "the other comes from the registry" grep -qF "from $home/" "$err"
fresh
expect 0 "uses a mirror that has all images" try_export -f "$work/one"
check_equal "only the mirror is asked" 0 "$(requests home)"
check_not "no warning is shown" grep -q warning "$err"

expect 0 "lists tags of a mirrored repository" \
    try_export --all-tags "$(sed 's/:[^:]*$//' "$work/one")"
must registry_settle mirror
check_not "the tags are listed by the registry" \
    grep -q 'tags/list' "$work/registry/mirror/access.log"

{ mirrored "$mirror" && echo 'pull-from-mirror = "digest-only"'; } >"$conf"
fresh
expect 0 "exports a tag with a mirror for digests only" try_export -f "$work/one"
check_equal "the mirror is not asked" 0 "$(requests mirror)"
digest=$(field "$out" 'd["images"][0]["digest"]')
fresh
expect 0 "exports a digest with a mirror for digests only" \
    try_export "$(sed 's/:[^:]*$//' "$work/one")@$digest"
check_equal "the mirror is asked" 0 "$(requests home)"

# Damage what the mirror has: it does not look at what it serves.
find "$work/registry/mirror/store/" -path '*/blobs/sha256/*/data' -size +1k |
    while read -r file; do
        printf x | dd of="$file" bs=1 seek=500 conv=notrunc 2>/dev/null
    done
mirrored "$mirror" >"$conf"
fresh
expect 0 "continues past a mirror with damaged bytes" try_export -f "$work/one"
check "a warning names the mirror" grep -q "warning: mirror $mirror/.*digest" "$err"
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$bundle"

mirrored 127.0.0.1:1 >"$conf"
expect 0 "continues past an unreachable mirror" try_export -f "$work/list"
check_equal "one warning is shown" 1 "$(grep -c 'warning: mirror 127.0.0.1:1 is not used' "$err")"

{ hub && echo 'blocked = true'; } >"$conf"
fresh
expect 2 "refuses a blocked registry" try_export -f "$work/list"
check "the message has file and line" grep -q "hub.test/.*'$conf' line 1:.*blocked" "$err"
check_equal "no request was sent" 0 "$(requests home)"

# Configuration files, in order of precedence.
mkdir -p "$conf.d"
hub >"$conf.d/50-hub.conf"
expect 0 "a drop-in file takes precedence" try_export -f "$work/list"
with_file() {
    CONTAINERS_REGISTRIES_CONF=$1 try_export -f "$work/list"
}
rm "$conf.d/50-hub.conf"
hub >"$work/other.conf"
expect 0 "reads CONTAINERS_REGISTRIES_CONF" with_file "$work/other.conf"
expect 9 "a missing CONTAINERS_REGISTRIES_CONF is an error" with_file "$work/none.conf"
printf '\n[[registry]]\nlocatoin = "a.b"\n' >"$conf"
expect 2 "refuses an unknown key" try_export -f "$work/list"
check "the message has file and line" grep -q "'$conf' line 3: unknown key 'locatoin'" "$err"
check "a hint says how to continue" grep -q '^hint: .*CONTAINERS_REGISTRIES_CONF=/dev/null' "$err"

printf '[[registry]]\nlocation = "%s"\nblocked = true\n' "$home" >"$conf"
expect 0 "import ignores the file" \
    sealift import --insecure-skip-verify "$work/plain.tar" "$home"

done_testing
