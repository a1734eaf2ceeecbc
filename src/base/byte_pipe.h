/* SPDX-License-Identifier: Apache-2.0 */
/* byte_pipe.h - read what can only be written: a producer runs in a thread of its own,
 * and what it writes can be read as a byte source.
 *
 * At most BYTE_PIPE_MAX bytes are between the two.
 *
 * Layer: base.
 */
#ifndef BASE_BYTE_PIPE_H
#define BASE_BYTE_PIPE_H

#include "base/byte_stream.h"
#include "base/cancel.h"

#define BYTE_PIPE_MAX (256U << 10)

struct byte_producer {
    /* Write the bytes from an offset on.  An error of the sink ends it, and is kept. */
    int (*produce)(void *ctx, uint64_t from, const struct byte_sink *sink,
                   struct err *err);
    void *ctx;
    uint64_t size; /* bytes in all */
};

struct byte_pipe;

/* The producer and cancel are borrowed.  No thread is started before the first read. */
struct byte_pipe *byte_pipe_new(const struct byte_producer *producer,
                                struct cancel *cancel);

/*
 * Reading in order is cheap; at any other offset the producer is started again from
 * there. For one reader. Errors: those of the producer; ERR_LOCAL - no thread can be
 * started; ERR_INTEGRITY "truncated" - it ended before its size; cancel_error().
 */
struct byte_source byte_pipe_source(struct byte_pipe *p);

/* Stops the producer and waits for it.  NULL is allowed. */
void byte_pipe_free(struct byte_pipe *p);

#endif
