#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# circles.sh - files do not need each other in a loop, so that each can be read after those below
# it.  What closes one is mostly a type next to a function that comes later: give it a header of
# its own, or the file of those who know it best.

# shellcheck source=tests/lint/lint.sh
. "$(dirname "$0")/lint.sh"

# circles FOLDER: the files of each, one a line; with -v before it, what ties them too.
circles() {
    python3 -B "$abs_top_srcdir/tests/lint/arrows.py" "$@"
}

check "there are sources to inspect" test "$(find "$src" -name '*.c' | wc -l)" -gt 20
check_equal "no files need each other in a loop" "" "$(circles -v "$src")"

# Two headers, and a function that a third one declares.
plant io/a.h '#include "io/b.h"'
plant io/b.h '#include "io/a.h"'
plant ops/one.c '#include "ops/all.h"' 'int' 'one_open(int x)' '{' '    return two_open(x);' '}'
plant ops/two.c '#include "ops/all.h"' 'int' 'two_open(int x)' '{' '    return one_name[x];' '}'
plant ops/one.h 'int one_open(int x);' 'extern const int one_name[2];'
plant ops/all.h 'int two_open(int x);' 'int one_open(int x);' 'extern const int one_name[2];'
plant ops/names.c '#include "ops/all.h"' 'const int one_name[2] = {1, 2};' \
    'int use(int x)' '{' '    return one_open(x);' '}'
# An internal header is a part of its file.
plant trust/key.c '#include "trust/key_internal.h"' '#include "trust/form.h"'
plant trust/key_internal.h 'struct key {' '    int x;' '};'
plant trust/form.h '#include "trust/key_internal.h"'
# No circles: a comment, a text, a struct of that name, a static function, a member.
plant oci/graph.c '#include "oci/graph.h"' '#include "oci/walk.h" // not walk_root()' \
    'struct walk_root {' '    int x;' '};' 'int graph_open(struct walk_root *r)' '{' '}'
plant oci/graph.h 'struct walk_root;' 'int graph_open(struct walk_root *r);'
plant oci/walk.h 'int walk_root(void);'
plant oci/walk.c '#include "oci/walk.h"' 'static int graph_open(void)' '{' '}' \
    '/* graph_open() */' 'int walk_root(void)' '{' '    return s->graph_open + say("graph_open");' '}'
check_equal "circles would be found" "io/a io/b
ops/names ops/one ops/two
trust/form trust/key" "$(circles "$work/planted")"
check_equal "what ties one would be named" "trust/form trust/key
    trust/form -> trust/key
    trust/key -> trust/form" "$(circles -v "$work/planted" | tail -n 3 | sed 's/ *$//')"
done_testing
