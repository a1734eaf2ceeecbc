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

# --- the policy of the manual page -------------------------------------------------------

# A literal block: the lines between two of "```".
awk '/^With a policy, only the keys/ { inside = 1; next }
    inside && /^```/ { if (seen) exit; seen = 1; next }
    seen { print }' "$abs_top_srcdir/docs/man/sealift.1.scd" >policy.json
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
