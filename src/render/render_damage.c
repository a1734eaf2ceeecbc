/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/render_damage.h"

#include "io/json/json_write.h"
#include "ops/verify/check.h"

#include <inttypes.h>
#include <string.h>

static struct jsout *
damage_json(const struct damage *d, const struct volumes *file)
{
    struct jsout *obj = jsout_object();
    size_t first, last;

    if (d->has_digest)
        result_put_digest(obj, "digest", &d->digest);
    jsout_put_u64(obj, "offset", d->offset);
    jsout_put_u64(obj, "size", d->size);
    jsout_put_kind(obj, d->err.kind, d->err.reason);
    jsout_put_text(obj, "message", d->err.msg);
    if (volumes_span(file, d->offset, d->size, &first, &last)) {
        jsout_put_u64(obj, "firstVolume", first);
        jsout_put_u64(obj, "lastVolume", last);
    }
    return obj;
}

void
result_damage(struct result *r, const struct volumes *file,
              const struct damage_list *damage, const struct err *err)
{
    struct jsout *array;

    if (damage->is_cut_short) {
        jsout_put_u64(r->json, "notExaminedFrom", damage->unexamined);
        result_say(r,
                   "unread    not examined from byte %" PRIu64
                   " on: without a valid signature at most %llu MiB are read\n",
                   damage->unexamined, CHECK_UNTRUSTED_MAX >> 20);
    }
    if (damage->total == 0)
        return;
    array = jsout_array();
    for (size_t i = 0; i < damage->count; i++) {
        jsout_append(array, damage_json(&damage->items[i], file));
        if (damage->total > 1 || !strstr(err->msg, damage->items[i].err.msg))
            result_say(r, "damaged   %s\n", damage->items[i].err.msg);
    }
    if (damage->total > damage->count)
        result_say(r, "damaged   %zu more\n", damage->total - damage->count);
    jsout_put(r->json, "damage", array);
    jsout_put_u64(r->json, "damagedObjects", damage->total);
}
