/* SPDX-License-Identifier: Apache-2.0 */
/* sandboxed_check.h - parsing and unpacking of untrusted content, in a process without
 * other privileges.
 *
 * The child has the files of the bundle, and two pipes: one that starts it, and one for
 * its messages. Its standard streams are /dev/null. It cannot open files, connect or
 * start programs (io/sandbox.h, as far as the kernel supports it).
 *
 * It is forked before the run has any secret, and waits: keys, passphrases and
 * credentials are loaded meanwhile, by sandboxed_check_job.prepare, and are not in its
 * memory.  A second child reads the file by other means when a medium failed under the
 * first: a child forked then would have a copy of everything.  Both wipe their
 * environment.
 *
 * Its messages are trusted no more than the bundle itself: a compromised child can accept
 * a damaged bundle, but import hashes everything it sends.
 *
 * Layer: ops.
 */
#ifndef OPS_VERIFY_SANDBOXED_CHECK_H
#define OPS_VERIFY_SANDBOXED_CHECK_H

#include "ops/verify/check.h"

/* The job of the child; everything is borrowed. */
struct sandboxed_check_job {
    const struct bundle_untrusted *head; /* with admission, or both are NULL */
    const struct admission *admission;
    const struct volumes *file;
    const struct check_options *check;
    const struct err *why; /* the bundle is rejected already: only search for damage */

    /* Load what the child must not have, once it exists and waits.  NULL: nothing.  Not
     * called with why. */
    int (*prepare)(void *ctx, struct err *err);
    void *prepare_ctx;
};

/*
 * Open the bundle and check it in the child; if it cannot be opened, scan it.  Must be
 * called while there is one thread only.  opened: the bundle could be opened.  *damage is
 * what the failure is about.
 * Errors: *why; those of prepare(), bundle_open(), check_members() and check_damaged();
 *         ERR_INTERNAL - the child crashed; ERR_LOCAL - it was killed.
 */
MUST_USE int sandboxed_check(const struct sandboxed_check_job *job,
                             struct damage_list *damage, bool *opened, struct err *err);

/*
 * The parent's half: read the child's messages from the pipe until a verdict.  They are
 * not trusted: events and errors are made well-formed and printable.
 * Returns: as sandboxed_check(); SANDBOXED_CHECK_BROKE_DOWN without a verdict.
 * Errors:  also ERR_SIGNAL, at once: the caller ends the child.
 */
enum { SANDBOXED_CHECK_BROKE_DOWN = 1 };
MUST_USE int sandboxed_check_listen(const struct events *events, int fd,
                                    struct damage_list *damage, bool *opened,
                                    struct err *err);

#endif
