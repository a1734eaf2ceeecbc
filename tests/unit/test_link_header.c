/* SPDX-License-Identifier: Apache-2.0 */
/* The address of the next page. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "registry/link_header.h"

#include <stdlib.h>

static void
finds_the_next_page(void **state)
{
    static const struct {
        const char *value;
        enum link_found found;
        const char *target;
    } cases[] = {
        {"</v2/a/tags/list?last=b>; rel=\"next\"", LINK_NEXT, "/v2/a/tags/list?last=b"},
        {"<x>;rel=next", LINK_NEXT, "x"},
        {"<x>; REL=Next", LINK_NEXT, "x"},
        {"  <x>  ;  rel  =  \"next\"  ", LINK_NEXT, "x"},
        {"<x>; rel=\"prev next\"", LINK_NEXT, "x"},
        {"<x>; rel=\"next\tprev\"", LINK_NEXT, "x"},
        {"<>; rel=next", LINK_NEXT, ""},
        {"<x,y;z>; rel=next", LINK_NEXT, "x,y;z"},
        {"<a>; rel=first, <b>; rel=next, <c>; rel=next", LINK_NEXT, "b"},
        {", ,<b>; rel=next", LINK_NEXT, "b"},
        {"<a>,<b>; rel=next", LINK_NEXT, "b"},
        {"<a>; title=\"<c>; rel=next, \\\"\", <b>; rel=next", LINK_NEXT, "b"},
        {"<b>; anchor; rel=next", LINK_NEXT, "b"},
        {"<b>; rel=next; rel=prev", LINK_NEXT, "b"},
        {"<b>; rel=prev; rel=next", LINK_NONE, NULL},
        {"<b>; rel=\"nextish\"", LINK_NONE, NULL},
        {"<a>; rel=first, <b>; rel=prev", LINK_NONE, NULL},
        {"", LINK_NONE, NULL},
        {" , ", LINK_NONE, NULL},
        {"<b>", LINK_UNNAMED, "b"},
        {"<b>,", LINK_UNNAMED, "b"},
        {"<b>; relation=next", LINK_UNNAMED, "b"},
        {"<b>; rev=next", LINK_UNNAMED, "b"},
        {"<a>, <b>", LINK_MALFORMED, NULL},
        {"<a>; rel=first, <b>", LINK_MALFORMED, NULL},
        {"<b>; rel=\"\"", LINK_MALFORMED, NULL},
        {"<b>; rel", LINK_MALFORMED, NULL},
        {"b; rel=next", LINK_MALFORMED, NULL},
        {"<b; rel=next", LINK_MALFORMED, NULL},
        {"<b> rel=next", LINK_MALFORMED, NULL},
        {"<b>; rel=\"next", LINK_MALFORMED, NULL},
        {"<a>; title=\"\\\", <b>; rel=next", LINK_MALFORMED, NULL},
        {"nonsense, <b>; rel=next", LINK_MALFORMED, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *target = NULL;

        print_message("# %s\n", cases[i].value);
        assert_int_equal(link_header_next(cases[i].value, &target), cases[i].found);
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
        cmocka_unit_test(finds_the_next_page),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
