/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "registry/credentials/credentials.h"
#include "tests/unit/folder.h"
#include "registry/credentials/credentials_default.h"

static const char *const variables[] = {"CONTAINERS_REGISTRIES_CONF",
                                        "REGISTRY_AUTH_FILE",
                                        "DOCKER_AUTH_CONFIG",
                                        "XDG_RUNTIME_DIR",
                                        "XDG_CONFIG_HOME",
                                        "DOCKER_CONFIG",
                                        "HOME"};

static struct credentials *
new_set(void)
{
    static struct run run = RUN_INIT;

    return credentials_new(&run);
}

/* Check the user found for a host; NULL: none. */
static void
expect(struct credentials *c, const char *host, const char *user)
{
    struct credential found = CREDENTIAL_INIT;
    struct err err = ERR_INIT;

    print_message("# %s\n", host);
    assert_int_equal(credentials_find(c, host, "x", &found, &err), user ? 1 : 0);
    if (user)
        assert_string_equal(found.user, user);
    credential_release(&found);
}

/* A file with an entry for host "h" and one for a host of its own; its user is the name.
 */
static void
put_file(const char *path, const char *name)
{
    CLEANUP(mem_free_string) char *whole = xstrdup(path);
    FILE *f;

    for (char *p = whole; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        mkdir(whole, 0700);
    }
    f = fopen(whole, "w");
    assert_non_null(f);
    fprintf(f,
            "{\"auths\":{\"h\":{\"username\":\"%s\",\"password\":\"p\"},"
            "\"%s\":{\"username\":\"%s\",\"password\":\"p\"}}}",
            name, name, name);
    fclose(f);
}

static struct credentials *
default_set(void)
{
    struct credentials *c = new_set();
    struct err err = ERR_INIT;

    assert_int_equal(credentials_load_default(c, &err), 0);
    assert_int_equal(err.kind, ERR_NONE);
    return c;
}

/* All places at once, then one after the other removed. */
static void
searches_places_in_order(void **state)
{
    static const struct {
        const char *variable, *value, *file, *name;
    } table[] = {
        {"REGISTRY_AUTH_FILE", "named.json", "named.json", "named"},
        {"DOCKER_AUTH_CONFIG", NULL, NULL, "text"},
        {"XDG_RUNTIME_DIR", "run", "run/containers/auth.json", "run"},
        {"XDG_CONFIG_HOME", "config", "config/containers/auth.json", "config"},
        {"DOCKER_CONFIG", "docker", "docker/config.json", "docker"},
        {"HOME", "home", "home/.docker/config.json", "home"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (table[i].file)
            put_file(table[i].file, table[i].name);
        if (table[i].value)
            setenv(table[i].variable, table[i].value, 1);
    }
    setenv("DOCKER_AUTH_CONFIG",
           "{\"auths\":{\"h\":{\"username\":\"text\",\"password\":\"p\"},"
           "\"text\":{\"username\":\"text\",\"password\":\"p\"}}}",
           1);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(credentials_release) struct credentials *c = default_set();

        expect(c, "h", table[i].name);
        for (size_t k = i + 1; k < COUNT_OF(table); k++) {
            bool is_read = i > 0 && (k < 5 || i > 4); /* a named file is the only one */

            expect(c, table[k].name, is_read ? table[k].name : NULL);
        }
        if (strcmp(table[i].variable, "XDG_RUNTIME_DIR") == 0)
            setenv(table[i].variable, "nothing", 1);
        else
            unsetenv(table[i].variable);
    }
}

static void
finds_podmans_file_in_the_home_folder(void **state)
{
    CLEANUP(credentials_release) struct credentials *c = NULL;

    (void)state;
    put_file("home/.config/containers/auth.json", "podman");
    put_file("home/.docker/config.json", "docker");
    setenv("XDG_RUNTIME_DIR", "nothing", 1);
    setenv("HOME", "home", 1);
    setenv("REGISTRY_AUTH_FILE", "", 1); /* empty is not set */
    setenv("DOCKER_AUTH_CONFIG", "", 1);
    setenv("DOCKER_CONFIG", "", 1);
    c = default_set();
    expect(c, "h", "podman");
    expect(c, "docker", "docker");
}

static void
requires_only_named_files(void **state)
{
    CLEANUP(credentials_release) struct credentials *c = NULL;
    CLEANUP(credentials_release) struct credentials *named = new_set();
    struct err err = ERR_INIT;

    (void)state;
    setenv("XDG_RUNTIME_DIR", "nothing", 1);
    setenv("DOCKER_CONFIG", "/nonexistent", 1);
    c = default_set();
    expect(c, "h", NULL);
    assert_int_equal(credentials_load(c, "/nonexistent/config.json", &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    setenv("REGISTRY_AUTH_FILE", "/nonexistent", 1);
    assert_int_equal(credentials_load_default(named, &err), -1);
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.msg, "REGISTRY_AUTH_FILE"));
}

static void
refuses_malformed_text_in_the_environment(void **state)
{
    CLEANUP(credentials_release) struct credentials *c = new_set();
    struct err err = ERR_INIT;

    (void)state;
    setenv("DOCKER_AUTH_CONFIG", "{\"auths\":{\"h\":{\"auth\":\"secret\"}}}", 1);
    assert_int_equal(credentials_load_default(c, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    assert_non_null(strstr(err.msg, "$DOCKER_AUTH_CONFIG"));
    assert_null(strstr(err.msg, "secret"));
}

/* A folder of its own, and nothing of the person who runs the tests. */
static int
enter_place(void **state)
{
    for (size_t i = 0; i < COUNT_OF(variables); i++)
        unsetenv(variables[i]);
    return enter_folder(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(searches_places_in_order, enter_place,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(finds_podmans_file_in_the_home_folder,
                                        enter_place, leave_folder),
        cmocka_unit_test_setup_teardown(requires_only_named_files, enter_place,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(refuses_malformed_text_in_the_environment,
                                        enter_place, leave_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
