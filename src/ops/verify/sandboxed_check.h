/* SPDX-License-Identifier: Apache-2.0 */
/* sandboxed_check.h - the part of verifying that parses and unpacks what others made, in
 * a process that can do nothing else.
 *
 * The child has the files of the bundle, and two pipes: one that tells it to begin, and
 * one to say what it found. Its standard streams are /dev/null. It can open nothing,
 * connect to nothing and start nothing (io/sandbox.h, as far as the kernel goes).
 *
 * It is forked before the run knows any secret, and waits: keys, passphrases and
 * credentials are loaded meanwhile, by sandboxed_check_job.prepare, and are not in its
 * memory.  So is a second one, which reads the file by other means when a medium failed
 * under the first: a child forked then would have a copy of everything.  What the
 * environment says is wiped in both.
 *
 * What comes out of the pipe is believed no more than the bundle itself: a child
 * that was taken over can call a bad bundle good, but import hashes all that it sends.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_SANDBOXED_CHECK_H
#define OPS_VERIFY_SANDBOXED_CHECK_H

#include "ops/verify/check.h"

#include <sys/types.h>

/* What the child is to do; everything is borrowed. */
struct sandboxed_check_job {
    const struct bundle_untrusted *head; /* with admission, or both are NULL */
    const struct admission *admission;
    const struct volumes *file;
    const struct check_options *check;
    const struct err *why; /* it is refused already: only look for damage */

    /* Load what the child must not know, when it is there and waits.  NULL: nothing.
     * With why it is not called. */
    int (*prepare)(void *ctx, struct err *err);
    void *prepare_ctx;
};

/*
 * Open the bundle and check it, apart; what cannot be opened is surveyed.  To be called
 * while there is one thread only.
 * opened: the bundle could be opened.  *damage is what the failure is about.
 * Errors: *why; those of prepare(), bundle_open(), check_members() and check_damaged();
 *         ERR_INTERNAL - the child broke down; ERR_LOCAL - it was stopped.
 */
MUST_USE int sandboxed_check(const struct sandboxed_check_job *job,
                             struct damage_list *damage, bool *opened, struct err *err);

/*
 * The half of the parent: take what the child writes into the pipe until it has a
 * verdict.  Nothing of it is believed: events and errors are well-formed and printable.
 * Returns: as sandboxed_check(); SANDBOXED_CHECK_BROKE_DOWN when there is no verdict.
 */
enum { SANDBOXED_CHECK_BROKE_DOWN = 1 };
MUST_USE int sandboxed_check_listen(const struct events *events, int fd, pid_t child,
                                    struct damage_list *damage, bool *opened,
                                    struct err *err);

#endif
