/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "render/table.h"

#include <string.h>

#define RED(word) "\033[31m" word "\033[0m"

static void
render(char out[512], bool colour)
{
    struct result r = RESULT_INIT;
    struct table t = TABLE_INIT;

    result_init(&r, "list");
    r.colour = colour;
    r.columns = 80;
    table_add(&t, (const char *const[]){"MISSING", "image", "MISSING", "1 B"});
    table_add(&t, (const char *const[]){"b", "x", "platform", "3 d, INCOMPLETE"});
    table_say(&t, &r);
    snprintf(out, 512, "%s", r.text.data);
    table_release(&t);
    result_release(&r);
}

static void
states_are_coloured_and_columns_stay(void **state)
{
    char text[512];

    (void)state;
    render(text, false);
    assert_string_equal(text, "MISSING  image  MISSING               1 B\n"
                              "b        x      platform  3 d, INCOMPLETE\n");
    render(text, true);
    assert_string_equal(
        text, "MISSING  image  " RED("MISSING") "               1 B\n"
                                                "b        x      platform  3 d, " RED(
                                                    "INCOMPLETE") "\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_coloured_and_columns_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
