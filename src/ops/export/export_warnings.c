/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/export/export_warnings.h"

#include "base/clock.h"
#include "base/text.h"

#include <inttypes.h>

enum { LISTED_MAX = 800 /* bytes of names in one warning */, DAY = 86400 };

static void
warn_of_expiry(const struct export_options *o, uint64_t created)
{
    uint64_t now = clock_now();
    char then[CLOCK_TEXT_MAX], today[CLOCK_TEXT_MAX];

    clock_format(then, o->expires);
    clock_format(today, now);
    if (o->expires < now)
        events_warning_because(&o->plan.run->events, REASON_EXPIRED,
                               "expiry time %s is in the past (now %s): the bundle "
                               "cannot be imported",
                               then, today);
    else if (o->expires < created)
        events_warning_because(&o->plan.run->events, REASON_EXPIRED,
                               "expiry time %s is before the creation time, which is "
                               "SOURCE_DATE_EPOCH",
                               then);
}

static void
warn_of_future(const struct export_options *o, uint64_t created)
{
    char then[CLOCK_TEXT_MAX];

    clock_format(then, created);
    events_warning_because(&o->plan.run->events, REASON_CLOCK,
                           "creation time %s, from SOURCE_DATE_EPOCH, is in the future: "
                           "import may refuse this bundle until then, and afterwards "
                           "bundles that were created before it",
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
    if (fixed && created > clock_now() + DAY)
        warn_of_future(o, created);
    if (fixed && !o->has_serial)
        events_warning_because(&o->plan.run->events, REASON_SERIAL,
                               "serial %" PRIu64 " comes from SOURCE_DATE_EPOCH: import "
                               "refuses a second bundle of stream '%s' with that serial",
                               created, o->stream);
    return 0;
}

/* Names in one line; what does not fit is counted. */
struct name_list {
    struct buf text;
    size_t count, unlisted;
};

static void
add_to_list(struct name_list *l, const char *name, const char *how)
{
    CLEANUP(buf_release) struct buf item = BUF_INIT(REFERENCE_TEXT_MAX + LISTED_MAX);

    if (buf_addf(&item, "%s%s (%s)", l->count > 0 ? "; " : "", name, how) < 0 ||
        l->unlisted > 0 || buf_add(&l->text, item.data, item.len) < 0)
        l->unlisted++;
    l->count++;
}

static void
warn_of_list(const struct events *events, enum err_reason reason, const char *what,
             struct name_list *l)
{
    if (l->unlisted > 0)
        events_warning_because(events, reason, "%zu images %s: %s; and %zu more",
                               l->count, what, l->text.len > 0 ? l->text.data : "",
                               l->unlisted);
    else if (l->count > 0)
        events_warning_because(events, reason, "%zu image%s %s: %s", l->count,
                               l->count == 1 ? "" : "s", what, l->text.data);
}

void
export_warn_of_platforms(const struct export_options *o, const struct plan *plan)
{
    const struct events *events = &o->plan.run->events;
    CLEANUP(buf_release) struct buf how = BUF_INIT(LISTED_MAX);
    struct name_list some = {.text = BUF_INIT(LISTED_MAX)};
    struct name_list none = {.text = BUF_INIT(LISTED_MAX)};

    for (size_t i = 0; i < plan->name_count; i++) {
        buf_clear(&how);
        choice_list(o->plan.choice, plan->names[i].lacks, &how);
        if (plan->names[i].lacks)
            add_to_list(&some, plan->set.entries[i].name, how.data);
    }
    for (size_t i = 0; i < plan->skipped.count; i++) {
        buf_clear(&how);
        platform_offer_list(&plan->skipped.items[i].offer, &how);
        add_to_list(&none, plan->skipped.items[i].name, how.data);
    }
    warn_of_list(events, REASON_FEWER_PLATFORMS, "without some of the selected platforms",
                 &some);
    warn_of_list(events, REASON_SKIPPED, "skipped, with none of the selected platforms",
                 &none);
    buf_release(&some.text);
    buf_release(&none.text);
}

static void
warn_of_sparse_indexes(const struct export_options *o, const struct image_set *set)
{
    size_t count = image_set_sparse(set);
    char keep[TEXT_COUNT_MAX];

    if (o->accepts_sparse || count == 0)
        return;
    events_warning_because(
        &o->plan.run->events, REASON_SPARSE_INDEX,
        "%s an index that lists omitted platforms: docker-registry, the crane registry, "
        "'ctr images import' and kind reject it",
        text_count(keep, count, "image keeps", "images keep"));
}

static void
warn_of_referrers(const struct export_options *o, const struct plan *plan)
{
    size_t count = 0, first = 0;

    for (size_t i = plan->name_count; i-- > 0;) {
        count += plan->names[i].drops_referrers;
        first = plan->names[i].drops_referrers ? i : first;
    }
    if (count == 0)
        return;
    events_warning_because(&o->plan.run->events, REASON_DROPPED_REFERRERS,
                           "signatures and other referrers of rebuilt indexes are not "
                           "exported, because they refer to the old digests: %zu of %zu "
                           "images, first %s",
                           count, plan->name_count, plan->set.entries[first].name);
}

void
export_warn_of_indexes(const struct export_options *o, const struct plan *plan)
{
    warn_of_sparse_indexes(o, &plan->set);
    if (o->plan.referrers)
        warn_of_referrers(o, plan);
}
