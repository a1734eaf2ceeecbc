/* export.h - names in, one signed bundle out.
 *
 * Layer: ops.
 */
#ifndef OPS_EXPORT_H
#define OPS_EXPORT_H

#include "io/pki.h"
#include "ops/plan.h"

struct export_options {
    struct plan_options plan;
    const char *output;
    bool force;                /* replace an existing file */
    bool dry_run;              /* stop when the plan stands */
    const struct pki_key *key; /* NULL: unsigned, which the user asked for */
    const char *stream;
    bool has_serial;
    uint64_t serial;
    bool has_expires;
    uint64_t expires; /* epoch seconds */
    const char *tool; /* "sealift/x.y.z" */
};

struct export_result {
    struct plan plan;
    struct layout layout; /* what was written, or would be */
    struct bundle_meta meta;
    struct digest index; /* of index.json: what was signed */
};

#define EXPORT_RESULT_INIT                                                               \
    {                                                                                    \
        .plan = PLAN_INIT, .layout = LAYOUT_INIT                                         \
    }

/*
 * Plan, then write in place, sign, publish.  Under its final name the bundle is complete,
 * or it does not exist.
 * Errors: ERR_CONFLICT, ERR_LOCAL of file.h; those of plan_make() and pull.h.
 */
MUST_USE int export_run(struct export_result *out, const struct export_options *options,
                        struct err *err);
void export_result_release(struct export_result *r);

#endif
