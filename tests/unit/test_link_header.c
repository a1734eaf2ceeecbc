/* SPDX-License-Identifier: Apache-2.0 */
/* Where the next page is. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "registry/link_header.h"

#include <stdlib.h>

static void
the_next_page_is_found(void **state)
{
    static const struct {
        const char *value, *target; /* NULL: none */
    } cases[] = {
        {"</v2/a/tags/list?last=b>; rel=\"next\"", "/v2/a/tags/list?last=b"},
        {"<x>;rel=next", "x"},
        {"<x>; REL=Next", "x"},
        {"  <x>  ;  rel  =  \"next\"  ", "x"},
        {"<x>; rel=\"prev next\"", "x"},
        {"<x>; rel=\"next\tprev\"", "x"},
        {"<>; rel=next", ""},
        {"<x,y;z>; rel=next", "x,y;z"},
        {"<a>; rel=first, <b>; rel=next, <c>; rel=next", "b"},
        {", ,<b>; rel=next", "b"},
        {"<a>,<b>; rel=next", "b"},
        {"<a>; title=\"<c>; rel=next, \\\"\", <b>; rel=next", "b"},
        {"<b>; anchor; rel=next", "b"},
        {"<b>; rel=next; rel=prev", "b"},
        {"<b>; rel=prev; rel=next", NULL},
        {"<b>; rel=\"nextish\"", NULL},
        {"<b>; rel=\"\"", NULL},
        {"<b>; rel", NULL},
        {"<b>; relation=next", NULL},
        {"<b>; rev=next", NULL},
        {"<b>", NULL},
        {"", NULL},
        {"b; rel=next", NULL},
        {"<b; rel=next", NULL},
        {"<b> rel=next", NULL},
        {"<b>; rel=\"next", NULL},
        {"<a>; title=\"\\\", <b>; rel=next", NULL},
        {"nonsense, <b>; rel=next", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *target = link_header_next(cases[i].value);

        print_message("# %s\n", cases[i].value);
        if (cases[i].target)
            assert_string_equal(target ? target : "(none)", cases[i].target);
        else
            assert_null(target);
        free(target);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_page_is_found),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
