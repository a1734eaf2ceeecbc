#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# merge.sh - bundles as sources: merged, pruned, and copied to a registry.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

need skopeo
must start_registry source
must start_registry target
must fill source shapes
target=$(address_of target)
index=$(references source index)
chart=$(references source chart)
cd "$work" || exit 99
XDG_STATE_HOME=$work/state
export XDG_STATE_HOME
make_key team
make_key other

# make BUNDLE SERIAL ARGUMENTS...: signed by team.
make() {
    make_bundle=$1 make_serial=$2
    shift 2
    must sealift export -q --key team.key --serial "$make_serial" -o "$make_bundle" "$@"
}
names() {
    field "$out" '" ".join(i["name"] for i in d["images"] if "subject" not in i)'
}
merge() {
    sealift export --json --force --key other.key -o merged.tar "$@"
}

make one.tar 1 "$index"
make two.tar 2 "$chart"
references source >list
make full.tar 3 -f list
make all.tar 10 -f list

# --- one bundle of two ---------------------------------------------------------------------

must forget_requests source
expect 0 "merges two bundles" merge --source-key team.pub bundle:one.tar bundle:two.tar
check_equal "with the names of both" "$index $chart" "$(names)"
check_equal "without a request" 0 "$(requests source)"
expect 0 "the new bundle is whole" sealift verify --key other.pub merged.tar
expect 0 "takes one image out of a bundle" merge --source-key team.pub "bundle:all.tar:$chart"
check_equal "only that one" "$chart" "$(names)"
expect 0 "adds an image from a registry" merge --source-key team.pub bundle:one.tar "$chart"
expect 9 "refuses a name that is not there" merge --source-key team.pub bundle:one.tar:nginx:1
expect 2 "refuses a name that is to be fetched, too" \
    merge --source-key team.pub bundle:one.tar "$index"

# One name with different content in two bundles.
moved=$(address_of source)/moved:1
retag() {
    skopeo copy -q --src-tls-verify=false --dest-tls-verify=false "docker://$1" "docker://$moved"
}
must retag "$(references source docker-single)"
make same.tar 4 "$moved"
must retag "$chart"
make moved.tar 5 "$moved"
expect 2 "refuses one name with two digests" \
    merge --source-key team.pub bundle:same.tar bundle:moved.tar
check "the error names the image" grep -q "$moved has one digest in" "$err"
check "and one bundle" grep -q "bundle:same.tar" "$err"
check "and the other" grep -q "bundle:moved.tar" "$err"

# A list names bundles relative to its folder.
mkdir lists
cp two.tar lists
printf 'bundle:two.tar:%s\n' "$chart" >lists/list
expect 0 "takes bundles from a list" merge --source-key team.pub -f lists/list
check_equal "with the selected image" "$chart" "$(names)"

# --- platforms that were left out ----------------------------------------------------------

make sparse.tar 6 --index keep --platform linux/amd64 "$index"
expect 0 "takes a bundle that leaves out platforms" merge --source-key team.pub bundle:sparse.tar
check "the result says which" grep -q '"linux/arm64' "$out"
expect 9 "a platform left out cannot be selected" \
    merge --source-key team.pub --platform linux/arm64 bundle:sparse.tar
check "the error says what is there" grep -q "linux/arm64 not available: found linux/amd64$" "$err"
expect 0 "--index rebuild drops it from the index" \
    merge --source-key team.pub --index rebuild bundle:sparse.tar
check_equal "nothing is left out then" False "$(field "$out" '"omitted" in d["images"][0]')"
expect 0 "another bundle supplies it" merge --source-key team.pub bundle:sparse.tar bundle:one.tar
check_equal "so nothing is left out" False "$(field "$out" '"omitted" in d["images"][0]')"
expect 0 "copies it to an archive" \
    sealift copy --json --source-key team.pub bundle:sparse.tar oci-archive:sparse-oci.tar
check "that result says it, too" grep -q '"linux/arm64' "$out"
expect 5 "a registry may refuse the index" \
    sealift copy --source-key team.pub bundle:sparse.tar "$target/sparse"
check "a hint says what to do" grep -q "^hint: .*--index rebuild" "$err"
expect 0 "and takes a rebuilt one" \
    sealift copy --index rebuild --source-key team.pub bundle:sparse.tar "$target/sparse"

# --- trust ---------------------------------------------------------------------------------

expect 7 "refuses a key that is not trusted" merge --source-key other.pub bundle:one.tar
check "a hint names the option" grep -q "^hint: .*--source-key THEIR.pub" "$err"
check_equal "the result says why the signature does not count" False \
    "$(field "$out" 'd["sources"][0]["signatures"][0]["counts"]')"
expect 9 "requires keys" merge --trust nowhere bundle:one.tar
expect 0 "skips signatures on request" merge --insecure-skip-verify bundle:one.tar
cp all.tar bad.tar
printf x | dd of=bad.tar bs=1 seek=100000 conv=notrunc status=none
expect 6 "refuses a damaged bundle" merge --source-key team.pub bundle:bad.tar
check "the result says where" grep -q '"damage":\[{.*"offset":' "$out"
expect 6 "refuses another archive" merge --source-key team.pub bundle:list
must sealift trust add -q --trust store team.pub
expect 0 "an export records nothing" merge --trust store bundle:two.tar
expect 0 "so an older bundle can follow" merge --trust store bundle:one.tar

# Bundles without a usable signature.
must forget_requests target
must sealift export -q --unsigned -o unsigned.tar "$chart"
expect 7 "refuses an unsigned bundle" merge --source-key team.pub bundle:unsigned.tar
expect 7 "so does a copy" sealift copy --source-key team.pub bundle:unsigned.tar "$target/no"
expect 7 "a copy refuses a key that is not trusted" \
    sealift copy --source-key other.pub bundle:one.tar "$target/no"
expect 6 "a copy refuses a damaged bundle" \
    sealift copy --source-key team.pub bundle:bad.tar "$target/no"
check_equal "nothing of them was sent" 0 "$(writes target)"

# --- to a registry: an import --------------------------------------------------------------

expect 0 "shows what a copy would push" sealift copy --dry-run --trust store bundle:two.tar "$target/m"
expect 0 "which records nothing" sealift status --trust store
check_not "no stream is recorded" grep -q "^default" "$out"
expect 0 "copies a bundle to a registry" sealift copy --trust store bundle:two.tar "$target/m"
expect 0 "records it" sealift status --trust store
check "as an import does" grep -q "^default *2 " "$out"
expect 2 "refuses two bundles of one stream" \
    sealift copy --trust store bundle:two.tar bundle:all.tar "$target/m"
check "the error says why" grep -q "two.tar is a bundle of stream 'default', too" "$err"
expect 7 "refuses an older bundle" sealift copy --trust store bundle:one.tar "$target/m"
expect 7 "an export refuses it, too" merge --trust store bundle:one.tar
expect 0 "on request, it is accepted" sealift copy --trust store --allow-rollback \
    --receipt other.key --report report --json bundle:one.tar "$target/m"
check_equal "the result lists the override" "one.tar ['team.pub'] rollback" \
    "$(field "$out" '" ".join(d["sources"][0]["bundle"] + " " + str(d["sources"][0]["signers"])
        + " " + o["name"] for o in d["sources"][0]["overrides"])')"
check_equal "so does the receipt" "default 1 rollback" "$(field report.receipt.json \
    '" ".join(b["stream"] + " " + b["serial"] + " " + b["overrides"][0]["name"]
        for b in d["bundles"])')"
expect 0 "the receipt verifies" sealift verify-receipt --key other.pub report.receipt.json
check "it shows that one was used" grep -q "1 override used$" "$out"
expect 0 "copies without checking signatures" sealift copy --insecure-skip-verify \
    --receipt other.key --report report bundle:one.tar "$target/m"
check "the result says so" grep -q "UNVERIFIED" "$out"
expect 0 "the receipt verifies, too" sealift verify-receipt --key other.pub report.receipt.json
check "it says so" grep -q "THE SIGNATURE WAS NOT CHECKED" "$out"
expect 0 "copies images of a bundle without what is attached" \
    sealift copy --no-referrers --trust store bundle:full.tar "$target/part"
expect 0 "records that" sealift status --trust store
check "as incomplete" grep -q "^default *3 .*INCOMPLETE" "$out"
expect 10 "a registry refuses all images of a bundle" \
    sealift copy --keep-going --trust store bundle:sparse.tar "$target/none"
expect 0 "then" sealift status --trust store
check "nothing is recorded" grep -q "^default *3 " "$out"
expect 0 "copies everything" sealift copy --strip-host --trust store bundle:all.tar "$target/all"
check "every image is the same byte for byte" same_images source target all
must forget_requests target
expect 0 "copies it again" sealift copy --strip-host --trust store bundle:all.tar "$target/all"
check_equal "the second copy writes nothing" 0 "$(writes target)"
printf '%s' '{"version": 1, "streams": {"default": {"signers": ["team"], "threshold": 1,
"targets": ["registry.corp/prod"]}}, "signers": {"team": {"keys": ["team.pub"]}}}' >store/policy.json
expect 7 "the policy limits targets" sealift copy --trust store bundle:all.tar "$target/all"
expect 0 "but not of an export" merge --trust store bundle:all.tar

done_testing
