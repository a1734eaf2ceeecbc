/* SPDX-License-Identifier: Apache-2.0 */
/* plan_name.h - a name on its way into a plan.
 *
 * Layer: ops.
 */
#ifndef OPS_PLAN_PLAN_NAME_H
#define OPS_PLAN_PLAN_NAME_H

#include "oci/media_type.h"
#include "oci/reference.h"

#include <stdbool.h>
#include <stdint.h>

/* A name to export, and its document. */
struct plan_name {
    struct reference ref;
    struct digest digest;
    uint64_t size;
    char media_type[MEDIA_TYPE_MAX + 1]; /* as in the response; "" when absent */
    bool is_rebuilt;                     /* digest is that of a rebuilt index */
    struct digest served;                /* then: the original digest at the registry */
    bool drops_referrers;  /* then: something is attached to the original, and left out */
    bool is_attached;      /* found as attached to something */
    struct digest subject; /* then: its subject */
    bool is_lost;          /* it could not be resolved: see failures.h */
    uint64_t lacks; /* bit i: it has some platforms of the choice, but not number i */
};

/* err_wrap() with the canonical name. */
int plan_name_wrap(struct err *err, const struct reference *ref);

#endif
