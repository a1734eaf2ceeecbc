/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a settings file says, each value is one of an option that may come from there,
 * and every command can use it; else the error names file and line. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>

static void
apply_to(struct settings *s, const struct command *c)
{
    void *options = xcalloc(1, c->options_size);
    unsigned char *sources = opt_sources_new(c->table);
    struct err err = ERR_INIT;

    assert(settings_apply(s, c, options, sources, &err) == 0);
    opt_release(c->table, options);
    free(options);
    free(sources);
}

static void
assert_allowed(const struct setting *x)
{
    bool is_allowed = false;

    assert(x->value[0] != '\0' && text_starts(x->place, "f:"));
    for (const struct command *const *c = commands; *c; c++) {
        const struct opt *o = opt_find((*c)->table, x->name, strlen(x->name));

        if (o && (!x->command || x->command == *c))
            is_allowed |= opt_may_come_from(o, x->source);
    }
    assert(is_allowed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
    const char *text = size > 0 ? (const char *)data : "";
    enum opt_source source = size % 2 == 0 ? OPT_SYSTEM : OPT_USER;
    struct err err = ERR_INIT;

    if (settings_add_file(&s, source, "f", text, size, &err) < 0) {
        assert((err.kind == ERR_USAGE || err.kind == ERR_LIMIT) &&
               text_starts(err.msg, "f:"));
        assert_told(err.msg);
        assert_plain(err.hint);
    }
    for (size_t i = 0; i < s.count; i++)
        assert_allowed(&s.items[i]);
    for (const struct command *const *c = commands; *c; c++)
        apply_to(&s, *c);
    return 0;
}
