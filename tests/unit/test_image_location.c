/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "images/image_location.h"

static void
parses_locations(void **state)
{
    static const struct {
        const char *text;
        enum image_transport transport;
        const char *path, *name;
    } cases[] = {
        {"nginx:1.27", TRANSPORT_REGISTRY, NULL, "nginx:1.27"},
        {"docker://reg.corp/x:1", TRANSPORT_REGISTRY, NULL, "docker://reg.corp/x:1"},
        {"oci://reg.corp/x:1", TRANSPORT_REGISTRY, NULL, "oci://reg.corp/x:1"},
        {"docker://oci:5000/x", TRANSPORT_REGISTRY, NULL, "docker://oci:5000/x"},
        {"docker.io/library/oci:1", TRANSPORT_REGISTRY, NULL, "docker.io/library/oci:1"},
        {"oci-archive", TRANSPORT_REGISTRY, NULL, "oci-archive"},
        {"dir:1.0", TRANSPORT_REGISTRY, NULL, "dir:1.0"},
        {"", TRANSPORT_REGISTRY, NULL, ""},
        {"oci:layout", TRANSPORT_OCI_DIR, "layout", ""},
        {"oci:/a/b:team/web:1.4", TRANSPORT_OCI_DIR, "/a/b", "team/web:1.4"},
        {"oci:/a", TRANSPORT_OCI_DIR, "/a", ""},
        {"oci:x:1", TRANSPORT_OCI_DIR, "x", "1"},
        {"oci-archive:x.tar", TRANSPORT_OCI_ARCHIVE, "x.tar", ""},
        {"oci-archive:x.tar.gz:web", TRANSPORT_OCI_ARCHIVE, "x.tar.gz", "web"},
        {"docker-archive:./x.tar:reg.corp:5000/a:1", TRANSPORT_DOCKER_ARCHIVE, "./x.tar",
         "reg.corp:5000/a:1"},
        {"bundle:images.tar", TRANSPORT_BUNDLE, "images.tar", ""},
        {"bundle:images.tar:docker.io/library/nginx:1.27", TRANSPORT_BUNDLE, "images.tar",
         "docker.io/library/nginx:1.27"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(image_location_release)
        struct image_location l = IMAGE_LOCATION_INIT;
        struct err err = ERR_INIT;
        size_t len = strlen(cases[i].text);

        print_message("# %s\n", cases[i].text);
        assert_int_equal(image_location_parse(&l, cases[i].text, len, &err), 0);
        assert_int_equal(l.transport, cases[i].transport);
        assert_string_equal(l.name, cases[i].name);
        if (cases[i].path)
            assert_string_equal(l.path, cases[i].path);
        else
            assert_null(l.path);
        assert_int_equal(image_location_is_local(cases[i].text, len),
                         cases[i].transport != TRANSPORT_REGISTRY);
    }
}

static void
refuses_malformed_locations(void **state)
{
    static const char *const cases[] = {
        "oci:",
        "oci::x",
        "oci-archive:",
        "docker-archive::",
        "bundle:",
        "bundle:x:",
        "oci:x:",
        "dir:/a/b",
        "dir:./x",
        "docker-daemon:nginx:1",
        "containers-storage:x",
        "ostree:x",
        "tarball:/x.tar",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct image_location l = IMAGE_LOCATION_INIT;
        struct err err = ERR_INIT;

        print_message("# %s\n", cases[i]);
        assert_int_equal(image_location_parse(&l, cases[i], strlen(cases[i]), &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_null(l.name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_locations),
        cmocka_unit_test(refuses_malformed_locations),
    };

    return cmocka_run_group_tests_name("image_location", tests, NULL, NULL);
}
