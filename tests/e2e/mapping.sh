#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mapping.sh - where images land, and what happens when something is there already.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

# Two registries with the same names and other content.
must start_registry one
must start_registry two
must start_registry target
must fill one shapes --only chart --only docker-single
must fill two shapes --only chart --only docker-single --seed 2
must make_key signer
one=$(address_of one)
two=$(address_of two)
target=$(address_of target)
references one >"$work/one"
references two >"$work/two"
must sealift export -q -o "$work/one.tar" --key "$work/signer.key" -f "$work/one"
must sealift export -q -o "$work/two.tar" --key "$work/signer.key" -f "$work/two"
must sealift export -q -o "$work/both.tar" --key "$work/signer.key" -f "$work/one" -f "$work/two"

bring() {
    bundle=$1
    shift
    sealift import --key "$work/signer.pub" "$work/$bundle.tar" "$@"
}

# digest_at NAME: what the target has under that name, "" for nothing.
digest_at() {
    skopeo inspect --raw --tls-verify=false "docker://$target/$1" 2>/dev/null >"$work/raw" &&
        sha256sum <"$work/raw" | cut -d ' ' -f 1
}

# --- names -------------------------------------------------------------------------------

expect 0 "the host is part of the name by default" bring both "$target/kept"
check "images of the first source are there" same_images one target "kept/$(echo "$one" | tr : _)"
check "images of the second source are there" same_images two target "kept/$(echo "$two" | tr : _)"

expect 0 "--strip-host succeeds" bring one --strip-host "$target/plain"
check "the host is dropped" same_images one target plain
expect 0 "--strip-host works without a prefix" bring one --strip-host "$target"
check "host and prefix are dropped" same_images one target

expect 0 "--map of a host succeeds" \
    bring both --map "$one=apps" --map "$two=other/apps" "$target/mapped"
check "the first source is mapped" same_images one target mapped/apps
check "the second source is mapped" same_images two target mapped/other/apps

expect 0 "--map of a repository takes precedence over its host" \
    bring one --map "$one=all" --map "$one/charts=helm" "$target/narrow"
if command -v skopeo >/dev/null 2>&1; then
    digest=$(field "$work/one.json" 'next(i["digest"] for i in d if i["shape"] == "chart")')
    check_equal "the chart is where its rule says" \
        "$digest" "sha256:$(digest_at narrow/helm/shop:0.1.0)"
    digest=$(field "$work/one.json" 'next(i["digest"] for i in d if i["shape"] != "chart")')
    check_equal "the rest is where the host's rule says" \
        "$digest" "sha256:$(digest_at narrow/all/library/tool:v2)"
else
    skip "the chart is where its rule says" "skopeo is not installed"
    skip "the rest is where the host's rule says" "skopeo is not installed"
fi

must forget_requests target
expect 2 "refuses names that coincide" bring both --strip-host "$target/collision"
check_equal "no request reached the registry" 0 "$(requests target)"
check_equal "all of them are shown" 2 "$(grep -c "^sealift: import: .*\($one.*$two\|$two.*$one\)" "$err")"
check "they are counted" grep -q '^sealift: import: 2 names collide at the target$' "$err"
expect 2 "refuses a rule without a target" bring one --map "$one" "$target"
expect 2 "refuses a target with a tag" bring one "$target/x:1"
expect 2 "refuses a target with a scheme" bring one "http://$target/x"
check_equal "none of these sent a request" 0 "$(requests target)"

# --- a part of a bundle, under another name -------------------------------------------------

expect 9 "fails when --only matches nothing" bring one --only 'docker.io/*' "$target/part"
expect 0 "--only succeeds" \
    bring both --strip-host --only "$one/charts/*" --only 'no.such/*' "$target/part"
check "a pattern that matches nothing is named" grep -q "'no.such/\*' matches no name" "$err"
check_equal "--only pushes what matches" "charts/shop:0.1.0" \
    "$(sed -n "s,^$target/part/\([^ ]*\).*,\1,p" "$out")"
expect 2 "--as is for one image" bring one --as new/name:1 "$target/part"
expect 0 "--as succeeds" bring one --only "$one/library/tool:*" --as new/name:1 "$target/part"
check "the exact name below the target is used" grep -q "^$target/part/new/name:1 " "$out"
expect 2 "--as is a name below the target" bring one --only '*tool*' --as 'BAD name' "$target/part"

# --- a tag that holds something else ---------------------------------------------------------

# "plain" holds the images of one: charts/shop:0.1.0 and library/tool:v2.
must forget_requests target
expect 12 "a tag with another digest is a conflict" bring two --strip-host "$target/plain"
check_equal "nothing is written" 0 "$(writes target)"
check "every tag that does is named, with both digests" sh -c '
    test "$(grep -cE "^failed +'"$target"'/plain/[^ ]+: the tag has digest sha256:[0-9a-f]+, but the bundle has sha256:[0-9a-f]+$" "$1")" -eq 2' - "$out"
check "the error has their number" \
    grep -q '^sealift: import: 2 tags have a digest other than in the bundle$' "$err"
check "the hint is there once, and last" sh -c 'tail -n 1 "$1" | grep -q "^hint: .*--on-existing"
    test "$(cat "$1" "$2" | grep -c -- --on-existing)" -eq 1' - "$err" "$out"
check_not "no table of unpushed images precedes it" grep -q '^IMAGE' "$out"
expect 12 "fails on one tag with another digest" \
    bring two --strip-host --map "$two/charts=new" "$target/plain"
check "the message names it" grep -qE '^sealift: import: .*/plain/[^ ]+: the tag has digest' "$err"
check_not "the output does not repeat it" grep -q 'the tag has digest' "$out"
check "the old image is unchanged" same_images one target plain
expect 12 "--on-existing error is the default" \
    bring two --strip-host --on-existing error "$target/plain"

must forget_requests target
expect 0 "--on-existing skip succeeds" bring two --strip-host --on-existing skip "$target/plain"
check_equal "nothing is written then" 0 "$(writes target)"
check "the old image stays" same_images one target plain

expect 0 "--on-existing overwrite succeeds" \
    bring two --strip-host --on-existing overwrite "$target/plain"
check "the image is replaced" same_images two target plain

expect 0 "the same digest is never a conflict" \
    bring two --strip-host --on-existing error "$target/plain"
expect 2 "refuses an unknown value of --on-existing" bring two --on-existing maybe "$target/plain"

# --- single names, patterns, digests -----------------------------------------------------

if command -v skopeo >/dev/null 2>&1; then
    tool=$(field "$work/one.json" 'next(i["digest"] for i in d if i["shape"] != "chart")')
    expect 0 "renames one image, with another tag" bring one --strip-host \
        --map "$one/library/tool:v2=base/tool:stable" "$target/renamed"
    check_equal "it has its new name" "$tool" "sha256:$(digest_at renamed/base/tool:stable)"
    check_equal "and not the old one" "" "$(digest_at renamed/library/tool:v2)"
    check "the other keeps its name" test -n "$(digest_at renamed/charts/shop:0.1.0)"
    expect 0 "matches a pattern" bring one --map "$one/*/tool=x/*-tools" --map "$one=y" "$target/pattern"
    check_equal "the pattern takes precedence" "$tool" \
        "sha256:$(digest_at pattern/x/library-tools:v2)"
    check "a beginning of names applies to the rest" test -n "$(digest_at pattern/y/charts/shop:0.1.0)"
    expect 2 "refuses two mappings that are equally good" \
        bring one --map "$one/l*=a/*" --map "$one/*l=b/*" --map "$one/*y/tool=b/*" --map "$one/l*/tool=a/*" "$target/tie"
    expect 2 "refuses two images under one name" bring both \
        --map "$one/library/tool:v2=same:1" --map "$two/library/tool:v2=same:1" "$target/same"
    expect 0 "copies with another name and tag" sealift copy "$one/library/tool:v2" \
        --map "$one/library/tool:v2=promoted/tool:prod" "$target"
    check_equal "it is there" "$tool" "sha256:$(digest_at promoted/tool:prod)"

    must sealift export -q --unsigned -o "$work/pinned.tar" "$one/library/tool@$tool"
    expect 0 "imports an image that has only a digest" sealift import --insecure-skip-verify \
        --strip-host "$work/pinned.tar" "$target/pinned"
    check "a hint says how to tag it" grep -q -- '--tag-digests' "$err"
    expect 0 "tags it by its digest" sealift import --insecure-skip-verify --strip-host \
        --tag-digests "$work/pinned.tar" "$target/pinned"
    check_equal "the tag is there" "$tool" \
        "sha256:$(digest_at "pinned/library/tool:digest-sha256-${tool#sha256:}")"
    must forget_requests target
    expect 0 "tags it again" sealift import --insecure-skip-verify --strip-host \
        --tag-digests "$work/pinned.tar" "$target/pinned"
    check_equal "the second run writes nothing" 0 "$(writes target)"
    expect 0 "gives a name to a digest" sealift import --insecure-skip-verify \
        --map "$one/library/tool@$tool=named:v2" "$work/pinned.tar" "$target/pinned"
    check_equal "it is there" "$tool" "sha256:$(digest_at pinned/named:v2)"
else
    skip "renames one image, with another tag" "skopeo is not installed"
fi

done_testing
