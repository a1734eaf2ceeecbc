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

#include <sys/types.h>

/* What the child is to do; everything is borrowed. */
struct apart_job {
    const struct bundle_untrusted *head; /* with admission, or both are NULL */
    const struct admission *admission;
    const struct volumes *file;
    const struct check_options *check;
    const struct err *why; /* it is refused already: only look for damage */
};

/*
 * Open the bundle and check it, apart; what cannot be opened is surveyed.  To be called
 * while there is one thread only.
 * opened: the bundle could be opened.  *damage is what the failure is about.
 * Errors: *why; those of bundle_open(), check_members() and check_damaged();
 *         ERR_INTERNAL - the child broke down; ERR_LOCAL - it was stopped.
 */
MUST_USE int apart_check(const struct apart_job *job, struct damage_list *damage,
                         bool *opened, struct err *err);

/*
 * The half of the parent: take what the child writes into the pipe until it has a
 * verdict.  Nothing of it is believed: events and errors are well-formed and printable.
 * Returns: as apart_check(); APART_BROKE_DOWN when there is no verdict.
 */
enum { APART_BROKE_DOWN = 1 };
MUST_USE int apart_listen(const struct events *events, int fd, pid_t child,
                          struct damage_list *damage, bool *opened, struct err *err);

#endif
