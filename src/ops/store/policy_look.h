/* SPDX-License-Identifier: Apache-2.0 */
/* policy_look.h - read a policy to explain it, even one that does not work.
 *
 * Layer: ops.
 */
#ifndef OPS_STORE_POLICY_LOOK_H
#define OPS_STORE_POLICY_LOOK_H

#include "ops/doctor/findings.h"
#include "trust/store.h"

/* What was read: a store, or its policy alone. */
struct policy_look {
    struct trust_store store;
    bool has_files; /* the files that the policy names could be read */
};

#define POLICY_LOOK_INIT                                                                 \
    {                                                                                    \
        .store = TRUST_STORE_INIT                                                        \
    }

/*
 * Read the policy of the store in dir (NULL: the default one); or, unless path is NULL,
 * a file that holds another policy or an update, as if the store had it.  Whatever is
 * wrong becomes a finding.  Nothing is written.
 * Errors: those of file_slurp() about path.
 */
MUST_USE int policy_look(struct policy_look *out, const char *dir, const char *path,
                         struct findings *f, struct err *err);
void policy_look_release(struct policy_look *look);

#endif
