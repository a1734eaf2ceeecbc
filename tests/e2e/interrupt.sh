#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interrupt.sh - a bundle under its final name is complete, whatever happened.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must fill source fleet --images 1 --platforms 1 --layers 2 --layer-bytes 3000000 --shared 0
image=fleet/image000:v1
name=$(address_of source)/$image
mkdir "$work/carrier"
bundle=$work/carrier/images.tar

# A registry that goes quiet in the middle of a layer.
new_stall() {
    start_stall source 1000000 && stalled=$(stalled_address)/$image
}
end_stall() {
    kill "$stall_pid"
    wait "$stall_pid" 2>/dev/null
}

# stop_by SIGNAL OPTIONS...: an export that gets it in the middle; prints its end.
stop_by() {
    number=$1
    shift
    python3 "$tests/e2e/halt.py" "$number" "$bundle.partial" \
        "$SEALIFT" export --unsigned -o "$bundle" "$@" "$stalled" 2>"$err"
}

while read -r number end code what; do
    must new_stall
    check_equal "$what ends an export" "$end $code" "$(stop_by "$number")"
    check "$what leaves no bundle" test ! -e "$bundle"
    end_stall
done <<'SIGNALS'
INT  exit   130 ^C
TERM exit   143 a request to end
KILL killed 9   a killed process
SIGNALS

expect 0 "the same command completes afterwards" sealift export --unsigned -o "$bundle" "$name"
check_equal "only the bundle is left" images.tar "$(ls -A "$work/carrier")"
expect 0 "the bundle is complete" sealift verify --insecure-skip-verify "$bundle"

# An existing file.
echo precious >"$bundle"
must forget_requests source
expect 12 "refuses to replace an existing file" sealift export --unsigned -o "$bundle" "$name"
check_equal "the file is unchanged" precious "$(cat "$bundle")"
check_equal "no request reached the registry" 0 "$(requests source)"

must new_stall
check_equal "^C ends an export with --force" "exit 130" "$(stop_by INT --force)"
check_equal "the old file is unchanged" precious "$(cat "$bundle")"
end_stall

expect 0 "--force replaces it" sealift export --force --unsigned -o "$bundle" "$name"
expect 0 "the new bundle is complete" sealift verify --insecure-skip-verify "$bundle"
check_equal "no other file is left" images.tar "$(ls -A "$work/carrier")"

expect 9 "an export with --force can fail" \
    sealift export --force --unsigned -o "$bundle" "$name-not"
expect 0 "the old bundle is left" sealift verify --insecure-skip-verify "$bundle"
expect 9 "refuses a folder that does not exist" \
    sealift export --unsigned -o "$work/nowhere/b.tar" "$name"

# An import: its tags come last, so what is half there has no name, and the next run ends it.
must start_registry target
repositories=$work/registry/target/store/docker/registry/v2/repositories
must start_stall target 2500
stop_import_by() {
    python3 "$tests/e2e/halt.py" "$1" "$repositories/half" "$SEALIFT" \
        import -q --report "$work/report" --strip-host --insecure-skip-verify "$bundle" \
        "$(stalled_address)/half" 2>"$err"
}
check_equal "^C ends an import" "exit 130" "$(stop_import_by INT)"
check "the import had begun" test -d "$repositories/half"
check_equal "no image is reported as pushed" \
    unfinished "$(field "$work/report" 'd["images"][0]["state"]')"
check_equal "no tag was set" "" "$(find "$repositories" -path '*/_manifests/tags/*')"
end_stall
expect 0 "the same import completes afterwards" \
    sealift import --strip-host --insecure-skip-verify "$bundle" "$(address_of target)/half"
check "every image is at the target" same_images source target half

# A smart card that never answers: the library that waits for it is ended with the program.
cat >"$work/pkcs11.c" <<'CODE'
#include <stdlib.h>
#include <fcntl.h>
#include <unistd.h>
int OSSL_provider_init(const void *core, const void *in, const void **out, void **context)
{
    (void)core, (void)in, (void)out, (void)context;
    close(open(getenv("REACHED"), O_CREAT | O_WRONLY, 0600));
    for (;;)
        pause();
}
CODE
stop_card_by() {
    rm -f "$work/reached"
    REACHED=$work/reached OPENSSL_MODULES=$work python3 "$tests/e2e/halt.py" "$1" \
        "$work/reached" "$SEALIFT" key show pkcs11:token=silent 2>"$err"
}
if grep -qa __asan_init "$SEALIFT"; then
    skip "one signal ends the wait for a silent smart card" "built with a sanitizer"
elif ! cc -shared -fPIC -o "$work/pkcs11.so" "$work/pkcs11.c" 2>/dev/null; then
    skip "one signal ends the wait for a silent smart card" "there is no C compiler"
elif sealift key show pkcs11:token=silent 2>&1 </dev/null | grep -q 'static program'; then
    skip "one signal ends the wait for a silent smart card" "a static program loads no modules"
else
    check_equal "^C ends the wait for a silent smart card" "killed 2" "$(stop_card_by INT)"
    check_equal "SIGTERM does so, too" "killed 15" "$(stop_card_by TERM)"
fi

done_testing
