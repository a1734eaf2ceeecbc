#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names.sh - how images are named on the command line and in lists.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must fill source shapes --only chart --only docker-single --only twice --only artifact
host=$(address_of source)
chart=$host/charts/shop
digest=$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "chart")')
other=$(field "$work/source.json" 'next(i["digest"] for i in d if i["shape"] == "docker-single")')
bundle=$work/b.tar

export_names() {
    rm -f "$bundle"
    sealift export --unsigned -o "$bundle" "$@"
}

# The names in a bundle, one a line, in their order.
names_in() {
    tar -xOf "$bundle" index.json >"$work/index.json" &&
        field "$work/index.json" '"\n".join(m["annotations"]["org.opencontainers.image.ref.name"]
                                           for m in d["manifests"])'
}

expect 0 "exports a tag" export_names "$chart:0.1.0"
check_equal "the name in the bundle is complete" "$chart:0.1.0" "$(names_in)"

expect 0 "exports a digest" export_names "$chart@$digest"
check_equal "the name in the bundle has the digest" "$chart@$digest" "$(names_in)"

expect 0 "exports a tag with its digest" export_names "$chart:0.1.0@$digest"
check_equal "the name in the bundle is the tag" "$chart:0.1.0" "$(names_in)"

# The tag is a label then: the digest decides, and it has to exist.
expect 9 "fails on a digest that the repository lacks" export_names "$chart@$other"
check "no bundle is left" test ! -e "$bundle"
expect 9 "fails on a tag that does not exist" export_names "$chart:9"
expect 9 "fails on a repository that does not exist" export_names "$host/not/here:1"
expect 2 "refuses upper case in a repository" export_names "$host/Charts/shop:1"
expect 2 "refuses a URL" export_names "https://$chart:0.1.0"

expect 0 "accepts a name that is given twice" export_names "$chart:0.1.0" "$chart:0.1.0"
check_equal "it is in the bundle once" "$chart:0.1.0" "$(names_in)"

cat >"$work/list" <<LIST
# what the shop needs
$host/library/tool:v2

  $chart:0.1.0   # sold in spring
LIST
expect 0 "accepts a list with comments" export_names -f "$work/list"
check_equal "the order is that of the list" "$host/library/tool:v2
$chart:0.1.0" "$(names_in)"
expect 0 "accepts names and a list together" export_names -f "$work/list" "$host/twice:v1"
check_equal "names of the command line come first" "$host/twice:v1
$host/library/tool:v2
$chart:0.1.0" "$(names_in)"
expect 0 "a chart before images" export_names "$chart:0.1.0" "$host/twice:v1" \
    "$host/files/notes:any" "$host/library/tool:v2"
check_equal "images come first, each group in its order" "$host/twice:v1
$host/library/tool:v2
$chart:0.1.0
$host/files/notes:any" "$(names_in)"

from_stdin() {
    rm -f "$bundle"
    sealift export --unsigned -o "$bundle" -f - <"$work/list"
}
expect 0 "reads a list from standard input" from_stdin

# --- files that name images, of other kinds than lists -----------------------------------

mkdir -p "$work/deploy/app"
cat >"$work/deploy/pod.yaml" <<END
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - image: $host/library/tool:v2
    args: [--other-image=busybox:1, --notes=$host/files/notes:any]
END
cat >"$work/deploy/app/compose.yaml" <<END
services: {twice: {image: "$host/twice:\${TWICE}"}}
END
echo 'TWICE=v1' >"$work/deploy/app/.env"
echo "$chart@$digest" >"$work/pinned"
expect 0 "exports what a folder of manifests and a list name" \
    export_names -f "$work/deploy" -f "$work/pinned" --json
check_equal "all of them, each once" "$chart@$digest
$host/files/notes:any
$host/library/tool:v2
$host/twice:v1" "$(names_in | sort)"
check "the folder is taken for what is in it" \
    grep -q 'deploy: 2 files, Kubernetes manifests, a compose file: 3 new names' "$err"
check "what may be a name is noted" grep -q 'not taken, maybe: docker.io/library/busybox:1' "$err"
rm "$work/deploy/app/.env"
expect 2 "a variable that is not set" export_names -f "$work/deploy"
check "is named, with its place" grep -q 'compose.yaml:1: the variable TWICE is not set' "$err"
printf 'kind: Pod\nspec: {containers: [{image: "%s/no/such:1"}]}\n' "$host" >"$work/gone.yaml"
expect 9 "a manifest names an image that does not exist" export_names -f "$work/gone.yaml"
check "its place is named" grep -q 'gone.yaml:2: ' "$err"

echo 'not a Name' >>"$work/list"
expect 2 "refuses a malformed line of a list" export_names -f "$work/list"
check "the message has file and line" grep -q "$work/list:5" "$err"
expect 9 "fails on a list that does not exist" export_names -f "$work/nothing"
: >"$work/empty"
expect 2 "refuses an empty list" export_names -f "$work/empty"

done_testing
