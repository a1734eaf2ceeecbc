#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tags.sh - which tags of a repository are exported.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"

must start_registry source
must start_registry target
must fill source shapes --only chart
chart=$(references source | sed -n 1p)
app=$(address_of source)/team/app
for tag in 1.25 1.26.3 1.27-alpine 1.27.1 1.27.1-alpine 1.28.0-rc.1 v1.27.2 2.0.0 2.0.0-alpine edge; do
    must sealift copy -q --as "$app:$tag" "$chart"
done

# chosen OPTIONS...: the tags that would be exported, in order.
chosen() {
    sealift export -q --json --dry-run --no-referrers "$@" "$app" >"$work/chosen" || return
    field "$work/chosen" '" ".join(i["name"].rpartition(":")[2] for i in d["images"])'
}
is() {
    want=$1
    shift
    check_equal "$*" "$want" "$(chosen "$@" 2>&1)"
}
is "1.27.1 2.0.0 v1.27.2" --tags-semver '>=1.27'
is "1.27.1 v1.27.2" --tags-semver '~1.27'
is "1.27-alpine 1.27.1-alpine" --tags-semver '^1.27' --variant alpine
is "1.28.0-rc.1 v1.27.2" --tags-semver '>1.27.2-0 <2' --exclude '.*alpine'
is "2.0.0 v1.27.2" --latest 2
is "v1.27.2" --latest 1 --exclude '2\..*'
is "1.27.1-alpine 2.0.0-alpine" --latest 2 --variant alpine
is "1.25 1.26.3" --tags '1\.2[56].*' --latest 5
is "1.27-alpine 1.27.1-alpine 2.0.0-alpine" --variant alpine
is "edge" --exclude '[0-9v].*'
expect 9 "nothing left is an error" \
    sealift export --dry-run --tags-semver '>3' "$app"
check "the message says so" grep -q 'no tag matches' "$err"
expect 2 "a range that is none is an error" sealift export --dry-run --tags-semver '>=new' "$app"
check "the message names the option" grep -q -- '--tags-semver: not a range of versions' "$err"
expect 2 "so is an expression" sealift export --dry-run --exclude '(' "$app"
check "the message names that option" grep -q -- '--exclude: not a regular expression' "$err"
expect 2 "none of the latest is a mistake" sealift export --dry-run --latest 0 "$app"
expect 2 "there must be a repository" sealift export --dry-run --latest 1 "$app:edge"
expect 0 "copy chooses the same" \
    sealift copy --json --no-referrers --latest 1 --strip-host "$app" "$(address_of target)/m/"
check_equal "one tag" "$(address_of target)/m/team/app:2.0.0" "$(field "$out" 'd["images"][0]["target"]')"

done_testing
