/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/doctor/findings.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
findings_add(struct findings *f, const char *subject, enum finding_state state,
             const struct err *e)
{
    if (f->count == FINDINGS_MAX) {
        err_set(&f->items[f->count - 1].err, ERR_LIMIT, "more than %d findings",
                FINDINGS_MAX);
        return;
    }
    f->items = mem_grow(f->items, f->count, &f->cap, sizeof(*f->items));
    f->items[f->count++] =
        (struct finding){.subject = subject, .state = state, .err = *e};
}

void
findings_say(struct findings *f, const char *subject, enum finding_state state,
             const char *fmt, ...)
{
    struct err e = ERR_INIT;
    char text[sizeof(e.msg)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    text_line(e.msg, sizeof(e.msg), text, strlen(text));
    findings_add(f, subject, state, &e);
}

const char *
finding_word(enum finding_state state)
{
    static const char *const words[] = {[FINDING_OK] = "ok",
                                        [FINDING_NOTE] = "note",
                                        [FINDING_WARNING] = "warning",
                                        [FINDING_ERROR] = "error"};

    return words[state];
}

const struct finding *
findings_worst(const struct findings *f)
{
    const struct finding *worst = NULL;

    for (size_t i = 0; i < f->count; i++) {
        if (!worst || f->items[i].state > worst->state)
            worst = &f->items[i];
    }
    return worst;
}

int
findings_judge(const struct findings *f, struct err *err)
{
    const struct finding *worst = findings_worst(f);
    char errors[TEXT_COUNT_MAX];
    size_t count = 0;

    for (size_t i = 0; i < f->count; i++)
        count += f->items[i].state == FINDING_ERROR;
    if (count == 0)
        return 0;
    *err = worst->err;
    if (err->kind == ERR_USAGE && err->hint[0] == '\0')
        err_hint(err, "mend what the lines with 'error' name");
    return err_wrap(err, "%s found; first: %s",
                    text_count(errors, count, "error", "errors"), worst->subject);
}

void
findings_release(struct findings *f)
{
    free(f->items);
    *f = (struct findings)FINDINGS_INIT;
}
