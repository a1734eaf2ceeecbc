/* apart.h - the part of verifying that parses and unpacks what others made, in a process
 * that can do nothing else.
 *
 * The child has the files of the bundle, and a pipe to say what it found; it can open
 * nothing, connect to nothing and start nothing (io/sandbox.h, as far as the kernel
 * goes). What comes out of the pipe is believed no more than the bundle itself: a child
 * that was taken over can call a bad bundle good, but import hashes all that it sends.
 *
 * Layer: ops.
 */
#ifndef OPS_APART_H
#define OPS_APART_H

#include "ops/check.h"

/* What the child is to do; everything is borrowed. */
struct apart_job {
    const struct bundle_untrusted *head;
    const struct admission *admission;
    const struct volumes *file;
    const struct check_options *check;
};

/*
 * Open the bundle and check it, apart.  To be called while there is one thread only.
 * opened: the failure is damage of an open bundle, listed in *damage.
 * Errors: those of bundle_open() and check_members(); ERR_INTERNAL - the child broke
 * down.
 */
MUST_USE int apart_check(const struct apart_job *job, struct damage_list *damage,
                         bool *opened, struct err *err);

#endif
