/* SPDX-License-Identifier: Apache-2.0 */
/* diff_side.h - one of the two things that diff compares: a bundle, an archive, a
 * receipt, a name in a registry, or a registry with a path.
 *
 * Layer: ops.
 */
#ifndef OPS_DIFF_DIFF_SIDE_H
#define OPS_DIFF_DIFF_SIDE_H

#include "oci/mapping.h"
#include "ops/plan/plan.h"
#include "ops/source/sources.h"
#include "registry/connection/client.h"

#define DIFF_NAMES_MAX 100000 /* of one side */

enum diff_kind {
    DIFF_PLACE,   /* REGISTRY[/PREFIX] */
    DIFF_NAME,    /* a name in a registry, with a tag or a digest */
    DIFF_ARCHIVE, /* of another tool */
    DIFF_BUNDLE,
    DIFF_RECEIPT,
};

struct diff_name {
    char *key;            /* owned; names with equal keys are compared */
    char *name;           /* owned; for output */
    struct reference ref; /* in its registry, or as the archive has it */
    bool has_digest;
    struct digest digest;
};

struct diff_names {
    struct diff_name *items;
    size_t count, cap;
};

struct diff_options {
    const char *texts[2];          /* A and B, as typed */
    struct source_options sources; /* also how bundles and receipts are judged */
    bool strip_host;               /* as for struct mapping */
    const struct mapping_rule *rules;
    size_t rule_count;
    struct client *client;
    struct run *run;
};

struct diff_side {
    enum diff_kind kind;
    const char *text;       /* borrowed */
    struct target place;    /* of a DIFF_PLACE */
    struct reference name;  /* of a DIFF_NAME */
    struct sources sources; /* of a bundle or an archive */
    struct image_source source;
    struct plan plan; /* of what is in it; of a registry only what is needed there */
    struct diff_names names;
    /* For a receipt: "REGISTRY[/PREFIX]", and the target of each name.  Owned. */
    char *pushed_to;
    struct reference *targets;
    size_t target_cap;
};

#define DIFF_SIDE_INIT                                                                   \
    {                                                                                    \
        .sources = SOURCES_INIT, .plan = PLAN_INIT                                       \
    }
void diff_side_release(struct diff_side *s);

/*
 * What a text stands for.  A file is a receipt if it begins like JSON, else a bundle.
 * Errors: ERR_USAGE - a folder; ERR_NOT_FOUND - there is no such file; ERR_LOCAL.
 */
MUST_USE int diff_kind_of(const char *text, enum diff_kind *kind, struct err *err);

/*
 * Open a side.  Names are read of bundles, archives and receipts; registries are not
 * contacted.
 * Errors: those of diff_kind_of(), sources_open(), plan.h, verify_receipt() and of
 * parsing references.
 */
MUST_USE int diff_side_open(struct diff_side *out, const char *text,
                            const struct diff_options *options, struct err *err);

/* Whether its objects are in the plan, with nothing left out. */
bool diff_side_is_local(const struct diff_side *s);

/* The only image of a side other than a DIFF_PLACE; NULL: there are more, or none. */
const struct diff_name *diff_side_single(const struct diff_side *s);

/* Add a name; key NULL: the name.  The item has no digest.  Errors: ERR_LIMIT. */
MUST_USE int diff_names_add(struct diff_names *names, const struct reference *ref,
                            const char *key, struct diff_name **out, struct err *err);
void diff_names_release(struct diff_names *names);

#endif
