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

expect 0 "a tag" export_names "$chart:0.1.0"
check_equal "stands in the bundle in full" "$chart:0.1.0" "$(names_in)"

expect 0 "a digest" export_names "$chart@$digest"
check_equal "stands in the bundle as a digest" "$chart@$digest" "$(names_in)"

expect 0 "a tag with its digest" export_names "$chart:0.1.0@$digest"
check_equal "stands in the bundle as the tag" "$chart:0.1.0" "$(names_in)"

# The tag is a label then: the digest decides, and it has to exist.
expect 9 "a digest that the repository does not hold" export_names "$chart@$other"
check "leaves no bundle" test ! -e "$bundle"
expect 9 "a tag that does not exist" export_names "$chart:9"
expect 9 "a repository that does not exist" export_names "$host/nobody/here:1"
expect 2 "upper case in a repository" export_names "$host/Charts/shop:1"
expect 2 "a URL instead of a name" export_names "https://$chart:0.1.0"

expect 0 "the same twice" export_names "$chart:0.1.0" "$chart:0.1.0"
check_equal "is there once" "$chart:0.1.0" "$(names_in)"

cat >"$work/list" <<LIST
# what the shop needs
$host/library/tool:v2

  $chart:0.1.0   # sold in spring
LIST
expect 0 "a list with comments" export_names -f "$work/list"
check_equal "keeps its order" "$host/library/tool:v2
$chart:0.1.0" "$(names_in)"
expect 0 "the command line and a list" export_names -f "$work/list" "$host/twice:v1"
check_equal "the command line comes first" "$host/twice:v1
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
expect 0 "a list from standard input" from_stdin

echo 'not a Name' >>"$work/list"
expect 2 "a bad line in a list" export_names -f "$work/list"
check "is named by file and line" grep -q "$work/list:5" "$err"
expect 9 "a list that does not exist" export_names -f "$work/nothing"
: >"$work/empty"
expect 2 "no names at all" export_names -f "$work/empty"

done_testing
