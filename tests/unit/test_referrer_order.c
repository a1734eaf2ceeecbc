/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "ops/plan/find_referrers.h"

enum { NODES_MAX = 10 };

/* A node: its tag, the first byte of its digest, and the node that it is attached to. */
struct described {
    const char *tag;
    unsigned char digest;
    int parent; /* index, or -1 */
};

static void
referrers_follow_what_they_belong_to(void **state)
{
    static const struct {
        struct described nodes[NODES_MAX];
        size_t given;         /* of them were asked for; the rest was found */
        const char *expected; /* tags */
    } table[] = {
        {{{"a", 9, -1}, {"b", 1, -1}}, 2, "a b"}, /* as given, not by digest */
        {{{"a", 9, -1}, {"b", 1, -1}, {"y", 2, 0}, {"z", 3, 1}}, 2, "a y b z"},
        /* of one image: by digest, then by tag, in whatever order they were found */
        {{{"a", 9, -1}, {"z", 3, 0}, {"y", 2, 0}, {"x", 3, 0}}, 1, "a y x z"},
        /* found in another order than their subjects */
        {{{"a", 9, -1}, {"b", 8, -1}, {"z", 1, 1}, {"y", 1, 0}}, 2, "a y b z"},
        /* attached to what is attached */
        {{{"a", 9, -1}, {"s", 5, 0}, {"t", 6, 0}, {"u", 1, 1}, {"v", 1, 2}, {"w", 1, 3}},
         1,
         "a s u w t v"},
        /* one that was asked for, and is attached to another one, stands once */
        {{{"a", 9, -1}, {"b", 1, -1}, {"c", 1, 0}}, 2, "a c b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct referrer_node nodes[NODES_MAX];
        struct plan_name *names;
        char got[64] = "";
        size_t count = 0;

        memset(nodes, 0, sizeof(nodes));
        for (; table[i].nodes[count].tag; count++) {
            const struct described *d = &table[i].nodes[count];

            strcpy(nodes[count].name.ref.tag, d->tag);
            nodes[count].name.digest = (struct digest){.alg = DIGEST_SHA256};
            nodes[count].name.digest.raw[0] = d->digest;
            nodes[count].parent =
                d->parent < 0 ? REFERRER_WITHOUT_SUBJECT : (size_t)d->parent;
        }
        names = referrer_order(nodes, count, table[i].given);
        for (size_t n = 0; n < count; n++) {
            strcat(got, n > 0 ? " " : "");
            strcat(got, names[n].ref.tag);
        }
        assert_string_equal(got, table[i].expected);
        free(names);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(referrers_follow_what_they_belong_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
