/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/byte_pipe.h"

#include "base/mem.h"
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOK_UP_MS = 100 }; /* how often a waiting thread looks for a request to stop */

struct byte_pipe {
    const struct byte_producer *producer;
    struct cancel *cancel;
    pthread_t thread;
    bool has_thread;
    uint64_t position; /* of the reader */

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t moved;
    char *ring;
    size_t begin, held; /* bytes in the ring */
    uint64_t next;      /* offset of the next byte to put there */
    bool is_unwanted;   /* the producer is to stop */
    bool is_done;       /* it has ended: */
    int rc;
    struct err err;
};

/* Caller holds p->lock. */
static void
wait_a_moment(struct byte_pipe *p)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_UP_MS * 1000 * 1000;
    if (until.tv_nsec >= 1000 * 1000 * 1000) {
        until.tv_nsec -= 1000 * 1000 * 1000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&p->moved, &p->lock, &until);
}

/* ---- the producer's side ---- */

/* Caller holds p->lock.  0 when there is space; -1 to stop. */
static int
wait_for_room(struct byte_pipe *p, struct err *err)
{
    while (p->held == BYTE_PIPE_MAX && !p->is_unwanted && !cancel_wanted(p->cancel))
        wait_a_moment(p);
    return p->is_unwanted || cancel_wanted(p->cancel) ? cancel_error(err) : 0;
}

/* Caller holds p->lock.  The contiguous bytes that fit. */
static size_t
put_piece(struct byte_pipe *p, const char *bytes, size_t len)
{
    size_t end = (p->begin + p->held) % BYTE_PIPE_MAX, room = BYTE_PIPE_MAX - p->held;

    if (len > room)
        len = room;
    if (len > BYTE_PIPE_MAX - end)
        len = BYTE_PIPE_MAX - end;
    memcpy(p->ring + end, bytes, len);
    p->held += len;
    p->next += len;
    pthread_cond_signal(&p->moved);
    return len;
}

static int
put_bytes(void *ctx, uint64_t offset, const void *bytes, size_t len, struct err *err)
{
    struct byte_pipe *p = ctx;
    const char *from = bytes;
    int rc = 0;

    pthread_mutex_lock(&p->lock);
    if (offset < p->next) { /* it comes again */
        uint64_t known = p->next - offset;
        size_t drop = known < len ? (size_t)known : len;

        from += drop;
        len -= drop;
    }
    while (rc == 0 && len > 0) {
        rc = wait_for_room(p, err);
        if (rc == 0) {
            size_t n = put_piece(p, from, len);

            from += n;
            len -= n;
        }
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

static void *
run_producer(void *arg)
{
    struct byte_pipe *p = arg;
    const struct byte_sink sink = {.write_at = put_bytes, .ctx = p};
    struct err err = ERR_INIT;
    int rc = p->producer->produce(p->producer->ctx, p->position, &sink, &err);

    pthread_mutex_lock(&p->lock);
    p->rc = rc;
    p->err = err;
    p->is_done = true;
    pthread_cond_signal(&p->moved);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- the reader's side ---- */

static void
stop_producer(struct byte_pipe *p)
{
    if (!p->has_thread)
        return;
    pthread_mutex_lock(&p->lock);
    p->is_unwanted = true;
    pthread_cond_broadcast(&p->moved);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    p->has_thread = false;
}

static int
start_producer(struct byte_pipe *p, uint64_t from, struct err *err)
{
    int rc;

    stop_producer(p);
    if (!p->ring)
        p->ring = xmalloc(BYTE_PIPE_MAX);
    p->begin = p->held = 0;
    p->position = p->next = from;
    p->is_unwanted = p->is_done = false;
    rc = pool_thread(&p->thread, run_producer, p);
    if (rc != 0)
        return err_set(err, ERR_LOCAL, "cannot start a thread: %s", strerror(rc));
    p->has_thread = true;
    return 0;
}

/* Caller holds p->lock. */
static ssize_t
take_piece(struct byte_pipe *p, void *out, size_t len)
{
    if (len > p->held)
        len = p->held;
    if (len > BYTE_PIPE_MAX - p->begin)
        len = BYTE_PIPE_MAX - p->begin;
    memcpy(out, p->ring + p->begin, len);
    p->begin = (p->begin + len) % BYTE_PIPE_MAX;
    p->held -= len;
    p->position += len;
    pthread_cond_signal(&p->moved);
    return (ssize_t)len;
}

/* Caller holds p->lock.  Whether no bytes are left. */
static ssize_t
end_of_pipe(const struct byte_pipe *p, struct err *err)
{
    if (!p->is_done)
        return cancel_error(err);
    if (p->rc < 0)
        *err = p->err;
    else
        err_because(err, ERR_INTEGRITY, REASON_TRUNCATED,
                    "the bytes end before the size that is declared");
    return -1;
}

static ssize_t
read_pipe(void *ctx, void *out, size_t len, uint64_t offset, struct err *err)
{
    struct byte_pipe *p = ctx;
    ssize_t n;

    if (len == 0 || offset >= p->producer->size)
        return 0;
    if ((!p->has_thread || offset != p->position) && start_producer(p, offset, err) < 0)
        return -1;
    pthread_mutex_lock(&p->lock);
    while (p->held == 0 && !p->is_done && !cancel_wanted(p->cancel))
        wait_a_moment(p);
    n = p->held > 0 ? take_piece(p, out, len) : end_of_pipe(p, err);
    pthread_mutex_unlock(&p->lock);
    return n;
}

struct byte_source
byte_pipe_source(struct byte_pipe *p)
{
    return (struct byte_source){
        .read_at = read_pipe, .ctx = p, .size = p->producer->size};
}

struct byte_pipe *
byte_pipe_new(const struct byte_producer *producer, struct cancel *cancel)
{
    struct byte_pipe *p = xcalloc(1, sizeof(*p));
    pthread_condattr_t attr;

    p->producer = producer;
    p->cancel = cancel;
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->moved, &attr);
    pthread_condattr_destroy(&attr);
    return p;
}

void
byte_pipe_free(struct byte_pipe *p)
{
    if (!p)
        return;
    stop_producer(p);
    pthread_cond_destroy(&p->moved);
    pthread_mutex_destroy(&p->lock);
    free(p->ring);
    free(p);
}
