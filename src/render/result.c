/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/result.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "images/image_kind.h"
#include "io/json/json_write.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
result_init(struct result *r, const char *command)
{
    r->json = jsout_object();
    jsout_put_text(r->json, "command", command);
}

void
result_release(struct result *r)
{
    buf_release(&r->text);
    if (r->json)
        jsout_free(r->json);
    r->json = NULL;
}

void
result_say(struct result *r, const char *fmt, ...)
{
    CLEANUP(buf_release) struct buf raw = BUF_INIT(RESULT_TEXT_MAX / 5);
    CLEANUP(mem_free_string) char *line = NULL;
    size_t len = strlen(fmt);
    bool ends = len > 0 && fmt[len - 1] == '\n';
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = buf_add_va(&raw, fmt, ap);
    va_end(ap);
    if (rc < 0 || raw.len == 0)
        return;
    len = raw.len - ends;
    line = xmalloc(4 * len + 4);
    text_line(line, 4 * len + 4, raw.data, len);
    /* At most 64 MiB of text; the JSON is complete. */
    if (buf_add_text(&r->text, line) == 0 && ends)
        (void)!buf_add_text(&r->text, "\n");
}

void
result_say_state(struct result *r, enum result_state state, const char *word)
{
    static const char *const colours[] = {[RESULT_GOOD] = "\033[32m",
                                          [RESULT_DOUBTFUL] = "\033[33m",
                                          [RESULT_BAD] = "\033[31m"};

    result_add(r, "%s%s%s", r->colour ? colours[state] : "", word,
               r->colour ? "\033[0m" : "");
}

void
result_add(struct result *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    (void)!buf_add_va(&r->text, fmt, ap);
    va_end(ap);
}

void
result_put_digest(struct jsout *obj, const char *key, const struct digest *d)
{
    char text[DIGEST_TEXT_MAX];

    digest_text(d, text);
    jsout_put_text(obj, key, text);
}

struct jsout *
result_entry(const struct image_set *set, const struct image_entry *e)
{
    const char *artifact_type = image_artifact_type(set, e);
    struct jsout *obj = jsout_object();

    jsout_put_text(obj, "name", e->name);
    jsout_put_text(obj, "kind", image_kind(set, e));
    jsout_put_text(obj, "mediaType", e->media_type);
    if (artifact_type[0] != '\0')
        jsout_put_text(obj, "artifactType", artifact_type);
    result_put_digest(obj, "digest", &e->digest);
    jsout_put_u64(obj, "size", e->size);
    if (e->is_made)
        jsout_put_bool(obj, "digestMadeHere", true);
    return obj;
}

void
result_rebuilt(struct result *r, struct jsout *image, const struct image_entry *e)
{
    char before[DIGEST_TEXT_MAX], now[DIGEST_TEXT_MAX];

    if (!e->is_rebuilt)
        return;
    digest_text(&e->rebuilt_from, before);
    digest_text(&e->digest, now);
    jsout_put_text(image, "rebuiltFrom", before);
    result_say(r, "rebuilt   %s: the digest was %s and is now %s\n", e->name, before,
               now);
}

void
result_made_here(struct result *r, const struct image_set *set)
{
    const struct image_entry *last = NULL;
    size_t count = 0;
    char names[TEXT_COUNT_MAX];

    for (size_t i = 0; i < set->count; i++) {
        count += set->entries[i].is_made;
        last = set->entries[i].is_made ? &set->entries[i] : last;
    }
    if (count == 1)
        result_say(r, "note      digest made here for %s: its archive has no manifest\n",
                   last->name);
    else if (count > 1)
        result_say(
            r, "note      digests made here for %s: their archives have no manifests\n",
            text_count(names, count, "name", "names"));
}

void
result_put_meta(struct jsout *obj, const struct bundle_meta *meta)
{
    char time[CLOCK_TEXT_MAX];

    jsout_put_text(obj, "stream", meta->stream);
    jsout_put_u64(obj, "serial", meta->serial);
    clock_format(time, meta->created);
    jsout_put_text(obj, "created", time);
    if (meta->has_expires) {
        clock_format(time, meta->expires);
        jsout_put_text(obj, "expires", time);
    }
    jsout_put_text(obj, "tool", meta->tool);
}

void
result_say_meta(struct result *r, const struct bundle_meta *meta)
{
    char time[CLOCK_TEXT_MAX];

    clock_format(time, meta->created);
    result_say(r, "created   %s by %s\n", time, meta->tool);
    result_say(r, "stream    %s, serial %" PRIu64 "\n", meta->stream, meta->serial);
    if (meta->has_expires) {
        clock_format(time, meta->expires);
        result_say(r, "expires   %s\n", time);
    }
}

void
result_contents(struct result *r, const struct bundle_content *c, const char *note)
{
    char names[TEXT_COUNT_MAX], objects[TEXT_COUNT_MAX], size[TEXT_HUMAN_MAX];
    uint64_t bytes = 0;

    for (size_t i = 0; i < c->member_count; i++)
        bytes += c->members[i].size; /* within the file, which the reader has measured */
    jsout_put_u64(r->json, "objects", c->member_count);
    jsout_put_u64(r->json, "objectBytes", bytes);
    jsout_put_u64(r->json, "bundleBytes", c->total);
    jsout_put_u64(r->json, "omitted", image_set_omitted(&c->set));
    result_say(r, "contents  %s, %s, %s%s\n",
               text_count(names, c->set.count, "name", "names"),
               text_count(objects, c->member_count, "object", "objects"),
               text_human(size, bytes), note);
}
