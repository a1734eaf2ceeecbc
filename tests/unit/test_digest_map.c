/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/digest_map.h"
#include "base/mem.h"

static struct digest
digest_of_bytes(enum digest_alg alg, unsigned char first, unsigned char last)
{
    struct digest d = {.alg = alg};

    d.raw[0] = first;
    d.raw[digest_size(&d) - 1] = last;
    return d;
}

static void
finds_nothing_in_an_empty_map(void **state)
{
    struct digest_map m = DIGEST_MAP_INIT;
    struct digest d = digest_of_bytes(DIGEST_SHA256, 0, 0);

    (void)state;
    assert_null(digest_map_find(&m, &d));
    digest_map_release(&m);
    assert_null(digest_map_find(&m, &d));
}

static void
digests_differ_by_algorithm_and_every_byte(void **state)
{
    struct digest_map m = DIGEST_MAP_INIT;
    struct digest table[] = {
        digest_of_bytes(DIGEST_SHA256, 0, 0), digest_of_bytes(DIGEST_SHA512, 0, 0),
        digest_of_bytes(DIGEST_SHA384, 0, 0), digest_of_bytes(DIGEST_SHA256, 1, 0),
        digest_of_bytes(DIGEST_SHA256, 0, 1), digest_of_bytes(DIGEST_SHA512, 1, 0),
        digest_of_bytes(DIGEST_SHA512, 0, 1),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        for (size_t j = i; j < COUNT_OF(table); j++)
            assert_null(digest_map_find(&m, &table[j]));
        assert_ptr_equal(digest_map_add(&m, &table[i], &table[i]), &table[i]);
        for (size_t j = 0; j <= i; j++)
            assert_ptr_equal(digest_map_find(&m, &table[j]), &table[j]);
    }
    assert_int_equal(m.count, COUNT_OF(table));
    digest_map_release(&m);
}

static void
keeps_the_first_value(void **state)
{
    struct digest_map m = DIGEST_MAP_INIT;
    struct digest a = digest_of_bytes(DIGEST_SHA256, 1, 2), b = a;
    int first, second;

    (void)state;
    assert_ptr_equal(digest_map_add(&m, &a, &first), &first);
    assert_ptr_equal(digest_map_add(&m, &b, &second), &first);
    assert_ptr_equal(digest_map_find(&m, &b), &first);
    assert_int_equal(m.count, 1);
    digest_map_release(&m);
}

static void
count_release(void *value)
{
    ++*(int *)value;
}

static void
releases_each_value_once(void **state)
{
    struct digest_map m = DIGEST_MAP_INIT;
    struct digest digests[100];
    int released[100] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(digests); i++) {
        digests[i] = digest_of_bytes(DIGEST_SHA256, (unsigned char)i, 0);
        digest_map_add(&m, &digests[i], &released[i]);
    }
    digest_map_release_with(&m, count_release);
    for (size_t i = 0; i < COUNT_OF(released); i++)
        assert_int_equal(released[i], 1);
    assert_int_equal(m.count, 0);
}

/* ---- against a plain array ---- */

static uint64_t
next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

static void
agrees_with_an_array(void **state)
{
    enum { DIFFERENT = 1 << 12, STEPS = 1 << 16 };
    struct digest *all = xcalloc(DIFFERENT, sizeof(*all));
    struct digest *added[DIFFERENT] = {NULL};
    struct digest_map m = DIGEST_MAP_INIT;
    uint64_t x = 88172645463325252U;
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < DIFFERENT; i++) {
        all[i].alg = i % 4 == 0 ? DIGEST_SHA512 : DIGEST_SHA256;
        for (size_t k = 0; k < digest_size(&all[i]); k++)
            all[i].raw[k] = (unsigned char)next_random(&x);
    }
    for (size_t step = 0; step < STEPS; step++) {
        size_t i = (size_t)(next_random(&x) % DIFFERENT);
        struct digest *same = xmalloc(sizeof(*same));

        *same = all[i];
        assert_ptr_equal(digest_map_find(&m, same), added[i]);
        if (step % 8 == 0 && !added[i]) {
            added[i] = same;
            count++;
        }
        if (step % 8 == 0)
            assert_ptr_equal(digest_map_add(&m, same, same), added[i]);
        if (added[i] != same)
            free(same);
        assert_int_equal(m.count, count);
    }
    digest_map_release_with(&m, free);
    free(all);
}

/* With a hash that can be foreseen this takes hours. */
static void
keeps_similar_digests_apart(void **state)
{
    enum { COUNT = 200000 };
    struct digest *all = xcalloc(COUNT, sizeof(*all));
    struct digest_map m = DIGEST_MAP_INIT;

    (void)state;
    for (uint32_t i = 0; i < COUNT; i++) {
        all[i].alg = DIGEST_SHA512;
        memcpy(all[i].raw + DIGEST_RAW_MAX - sizeof(i), &i, sizeof(i));
        digest_map_add(&m, &all[i], &all[i]);
    }
    assert_int_equal(m.count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_ptr_equal(digest_map_find(&m, &all[i]), &all[i]);
    digest_map_release(&m);
    free(all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_in_an_empty_map),
        cmocka_unit_test(digests_differ_by_algorithm_and_every_byte),
        cmocka_unit_test(keeps_the_first_value),
        cmocka_unit_test(releases_each_value_once),
        cmocka_unit_test(agrees_with_an_array),
        cmocka_unit_test(keeps_similar_digests_apart),
    };

    return cmocka_run_group_tests_name("digest_map", tests, NULL, NULL);
}
