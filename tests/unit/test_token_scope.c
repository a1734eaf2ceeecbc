/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "registry/auth/token_scope.h"

/* The scopes of a call to "team/app", with blanks between them. */
static void
check_scopes(const char *demanded, const char *mount_from, bool may_push,
             const char *expected)
{
    const struct repository repo = {.host = "h", .path = "team/app"};
    const struct call call = {.repo = &repo, .mount_from = mount_from};
    struct token_scopes scopes = TOKEN_SCOPE_INIT;
    char text[2048] = "";

    print_message("# %s\n", demanded ? demanded : "nothing");
    token_scope_of_call(&scopes, &call, may_push, demanded);
    for (size_t i = 0; i < scopes.count; i++)
        sprintf(text + strlen(text), "%s%s", i > 0 ? " " : "", scopes.items[i]);
    assert_string_equal(text, expected);
    token_scope_release(&scopes);
}

static void
scope_covers_the_repository_of_the_call(void **state)
{
    (void)state;
    check_scopes(NULL, NULL, false, "repository:team/app:pull");
    check_scopes(NULL, NULL, true, "repository:team/app:pull,push");
    check_scopes("repository:team/app:pull,push,delete,x", NULL, true,
                 "repository:team/app:pull,push,x");
    check_scopes("repository:other/app:push,x", "other/app", true,
                 "repository:team/app:pull,push repository:other/app:pull");
    check_scopes(NULL, "other/app", true,
                 "repository:team/app:pull,push repository:other/app:pull");
}

static void
calls_without_a_repository_need_no_other_scope(void **state)
{
    const struct repository all = {.host = "h", .path = ""};

    (void)state;
    for (int is_catalog = 0; is_catalog < 2; is_catalog++) {
        const struct call call = {.repo = &all, .is_catalog = is_catalog == 1};
        struct token_scopes scopes = TOKEN_SCOPE_INIT;

        token_scope_of_call(&scopes, &call, false, "repository:team/app:pull");
        assert_int_equal(scopes.count, is_catalog);
        if (is_catalog)
            assert_string_equal(scopes.items[0], "registry:catalog:*");
        token_scope_release(&scopes);
    }
}

/* Never more than what we came for, but first. */
static void
demanded_scope_comes_first(void **state)
{
    static const struct {
        const char *demanded, *expected;
    } table[] = {
        {"repository:team/app:pull", "repository:team/app:pull"},
        {"repository:team/app:pull,push,delete", "repository:team/app:pull"},
        {"repository:alias/team/app:*",
         "repository:alias/team/app:pull repository:team/app:pull"},
        {"repository:app:pull", "repository:app:pull repository:team/app:pull"},
        {"repository:h:5000/team/app:pull",
         "repository:h:5000/team/app:pull repository:team/app:pull"},
        {"repository:app:pull  repository:b/team/app:pull",
         "repository:app:pull repository:b/team/app:pull repository:team/app:pull"},
        {"registry:catalog:*", "repository:team/app:pull"},
        {"repository(plugin):a/team/app:pull",
         "repository(plugin):a/team/app:pull repository:team/app:pull"},
        {"repository(plugin):team/app:pull,x",
         "repository(plugin):team/app:pull,x repository:team/app:pull,x"},
        {"repository():team/app:x", "repository:team/app:pull"},
        {"repository(a b):team/app:x", "repository:team/app:pull"},
        {"repository(a)x:team/app:x", "repository:team/app:pull"},
        {"repositoryx:team/app:x", "repository:team/app:pull"},
        {"repository:team/app:metadata_read", "repository:team/app:pull,metadata_read"},
        {"repository:team/app:push,metadata_read,delete,*,Push,PULL,a*,,read-it",
         "repository:team/app:pull,metadata_read,read-it"},
        {"repository:x/team/app:metadata_read",
         "repository:x/team/app:pull repository:team/app:pull"},
        {"repository:team/app:", "repository:team/app:pull"},
        {"repository:app:pull repository:team/app:x repository:team/app:y",
         "repository:app:pull repository:team/app:pull,x,y"},
        {"repository:secret:pull", "repository:team/app:pull"},
        {"repository:team/secret:pull,x", "repository:team/app:pull"},
        {"repository:xteam/app:pull", "repository:team/app:pull"},
        {"repository:pp:pull", "repository:team/app:pull"},
        {"repository:team/app/x:pull", "repository:team/app:pull"},
        {"repository:/team/app:pull",
         "repository:/team/app:pull repository:team/app:pull"},
        {"", "repository:team/app:pull"},
        {"repository:", "repository:team/app:pull"},
        {"repository::pull", "repository:team/app:pull"},
        {"repository:a", "repository:team/app:pull"},
        {"repository:1/team/app:x repository:2/team/app:x repository:3/team/app:x "
         "repository:4/team/app:x repository:5/team/app:x",
         "repository:1/team/app:pull repository:2/team/app:pull "
         "repository:3/team/app:pull repository:4/team/app:pull "
         "repository:team/app:pull"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        check_scopes(table[i].demanded, NULL, false, table[i].expected);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scope_covers_the_repository_of_the_call),
        cmocka_unit_test(calls_without_a_repository_need_no_other_scope),
        cmocka_unit_test(demanded_scope_comes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
