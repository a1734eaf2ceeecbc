/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/folder.h"
#include "tests/unit/unit.h"

#include "registry/credentials/podman_helpers.h"

#include <sys/stat.h>

/* The names with blanks between them. */
static void
expect_names(const struct podman_helpers *h, const char *want)
{
    char text[1024] = "";

    for (size_t i = 0; i < h->count; i++)
        sprintf(text + strlen(text), "%s%s", i > 0 ? " " : "", h->names[i]);
    assert_string_equal(text, want);
}

static int
parse(struct podman_helpers *h, const char *text, struct err *err)
{
    print_message("# %s\n", text);
    return podman_helpers_parse(h, "test.conf", text, strlen(text), err);
}

static void
finds_the_list(void **state)
{
    static const struct {
        const char *text, *names; /* NULL: it is not there */
    } table[] = {
        {"credential-helpers = [\"pass\"]", "pass"},
        {"credential-helpers=['containers-auth.json','secretservice']\n",
         "containers-auth.json secretservice"},
        {"short-name-mode = \"enforcing\"\ncredential-helpers = [\"a\"]\n[[registry]]\n",
         "a"},
        {"", NULL},
        {"credential-helpers = []", NULL},
        {"[registry]\ncredential-helpers = [\"a\"]", NULL},
        {"my-credential-helpers = [\"a\"]", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct podman_helpers h = PODMAN_HELPERS_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(parse(&h, table[i].text, &err), table[i].names ? 1 : 0);
        expect_names(&h, table[i].names ? table[i].names : "");
        podman_helpers_release(&h);
    }
}

#define FOUR "\"a\", \"b\", \"c\", \"d\", "

static void
refuses_malformed_lists(void **state)
{
    static const char too_many[] = "credential-helpers = [" FOUR FOUR FOUR FOUR "\"e\"]";
    static const char *const table[] = {
        "credential-helpers = \"a\"",
        "credential-helpers = true",
        "credential-helpers = [\"a\"",
        "credential-helpers = [\"\"]",
        "credential-helpers = [\"a\", \"../evil\"]",
        "credential-helpers = [\"/bin/sh\"]",
        "nonsense",
        too_many,
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct podman_helpers h = PODMAN_HELPERS_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(parse(&h, table[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, "test.conf"));
        assert_int_equal(h.count, 0);
    }
}

static void
put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void
expect_loaded(const char *want)
{
    struct podman_helpers h = PODMAN_HELPERS_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(podman_helpers_load(&h, &err), 0);
    expect_names(&h, want);
    podman_helpers_release(&h);
}

static void
prefers_the_last_file(void **state)
{
    struct podman_helpers h = PODMAN_HELPERS_INIT;
    struct err err = ERR_INIT;

    (void)state;
    unsetenv("CONTAINERS_REGISTRIES_CONF");
    setenv("XDG_CONFIG_HOME", "c", 1);
    mkdir("c", 0700);
    mkdir("c/containers", 0700);
    mkdir("c/containers/registries.conf.d", 0700);
    put("c/containers/registries.conf", "short-name-mode = \"permissive\"");
    expect_loaded(PODMAN_FILES);
    put("c/containers/registries.conf", "credential-helpers = [\"main\"]");
    expect_loaded("main");
    put("c/containers/registries.conf.d/2.conf", "credential-helpers = [\"two\"]");
    put("c/containers/registries.conf.d/1.conf", "credential-helpers = [\"one\"]");
    put("c/containers/registries.conf.d/3.conf", "[aliases]");
    expect_loaded("two");
    put("named.conf", "credential-helpers = [\"named\"]");
    setenv("CONTAINERS_REGISTRIES_CONF", "named.conf", 1);
    expect_loaded("named");
    put("named.conf", "credential-helpers = true");
    assert_int_equal(podman_helpers_load(&h, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "named.conf"));
    podman_helpers_release(&h);
    unsetenv("CONTAINERS_REGISTRIES_CONF");
    unsetenv("XDG_CONFIG_HOME");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_list),
        cmocka_unit_test(refuses_malformed_lists),
        cmocka_unit_test_setup_teardown(prefers_the_last_file, enter_folder,
                                        leave_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
