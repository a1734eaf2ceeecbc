/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/target_options.h"

#include "base/text.h"
#include "base/text_safe.h"
#include "images/image_location.h"
#include "oci/graph_walk.h"

#include <string.h>

static int
read_on_existing(const char *text, enum on_existing *out, struct err *err)
{
    static const char *const words[] = {
        [EXISTING_ERROR] = "error",
        [EXISTING_SKIP] = "skip",
        [EXISTING_OVERWRITE] = "overwrite",
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = (enum on_existing)i;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "--on-existing must be one of error, skip, overwrite");
}

static int
check_read_back(const char *what, struct err *err)
{
    if (!what || strcmp(what, "blobs") == 0)
        return 0;
    return err_set(
        err, ERR_USAGE,
        "--read-back must be 'blobs'; manifests and tags are always read back");
}

static int
read_mapping(const struct target_options *o, const char *target,
             struct mapping_rule *rules, struct mapping *out, struct err *err)
{
    if (target && target_parse(&out->target, target, err) < 0)
        return -1;
    for (size_t i = 0; i < o->map.count; i++) {
        if (mapping_rule_parse(&rules[i], o->map.items[i], err) < 0)
            return -1;
    }
    out->strip_host = o->strip_host;
    out->tag_digests = o->tag_digests;
    out->rules = rules;
    out->rule_count = o->map.count;
    return 0;
}

int
target_options_read(const struct target_options *o, const char *target,
                    struct mapping_rule *rules, struct push_options *out, struct err *err)
{
    if (check_read_back(o->read_back, err) < 0 ||
        (o->on_existing && read_on_existing(o->on_existing, &out->on_existing, err) < 0))
        return -1;
    out->dry_run = o->dry_run;
    out->keep_going = o->keep_going;
    out->read_back_blobs = o->read_back;
    return read_mapping(o, target, rules, &out->mapping, err);
}

int
target_name_read(struct reference *out, const char *text, struct err *err)
{
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, text, strlen(text));
    if (image_location_is_local(text, strlen(text)))
        return err_set(err, ERR_USAGE, "'%s' is not a name in a registry", safe);
    if (reference_parse(out, text, strlen(text), err) < 0)
        return -1;
    if (out->has_digest)
        return err_set(err, ERR_USAGE,
                       "'%s': a name at the target must not have a digest", safe);
    if (out->is_default)
        out->tag[0] = '\0';
    return 0;
}

const char *
target_options_verdict(const struct target_options *o)
{
    return o->dry_run ? "nothing was sent (dry run)"
           : o->read_back
               ? "OK: every blob, manifest and tag was read back and is identical"
               : "OK: every manifest and tag was read back and is identical";
}

/* Registries with garbage collection delete untagged manifests. */
void
target_warn_untagged(const struct push_result *x, const struct events *events)
{
    const struct image_set *set = x->plan.set;
    size_t untagged = 0;
    char images[TEXT_COUNT_MAX];

    for (size_t i = 0; i < x->plan.name_count; i++) {
        const struct graph_object *o = graph_object(set->graph, set->entries[i].object);

        /* referrers are kept with their subject */
        untagged += x->plan.names[i].to.tag[0] == '\0' && !o->subject;
    }
    if (untagged > 0)
        events_warning_because(events, REASON_UNTAGGED,
                               "%s given by digest and got no tag: the registry may "
                               "garbage-collect what has none",
                               text_count(images, untagged, "image was", "images were"));
}
