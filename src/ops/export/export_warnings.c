/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_warnings.h"

#include "base/clock.h"

#include <inttypes.h>

static void
warn_of_expiry(const struct export_options *o, uint64_t created)
{
    uint64_t now = clock_now();
    char then[CLOCK_TEXT_MAX], today[CLOCK_TEXT_MAX];

    clock_format(then, o->expires);
    clock_format(today, now);
    if (o->expires < now)
        events_warning_because(&o->plan.run->events, REASON_EXPIRED,
                               "the bundle expires on %s, and now is %s: it will be "
                               "refused on the other side",
                               then, today);
    else if (o->expires < created)
        events_warning_because(&o->plan.run->events, REASON_EXPIRED,
                               "the bundle expires on %s, before the time of creation "
                               "that SOURCE_DATE_EPOCH gives it",
                               then);
}

int
export_warn_of_claims(const struct export_options *o, struct err *err)
{
    uint64_t created;
    int fixed = clock_source_date(&created, err);

    if (fixed < 0)
        return -1;
    if (o->has_expires)
        warn_of_expiry(o, fixed ? created : 0);
    if (fixed && !o->has_serial)
        events_warning_because(&o->plan.run->events, REASON_SERIAL,
                               "the serial is SOURCE_DATE_EPOCH, %" PRIu64
                               ": of two different bundles of stream '%s' with the same "
                               "serial, the other side refuses the second",
                               created, o->stream);
    return 0;
}

static void
warn_of_sparse_indexes(const struct export_options *o, const struct image_set *set)
{
    size_t count = image_set_sparse(set);

    if (o->accepts_sparse || count == 0)
        return;
    events_warning_because(
        &o->plan.run->events, REASON_SPARSE_INDEX,
        "%zu of %zu images keep an index that lists platforms which are left out: "
        "docker-registry, the registry of crane, 'ctr images import' and kind refuse it",
        count, set->count);
}

static void
warn_of_referrers(const struct export_options *o, const struct plan *plan)
{
    size_t count = 0, first = 0;

    for (size_t i = plan->name_count; i-- > 0;) {
        count += plan->names[i].is_rebuilt;
        first = plan->names[i].is_rebuilt ? i : first;
    }
    if (count == 0)
        return;
    events_warning_because(&o->plan.run->events, REASON_DROPPED_REFERRERS,
                           "signatures and other referrers of %zu indexes that were "
                           "rebuilt are not carried, since they are about the old "
                           "digests; first: %s",
                           count, plan->set.entries[first].name);
}

void
export_warn_of_indexes(const struct export_options *o, const struct plan *plan)
{
    warn_of_sparse_indexes(o, &plan->set);
    if (o->plan.referrers)
        warn_of_referrers(o, plan);
}
