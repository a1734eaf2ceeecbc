/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_estimate.h"

#include "base/mem.h"
#include "ops/export/export_writing.h"
#include "ops/export/reuse.h"

int
export_open_reuse(struct reuse *s, const struct export_options *o, struct err *err)
{
    for (size_t i = 0; i < o->reuse_count; i++) {
        CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;

        if (volume_set_open(&files, &o->reuse[i], 1, err) < 0 ||
            reuse_add(s, &files, err) < 0)
            return err_wrap(err, "bundle to reuse '%s'", o->reuse[i]);
    }
    return 0;
}

/* Data of an earlier run; optional. */
static void
add_left(struct reuse *s, const char *output, const char *suffix)
{
    CLEANUP(mem_free_string) char *path = xasprintf("%s%s", output, suffix);
    CLEANUP(volume_set_release) struct volume_set files = VOLUME_SET_INIT;
    const char *const paths[] = {path};

    if (volume_set_open(&files, paths, 1, err_ignored()) == 0)
        (void)!reuse_add(s, &files, err_ignored());
}

/* In bytes: blobs may end with zeros and still be complete. */
static const uint64_t ZEROS_AT_END = 64 << 10;

/* Available bytes of a member, in the best source. */
static uint64_t
measure_member(const struct reuse *s, const struct bundle_member *m)
{
    uint64_t best = 0;

    for (size_t i = 0; i < s->count; i++) {
        uint64_t at, filled, used;

        if (!blob_index_find(&s->stocks[i], &m->digest, m->size, &at) ||
            volumes_used(&s->files[i].volumes, at, m->size, &filled, &used,
                         err_ignored()) < 0)
            continue;
        if (used > 0 && filled == m->size && m->size - used < ZEROS_AT_END)
            used = m->size;
        best = used > best ? used : best;
    }
    return best;
}

int
export_estimate(struct export_result *r, const struct export_options *o, struct err *err)
{
    struct reuse stock = REUSE_INIT;
    int rc = export_open_reuse(&stock, o, err);

    if (rc == 0 && o->output) {
        add_left(&stock, o->output, ".partial");
        add_left(&stock, o->output, ".partial.old");
    }
    for (size_t i = 0; rc == 0 && i < r->layout.member_count; i++) {
        const struct bundle_member *m = &r->layout.members[i];
        uint64_t here;
        size_t size;

        if (document_cache_find(r->plan.cache, &m->digest, &size) && size == m->size)
            continue;
        here = measure_member(&stock, m);
        r->reused += here;
        r->fetched += m->size - here;
    }
    reuse_release(&stock);
    return rc;
}
