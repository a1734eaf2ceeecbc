/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/cleanup.h"
#include "trust/place.h"

#define SYSTEM STORE_SYSTEM, STATE_SYSTEM

static const struct {
    const char *name;
    struct trust_surroundings where;
    const char *dir, *state;
} cases[] = {
    {"root", {.is_root = true, .home = "/root"}, SYSTEM},
    {"root, with folders of its own",
     {.is_root = true, .config_home = "/c", .state_home = "/s", .home = "/root"},
     SYSTEM},
    {"the store of the system wins", {.has_system_store = true, .home = "/h"}, SYSTEM},
    {"a user",
     {.home = "/h"},
     "/h/.config/sealift/trust",
     "/h/.local/state/sealift/state"},
    {"a user with variables",
     {.config_home = "/c", .state_home = "/s", .home = "/h"},
     "/c/sealift/trust",
     "/s/sealift/state"},
    {"variables and no home",
     {.config_home = "/c", .state_home = "/s"},
     "/c/sealift/trust",
     "/s/sealift/state"},
    {"half of that", {.config_home = "/c"}, SYSTEM},
    {"nothing at all", {.home = NULL}, SYSTEM},
    {"empty ones", {.config_home = "", .state_home = "", .home = ""}, SYSTEM},
    {"relative ones do not count",
     {.config_home = "c", .state_home = "./s", .home = "/h"},
     "/h/.config/sealift/trust",
     "/h/.local/state/sealift/state"},
};

static void
depends_on_the_user_and_existing_folders(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trust_place place = TRUST_PLACE_INIT;

        print_message("# %s\n", cases[i].name);
        trust_place_choose(&place, &cases[i].where);
        assert_string_equal(place.dir, cases[i].dir);
        assert_string_equal(place.state, cases[i].state);
        trust_place_release(&place);
    }
}

static void
keeps_state_inside_a_store_given_by_option(void **state)
{
    struct trust_place place = TRUST_PLACE_INIT;

    (void)state;
    trust_place_find(&place, "sub/store");
    assert_string_equal(place.dir, "sub/store");
    assert_string_equal(place.state, "sub/store/state");
    trust_place_release(&place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depends_on_the_user_and_existing_folders),
        cmocka_unit_test(keeps_state_inside_a_store_given_by_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
