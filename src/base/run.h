/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - what everything that works for one command shares.
 *
 * One per command, made by cli and passed down by pointer.  A function that needs a
 * single member takes that member.
 *
 * Layer: base.
 */
#ifndef BASE_RUN_H
#define BASE_RUN_H

#include "base/cancel.h"
#include "base/events.h"

struct run {
    unsigned jobs; /* how many run in parallel: 1 .. POOL_WORKERS_MAX */
    struct events events;
    struct cancel cancel;
};

#define RUN_INIT                                                                         \
    {                                                                                    \
        .jobs = 1, .cancel = CANCEL_INIT                                                 \
    }

#endif
