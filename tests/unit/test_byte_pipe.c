/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/byte_pipe.h"
#include "base/mem.h"

#include <stdlib.h>

enum { SIZE = 3 * BYTE_PIPE_MAX + 12345 };

/* A producer of known bytes, in pieces of odd sizes. */
struct origin {
    char *bytes;
    unsigned starts;
    uint64_t end;     /* where it stops, as if that were all */
    uint64_t back_at; /* where it begins again at 0 once; 0: never */
    bool fails;       /* it stops with an error */
};

static int
produce(void *ctx, uint64_t from, const struct byte_sink *sink, struct err *err)
{
    struct origin *o = ctx;

    o->starts++;
    for (uint64_t at = from, n; at < o->end; at += n) {
        n = at % 5000 + 1;
        n = n < o->end - at ? n : o->end - at;
        if (sink->write_at(sink->ctx, at, o->bytes + at, (size_t)n, err) < 0)
            return -1;
        if (o->back_at > 0 && at + n >= o->back_at) {
            o->back_at = 0;
            at = 0;
            n = 0;
        }
    }
    return o->fails ? err_set(err, ERR_NETWORK, "the line is down") : 0;
}

struct world {
    struct origin origin;
    struct byte_producer producer;
    struct cancel cancel;
    struct byte_pipe *pipe;
    struct byte_source source;
};

static void
world_make(struct world *w)
{
    *w = (struct world){.origin = {.bytes = xmalloc(SIZE), .end = SIZE},
                        .cancel = CANCEL_INIT};
    for (size_t i = 0; i < SIZE; i++)
        w->origin.bytes[i] = (char)(i * 7 + i / 1000);
    w->producer =
        (struct byte_producer){.produce = produce, .ctx = &w->origin, .size = SIZE};
    w->pipe = byte_pipe_new(&w->producer, &w->cancel);
    w->source = byte_pipe_source(w->pipe);
}

static void
world_release(struct world *w)
{
    byte_pipe_free(w->pipe);
    free(w->origin.bytes);
}

/* Read and compare up to `to`; where it ended. */
static uint64_t
read_up_to(struct world *w, uint64_t from, uint64_t to, struct err *err)
{
    char piece[7777];

    while (from < to) {
        size_t len = to - from < sizeof(piece) ? (size_t)(to - from) : sizeof(piece);
        ssize_t n = w->source.read_at(w->source.ctx, piece, len, from, err);

        if (n <= 0)
            break;
        assert_memory_equal(piece, w->origin.bytes + from, n);
        from += (uint64_t)n;
    }
    return from;
}

static void
reads_in_order_with_one_start(void **state)
{
    struct err err = ERR_INIT;
    struct world w;
    char c;

    (void)state;
    world_make(&w);
    assert_int_equal(w.source.size, SIZE);
    assert_int_equal(read_up_to(&w, 0, SIZE, &err), SIZE);
    assert_int_equal(w.source.read_at(w.source.ctx, &c, 1, SIZE, &err), 0);
    assert_int_equal(w.origin.starts, 1);
    world_release(&w);
}

static void
starts_again_at_another_offset(void **state)
{
    static const uint64_t offsets[] = {SIZE - 1, 0, 100000, 99999, SIZE / 2};
    struct err err = ERR_INIT;
    struct world w;

    (void)state;
    world_make(&w);
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        assert_int_equal(read_up_to(&w, offsets[i], offsets[i] + 1, &err),
                         offsets[i] + 1);
        assert_int_equal(w.origin.starts, i + 1);
    }
    assert_int_equal(read_up_to(&w, SIZE / 2 + 1, SIZE, &err), SIZE);
    assert_int_equal(w.origin.starts, COUNT_OF(offsets));
    world_release(&w);
}

static void
drops_bytes_that_come_again(void **state)
{
    struct err err = ERR_INIT;
    struct world w;

    (void)state;
    world_make(&w);
    w.origin.back_at = 300000;
    assert_int_equal(read_up_to(&w, 0, SIZE, &err), SIZE);
    assert_int_equal(w.origin.starts, 1);
    world_release(&w);
}

static void
hands_on_what_came_before_an_error(void **state)
{
    static const struct {
        bool fails;
        enum err_kind kind;
    } rows[] = {{true, ERR_NETWORK}, {false, ERR_INTEGRITY}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = ERR_INIT;
        struct world w;

        world_make(&w);
        w.origin.end = 70000;
        w.origin.fails = rows[i].fails;
        assert_int_equal(read_up_to(&w, 0, SIZE, &err), 70000);
        assert_int_equal(err.kind, rows[i].kind);
        world_release(&w);
    }
}

static void
stops_when_work_is_cancelled(void **state)
{
    struct err err = ERR_INIT;
    struct world w;
    char c;

    (void)state;
    world_make(&w);
    assert_int_equal(read_up_to(&w, 0, 10, &err), 10);
    cancel_request(&w.cancel);
    while (w.source.read_at(w.source.ctx, &c, 1, 10, &err) > 0)
        ;
    assert_int_equal(err.kind, ERR_INTERNAL);
    world_release(&w);
}

static void
needs_no_thread_when_nothing_is_read(void **state)
{
    struct world w;

    (void)state;
    world_make(&w);
    world_release(&w);
    assert_int_equal(w.origin.starts, 0);
    byte_pipe_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_in_order_with_one_start),
        cmocka_unit_test(starts_again_at_another_offset),
        cmocka_unit_test(drops_bytes_that_come_again),
        cmocka_unit_test(hands_on_what_came_before_an_error),
        cmocka_unit_test(stops_when_work_is_cancelled),
        cmocka_unit_test(needs_no_thread_when_nothing_is_read),
    };

    return cmocka_run_group_tests_name("byte_pipe", tests, NULL, NULL);
}
