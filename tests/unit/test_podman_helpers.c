#include "config.h"
#include "tests/unit/folder.h"
#include "tests/unit/unit.h"

#include "registry/podman_helpers.h"

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

static void
the_list_is_found(void **state)
{
    static const struct {
        const char *text, *names; /* NULL: it is not there */
    } table[] = {
        {"credential-helpers = [\"pass\"]", "pass"},
        {"credential-helpers=['containers-auth.json','secretservice']\n",
         "containers-auth.json secretservice"},
        {"\"credential-helpers\" = [ # all of them\n  \"a\", # one\n\n \"b\" ,\n]\n",
         "a b"},
        {"# credential-helpers = [\"x\"]\n\ncredential-helpers = [\"a\"]", "a"},
        {"unqualified-search-registries = [\"docker.io\", 'quay.io']\n"
         "short-name-mode = \"enforcing\" # so\nn = 1\r\nt = {a = [1], b = \"]\"}\n"
         "credential-helpers = [\"a\"]\n[[registry]]\nlocation = \"x\"\n",
         "a"},
        {"x = \"\"\"\ncredential-helpers = [\"x\"]\n\"\"\"\ncredential-helpers = [\"a\"]",
         "a"},
        {"x = '''\n[y]\n'''\ncredential-helpers = [\"a\"]", "a"},
        {"x = \"a \\\" # b\"\ncredential-helpers = [\"a\"]", "a"},
        {"x = [\n 'a', # ]\n [1]\n]\ncredential-helpers = [\"a\"]", "a"},
        {"", NULL},
        {"\n# nothing\n", NULL},
        {"credential-helpers = []", NULL},
        {"[registry]\ncredential-helpers = [\"a\"]", NULL},
        {"[[registry]]\n", NULL},
        {"my-credential-helpers = [\"a\"]", NULL},
        {"x = \"no end\ncredential-helpers = [\"a\"]", NULL},
        {"nonsense", NULL},
        {"= 1", NULL},
        {"\"x", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct podman_helpers h = PODMAN_HELPERS_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i].text);
        assert_int_equal(podman_helpers_parse(&h, table[i].text, &err),
                         table[i].names ? 1 : 0);
        expect_names(&h, table[i].names ? table[i].names : "");
        podman_helpers_release(&h);
    }
}

static void
other_lists_are_refused(void **state)
{
    static const char *const table[] = {
        "credential-helpers = \"a\"",
        "credential-helpers = [\"a\"",
        "credential-helpers = [\"a\" \"b\"]",
        "credential-helpers = [a]",
        "credential-helpers = [1]",
        "credential-helpers = [\"\"]",
        "credential-helpers = [\"../evil\"]",
        "credential-helpers = [\"/bin/sh\"]",
        "credential-helpers = [\"a\\u0062\"]",
        "credential-helpers = [\"\"\"a\"\"\"]",
        "credential-helpers = [[\"a\"]]",
        "credential-helpers = [\"a",
        "credential-helpers = ['1','2','3','4','5','6','7','8','9','10','11','12','13',"
        "'14','15','16','17']",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct podman_helpers h = PODMAN_HELPERS_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", table[i]);
        assert_int_equal(podman_helpers_parse(&h, table[i], &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
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
expect_loaded(const char *home, const char *want)
{
    struct podman_helpers h = PODMAN_HELPERS_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(podman_helpers_load(&h, home, &err), 0);
    expect_names(&h, want);
    podman_helpers_release(&h);
}

static void
the_last_file_wins(void **state)
{
    struct podman_helpers h = PODMAN_HELPERS_INIT;
    struct err err = ERR_INIT;

    (void)state;
    unsetenv("CONTAINERS_REGISTRIES_CONF");
    mkdir("h", 0700);
    mkdir("h/.config", 0700);
    mkdir("h/.config/containers", 0700);
    mkdir("h/.config/containers/registries.conf.d", 0700);
    expect_loaded(folder, PODMAN_FILES);
    put("h/.config/containers/registries.conf", "credential-helpers = [\"main\"]");
    expect_loaded("h", "main");
    put("named.conf", "credential-helpers = [\"named\"]");
    setenv("CONTAINERS_REGISTRIES_CONF", "named.conf", 1);
    expect_loaded("h", "named");
    expect_loaded(NULL, "named");
    put("h/.config/containers/registries.conf.d/2.conf",
        "credential-helpers = [\"two\"]");
    put("h/.config/containers/registries.conf.d/1.conf",
        "credential-helpers = [\"one\"]");
    put("h/.config/containers/registries.conf.d/3.conf", "[aliases]");
    put("h/.config/containers/registries.conf.d/4.txt", "credential-helpers = [\"no\"]");
    expect_loaded("h", "two");
    put("h/.config/containers/registries.conf.d/9.conf", "credential-helpers = 9");
    assert_int_equal(podman_helpers_load(&h, "h", &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "9.conf"));
    podman_helpers_release(&h);
    setenv("CONTAINERS_REGISTRIES_CONF", "absent.conf", 1);
    assert_int_equal(podman_helpers_load(&h, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    podman_helpers_release(&h);
    unsetenv("CONTAINERS_REGISTRIES_CONF");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_found),
        cmocka_unit_test(other_lists_are_refused),
        cmocka_unit_test_setup_teardown(the_last_file_wins, enter_folder, leave_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
