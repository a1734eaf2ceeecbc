/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_policy.h"

#include "base/clock.h"
#include "io/json/json_write.h"

#include <inttypes.h>
#include <string.h>

/* A policy has 256 KiB, and no part of it is named in more than one place of a line. */
#define SENTENCE_MAX (512U * 1024) /* bytes */

struct policy_words {
    struct result *r;
    struct jsout *meaning;
    const struct policy *policy;
    struct buf line;
};

static void add_words(struct policy_words *w, const char *fmt, ...) PRINTF(2, 3);

/* What does not fit is left out. */
static void
add_words(struct policy_words *w, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)!buf_add_va(&w->line, fmt, args);
    va_end(args);
}

static void
end_line(struct policy_words *w, const char *subject)
{
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "subject", subject);
    jsout_put_text(obj, "text", w->line.data);
    jsout_append(w->meaning, obj);
    result_say(w->r, "%-9s %s\n", subject, w->line.data);
    buf_clear(&w->line);
}

/* "a", "a and b", "a, b and c". */
static void
add_enumeration(struct policy_words *w, size_t i, size_t count, const char *name)
{
    add_words(w, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", name);
}

static void
add_texts(struct policy_words *w, const struct policy_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        add_enumeration(w, i, t->count, t->items[i]);
}

/* "both a and b have signed it". */
static void
add_quorum(struct policy_words *w, const struct policy_quorum *q)
{
    if (q->threshold == q->count && q->count == 2)
        add_words(w, "both ");
    else if (q->threshold == q->count && q->count > 2)
        add_words(w, "all of ");
    else if (q->threshold == 1 && q->count > 1)
        add_words(w, "any one of ");
    else if (q->count > 1)
        add_words(w, "any %" PRIu64 " of ", q->threshold);
    for (size_t i = 0; i < q->count; i++)
        add_enumeration(w, i, q->count, w->policy->signers[q->signers[i]].name);
    add_words(w, q->threshold > 1 ? " have signed it" : " has signed it");
}

static void
say_signer(struct policy_words *w, const struct policy_signer *s)
{
    char time[CLOCK_TEXT_MAX];

    add_words(w, "%s signs with ", s->name);
    if (s->is_x509) {
        add_words(w, "a certificate issued by ");
        add_texts(w, &s->x509.anchors);
        if (s->x509.subject)
            add_words(w, ", with the subject %s", s->x509.subject);
        if (s->x509.sans.count > 0) {
            add_words(w, ", with one of the names ");
            add_texts(w, &s->x509.sans);
        }
        if (s->x509.has_spki)
            add_words(w, ", with one given key");
    } else {
        add_words(w, s->keys.count > 1 ? "any of the keys " : "the key ");
        add_texts(w, &s->keys);
    }
    if (s->has_not_after) {
        clock_format(time, s->not_after);
        add_words(w, "; bundles made after %s do not count", time);
    }
    end_line(w, "signer");
}

static void
say_stream(struct policy_words *w, const struct policy_stream *s)
{
    size_t len = strlen(s->pattern);

    if (strcmp(s->pattern, "*") == 0)
        add_words(w, "any without another rule: a bundle is accepted when ");
    else if (s->pattern[len - 1] == '*')
        add_words(w, "any whose name begins with %.*s: a bundle is accepted when ",
                  (int)len - 1, s->pattern);
    else
        add_words(w, "%s: a bundle is accepted when ", s->pattern);
    add_quorum(w, &s->quorum);
    if (s->has_max_age)
        add_words(w, "; it expires %" PRIu64 " day%s after it was made", s->max_age_days,
                  s->max_age_days > 1 ? "s" : "");
    add_words(w, s->may_go_back ? "; also when it is older than the last one imported"
                                : "; not when it is older than the last one imported");
    if (s->targets.count > 0) {
        add_words(w, "; its images go only to ");
        add_texts(w, &s->targets);
    }
    end_line(w, "stream");
}

static void
say_if(struct policy_words *w, bool holds, const char *subject, const char *text)
{
    if (!holds)
        return;
    add_words(w, "%s", text);
    end_line(w, subject);
}

static void
say_others(struct policy_words *w)
{
    const struct policy *p = w->policy;

    say_if(w, true, "stream",
           p->accepts_other_streams
               ? "any other: a bundle is accepted when any one signer has signed it"
               : "any other: no bundle is accepted");
    say_if(w, p->may_be_expired, "override",
           "an expired bundle is accepted on request, with a reason");
    say_if(w, p->may_roll_back, "override", "an older bundle is accepted on request");
    say_if(w, p->may_skip, "override",
           "a bundle that no one signed is accepted on request");
}

static void
say_updates(struct policy_words *w)
{
    if (w->policy->has_root) {
        add_words(w, "the next version of this store is accepted when ");
        add_quorum(w, &w->policy->root);
    } else {
        add_words(w, "none is accepted: this store is changed by hand");
    }
    end_line(w, "updates");
}

void
render_policy(struct result *r, const struct policy *p)
{
    struct policy_words w = {
        .r = r, .meaning = jsout_array(), .policy = p, .line = BUF_INIT(SENTENCE_MAX)};

    for (size_t i = 0; i < p->signer_count; i++)
        say_signer(&w, &p->signers[i]);
    for (size_t i = 0; i < p->stream_count; i++)
        say_stream(&w, &p->streams[i]);
    say_others(&w);
    say_updates(&w);
    jsout_put(r->json, "meaning", w.meaning);
    buf_release(&w.line);
}
