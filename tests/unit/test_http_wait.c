/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/patience.h"
#include "base/text.h"
#include "io/http/http_wait.h"

/* In seconds and KiB: what is seen, and what is to be thought of it. */
struct look {
    uint64_t s, sent, received;
    char step; /* what is done by then: '-' nothing, 'c'onnected, 's'ent, 'h'eaders */
    enum http_verdict verdict;
};

#define LOOKS_MAX 8

static const struct {
    const char *what;
    uint64_t answer_s;
    struct look looks[LOOKS_MAX]; /* ended by step 0 */
} table[] = {
    {"the library times the connecting",
     60,
     {{0, 0, 0, '-', HTTP_WAIT},
      {1000, 0, 0, '-', HTTP_WAIT},
      {1059, 0, 0, 's', HTTP_WAIT}}},
    {"no answer to a request without a body",
     60,
     {{5, 0, 0, 's', HTTP_WAIT},
      {64, 0, 0, 's', HTTP_WAIT},
      {65, 0, 0, 's', HTTP_SILENT}}},
    {"a body of which nothing moves",
     300,
     {{1, 0, 0, 'c', HTTP_WAIT},
      {60, 0, 0, 'c', HTTP_WAIT},
      {61, 0, 0, 'c', HTTP_STALLED}}},
    {"a body that moves a little every minute, then does not",
     300,
     {{1, 0, 0, 'c', HTTP_WAIT},
      {60, 1, 0, 'c', HTTP_WAIT},
      {119, 2, 0, 'c', HTTP_WAIT},
      {178, 2, 0, 'c', HTTP_WAIT},
      {179, 2, 0, 'c', HTTP_STALLED}}},
    {"the answer to the last byte has a time of its own",
     301,
     {{1, 1, 0, 'c', HTTP_WAIT},
      {50, 9, 0, 's', HTTP_WAIT},
      {350, 9, 0, 's', HTTP_WAIT},
      {351, 9, 0, 's', HTTP_SILENT}}},
    {"a connection that turned out to be closed: the body is sent again",
     60,
     {{1, 9, 0, 's', HTTP_WAIT},
      {60, 0, 0, 'c', HTTP_WAIT},
      {119, 9, 0, 's', HTTP_WAIT},
      {179, 9, 0, 's', HTTP_SILENT}}},
    {"an answer that stops",
     300,
     {{1, 0, 0, 's', HTTP_WAIT},
      {200, 0, 0, 'h', HTTP_WAIT},
      {201, 0, 999, 'h', HTTP_WAIT},
      {260, 0, 999, 'h', HTTP_WAIT},
      {261, 0, 999, 'h', HTTP_STALLED}}},
    {"an answer of 1 KiB a second",
     60,
     {{1, 0, 0, 'h', HTTP_WAIT},
      {50, 0, 49, 'h', HTTP_WAIT},
      {61, 0, 60, 'h', HTTP_WAIT},
      {121, 0, 120, 'h', HTTP_WAIT}}},
    {"an answer that is slower",
     60,
     {{1, 0, 0, 'h', HTTP_WAIT},
      {50, 0, 48, 'h', HTTP_WAIT},
      {61, 0, 59, 'h', HTTP_SLOW}}},
    {"an answer that becomes slower",
     60,
     {{1, 0, 0, 'h', HTTP_WAIT},
      {61, 0, 9999, 'h', HTTP_WAIT},
      {100, 0, 10000, 'h', HTTP_WAIT},
      {121, 0, 10001, 'h', HTTP_SLOW}}},
};

static struct http_view
view_of(const struct look *look)
{
    return (struct http_view){.ms = look->s * 1000,
                              .sent = look->sent << 10,
                              .received = look->received << 10,
                              .is_connected = look->step != '-',
                              .all_sent = look->step == 's' || look->step == 'h',
                              .has_head = look->step == 'h'};
}

static void
each_wait_has_its_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct http_wait wait = {.answer_ms = table[i].answer_s * 1000};

        print_message("# %s\n", table[i].what);
        for (const struct look *look = table[i].looks; look->step != '\0'; look++) {
            struct http_view view = view_of(look);

            assert_int_equal(http_wait_look(&wait, &view), look->verdict);
        }
    }
}

static void
reports_long_waits_once_a_second(void **state)
{
    static const struct {
        uint64_t ms, received, seconds;
    } steps[] = {{0, 0, 0},     {4999, 0, 0},  {5000, 0, 5}, {5100, 0, 0},
                 {6050, 0, 6},  {9000, 0, 9},  {9999, 0, 0}, {9999, 1, 0},
                 {14000, 1, 0}, {14999, 1, 5}, {16000, 1, 6}};
    struct http_wait wait = {.answer_ms = 60000};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct http_view view = {.ms = steps[i].ms,
                                 .received = steps[i].received,
                                 .is_connected = true,
                                 .all_sent = true,
                                 .has_head = true};

        print_message("# %zu\n", i);
        assert_int_equal(http_wait_look(&wait, &view), HTTP_WAIT);
        assert_int_equal(http_wait_notice(&wait, view.ms), steps[i].seconds);
    }
}

/* docs/reliability.md promises them. */
static void
limits_match_the_documentation(void **state)
{
    (void)state;
    assert_int_equal(patience.connect_ms, 30 * 1000);
    assert_int_equal(patience.stall_ms, 60 * 1000);
    assert_int_equal(patience.answer_ms, 60 * 1000);
    assert_int_equal(patience.store_ms, 300 * 1000);
    assert_int_equal(patience.store_mib, 16);
    assert_int_equal(patience.slowest, 1024);
    assert_int_equal(patience.grace_ms, 600 * 1000);
    assert_int_equal(patience.parting_ms, 600);
    assert_int_equal(patience.helper_s, 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wait_has_its_limit),
        cmocka_unit_test(reports_long_waits_once_a_second),
        cmocka_unit_test(limits_match_the_documentation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
