/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_doctor.h"

#include "io/json/json_write.h"

#include <string.h>

static struct jsout *
finding_object(const struct finding *x)
{
    struct jsout *obj = jsout_object();
    const char *reason = err_reason_word(x->err.reason);

    jsout_put_text(obj, "subject", x->subject);
    jsout_put_text(obj, "state", finding_word(x->state));
    jsout_put_text(obj, "message", x->err.msg);
    if (reason)
        jsout_put_text(obj, "reason", reason);
    if (x->err.hint[0] != '\0')
        jsout_put_text(obj, "hint", x->err.hint);
    return obj;
}

static void
say_state(struct result *r, enum finding_state state)
{
    static const enum result_state states[] = {[FINDING_OK] = RESULT_GOOD,
                                               [FINDING_NOTE] = RESULT_GOOD,
                                               [FINDING_WARNING] = RESULT_DOUBTFUL,
                                               [FINDING_ERROR] = RESULT_BAD};
    const char *word = finding_word(state);

    if (state == FINDING_NOTE)
        result_say(r, "%s", word);
    else
        result_say_state(r, states[state], word);
    result_say(r, "%*s", 9 - (int)strlen(word), "");
}

void
render_findings(struct result *r, const struct findings *f)
{
    struct jsout *list = jsout_array();

    for (size_t i = 0; i < f->count; i++) {
        const struct finding *x = &f->items[i];

        jsout_append(list, finding_object(x));
        say_state(r, x->state);
        result_say(r, "%-12s %s%s%s\n", x->subject, x->err.msg,
                   x->err.hint[0] != '\0' ? "; " : "", x->err.hint);
    }
    jsout_put(r->json, "findings", list);
}
