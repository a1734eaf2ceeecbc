/* SPDX-License-Identifier: Apache-2.0 */
/* run.h - state shared by everything that runs for one command.
 *
 * One per command, created by cli and passed down by pointer.  A function that needs a
 * single member takes only that one.
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
