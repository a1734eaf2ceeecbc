#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layers.sh - an #include points sideways in its own room or down, never up.
#
#     base < io < oci < images < {registry, archive, bundle, trust, lists} < ops < render < cli
#
# The five siblings never include each other. Inside io no adapter includes another one's
# folder but those of files and processes, which all may use.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

offenders() {
    (cd "$1" && grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' .) |
        sed 's/^\.\///' | awk '
        BEGIN {
            n = split("base:1 io:2 oci:3 images:4 registry:5 archive:5 bundle:5 trust:5 lists:5 ops:6 " \
                      "render:7 cli:8", pairs, " ")
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
plant bundle/reader/a.c '#include "bundle/format/b.h"' '#include "oci/c.h"' \
    '#include "trust/sibling.h" // WRONG' '#include "ops/plan/up.h" // WRONG'
plant render/a.c '#include "ops/verify/verify.h"' '#include "cli/opt.h" // WRONG'
plant cli/main.c '#include "ops/a.h"' '#include "b.h" // WRONG' \
    '#  include "nowhere/b.h" // WRONG'
lint "every include points sideways or down"
