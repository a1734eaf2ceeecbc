#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# documents.sh - the documents are installed, and what they show can be pasted.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
cd "$work" || exit 99
PATH=$abs_top_builddir:$PATH

# --- installed ---------------------------------------------------------------------------

expect 0 "make install-data succeeds" env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
    make -s -C "$abs_top_builddir" install-data DESTDIR="$work/root"
for document in README.md trust.md bundle-format.md architecture.md recipes.md selection.md CHANGELOG.md; do
    check "$document is installed" test -n "$(find root -path "*/doc/sealift/$document")"
done

for page in man1/sealift.1 man1/sealift-export.1 man1/sealift-verify-receipt.1 man5/sealift-policy.5; do
    [ -f "$abs_top_builddir/docs/man/${page#*/}" ] || continue # no scdoc
    check "${page#*/} is installed" test -n "$(find root -path "*/$page*")"
done

# --- the policy of the manual ----------------------------------------------------------

# A literal block: the lines between two of "```".
awk '/^With a policy, only the keys/ { inside = 1; next }
    inside && /^```/ { if (seen) exit; seen = 1; next }
    seen { print }' "$abs_top_srcdir/docs/man/sealift-policy.5.scd" >policy.json
check "the manual page has an example" grep -q '"threshold"' policy.json
check_equal "its lines fit 80 columns" "" "$(grep -E '.{67}' policy.json)"
for name in team second; do
    expect 0 "makes a key of $name" sealift keygen -q --type ed25519 --no-passphrase "$name"
    expect 0 "the key is trusted" sealift trust add -q --trust store "$name.pub"
done
cp policy.json store/policy.json
expect 0 "the example works when pasted" sealift trust list --trust store
check "the pasted policy takes effect" grep -q '^policy    version 1$' "$out"

done_testing
