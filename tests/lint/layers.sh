#!/bin/sh
# layers.sh - an #include points sideways in its own folder or down, never up.
#
#     base < io < oci < {registry, bundle, trust} < ops < cli
#
# The three siblings never include each other.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    (cd "$1" && grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' .) |
        sed 's/^\.\///' | awk '
        BEGIN {
            n = split("base:1 io:2 oci:3 registry:4 bundle:4 trust:4 ops:5 cli:6", pairs, " ")
            for (i = 1; i <= n; i++) {
                split(pairs[i], pair, ":")
                rank[pair[1]] = pair[2]
            }
        }
        {
            split($0, quoted, "\"")
            if (quoted[2] == "config.h")
                next
            from = $0
            sub("/.*", "", from)
            to = quoted[2]
            if (!sub("/.*", "", to) || !(from in rank) || !(to in rank) ||
                (from != to && rank[to] >= rank[from]))
                print
        }'
}

plant base/low.c '#include "config.h"' '#include "base/low.h"' '#include "io/up.h" // WRONG'
plant bundle/a.c '#include "bundle/b.h"' '#include "oci/c.h"' \
    '#include "trust/sibling.h" // WRONG' '#include "ops/up.h" // WRONG'
plant cli/main.c '#include "ops/a.h"' '#include "b.h" // WRONG' \
    '#  include "nowhere/b.h" // WRONG'
lint "every include points sideways or down"
