#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# manual.sh - the pages of section 5 of the manual list what the code has, and nothing else.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
need python3
top=$abs_top_srcdir

# disagreements SUBJECT FOLDER: one line for each.
disagreements() {
    python3 -B "$top/tests/lint/pages.py" "$@"
}

check_equal "sealift-errors(5) has every id, and no other" "" "$(disagreements errors "$top")"
check_equal "sealift-events(5) has every event and member, and no other" "" \
    "$(disagreements events "$top")"
check_equal "sealift-policy(5) has every member and value of a policy, and no other" "" \
    "$(disagreements policy "$top")"
check_equal "sealift-bundle(5) has every member and annotation, and no other" "" \
    "$(disagreements bundle "$top")"

# planted SUBJECT FILE EXPRESSION: disagreements after sed has changed a copy of FILE.
planted() {
    rm -rf "$work/top"
    mkdir -p "$work/top/docs"
    cp -R "$top/src" "$work/top/src"
    cp -R "$top/docs/man" "$work/top/docs/man"
    sed "$3" "$top/$2" >"$work/top/$2"
    disagreements "$1" "$work/top"
}

check_equal "finds a reason that the page lacks" "the page lacks the reason new-one" \
    "$(planted errors src/base/err.h 's/^    X(YAML, .*/    X(NEW, "new-one") X(YAML, "yaml")/')"
check_equal "finds an id that the page lacks" "the page lacks local.yaml" \
    "$(planted errors src/io/yaml/yml.c '$a err_because(err, ERR_LOCAL, REASON_YAML, "");')"
check_equal "finds an id that the code lacks" "the code has no error usage.yam" \
    "$(planted errors docs/man/sealift-errors.5.scd 's/^[*]usage.yaml[*]$/&, *usage.yam*/')"
check_equal "finds a warning that the page lacks" "the page lacks the warning sparse-index" \
    "$(planted errors docs/man/sealift-errors.5.scd 's/^[*]sparse-index[*]$/*serial*/')"
check_equal "finds an event that the page lacks" "the page lacks the event waiting" \
    "$(planted events docs/man/sealift-events.5.scd 's/^## waiting$/## note/')"
check_equal "finds a member that the page lacks" "the page lacks the member speed" \
    "$(planted events src/cli/progress.c '$a jsout_put_u64(obj, "speed", 1);')"
check_equal "finds a member that the code lacks" "the code has no member speed" \
    "$(planted events docs/man/sealift-events.5.scd 's/^[*]total[*]$/&, *speed*/')"
check_equal "finds a member of a policy that the page lacks" \
    "the page lacks the member of STREAMS quota" \
    "$(planted policy src/trust/policy.c 's/"epoch", NULL/"epoch", "quota", NULL/')"
check_equal "finds a value that the page lacks" "the page lacks the value always" \
    "$(planted policy src/trust/policy.c 's/"none", NULL/"none", "always", NULL/')"
check_equal "finds a member of a policy that the code lacks" \
    "the code has no member of SIGNERS until" \
    "$(planted policy docs/man/sealift-policy.5.scd 's/^[*]not_after[*]$/&, *until*/')"
check_equal "finds an annotation that the page lacks" \
    "the page lacks the annotation dev.sealift.place" \
    "$(planted bundle src/bundle/format/index_keys.h '$a #define PLACE PREFIX "place"')"
check_equal "finds an annotation that the code lacks" \
    "the code has no annotation dev.sealift.place" \
    "$(planted bundle docs/man/sealift-bundle.5.scd 's/^[*]dev.sealift.base[*]$/&, *dev.sealift.place*/')"

done_testing
