/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "io/file/file.h"
#include "io/file/output_set.h"
#include "io/file/volume_set.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void
make_volume(const char *path, size_t size)
{
    static const char bytes[5000] = "oci-layout";
    struct err err = ERR_INIT;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(file_write_at(fd, bytes, size, 0, &err), 0);
    close(fd);
}

static void
sets_are_found_and_judged(void **state)
{
    static const struct {
        const char *name;
        size_t sizes[5]; /* of a.001 and on; 0: none */
        const char *paths[4];
        size_t count;      /* of volumes; 0: refused */
        const char *words; /* in the message */
    } cases[] = {
        {"any of them", {1024, 1024, 10}, {"a.002"}, 3, NULL},
        {"the name", {1024, 1024, 10}, {"a"}, 3, NULL},
        {"all full", {1024, 1024}, {"a.001"}, 2, NULL},
        {"a single one", {1024}, {"a.001"}, 1, NULL},
        {"named, in any order", {1024, 1024, 10}, {"a.003", "./a.001", "a.002"}, 3, NULL},
        {"nothing", {0}, {"a"}, 0, "cannot open 'a'"},
        {"nothing of that number", {0}, {"a.001"}, 0, "cannot open 'a.001'"},
        {"a gap", {1024, 0, 10}, {"a.001"}, 0, "volume 2 is missing"},
        {"gaps", {0, 1024, 0, 0, 10}, {"a.002"}, 0, "volumes 1, 3 to 4 are missing"},
        {"not all named", {1024, 1024, 10}, {"a.001", "a.003"}, 0, "volume 2 is missing"},
        {"one twice",
         {1024, 1024},
         {"a.001", "a.002", "./a.002"},
         0,
         "duplicate volume 2"},
        {"no number", {1024}, {"a.001", "b"}, 0, "does not end with a volume number"},
        {"one cut", {1024, 1000, 1024, 10}, {"a"}, 0, "volume 2, 'a.002', has 1000"},
        {"the first cut", {1000, 1024, 1024, 10}, {"a"}, 0, "volume 1, 'a.001'"},
        {"of two, the first cut", {1000, 1024}, {"a"}, 0, "volume 1, 'a.001'"},
        {"the last too long",
         {1024, 1024, 1025},
         {"a"},
         0,
         "volume 3, 'a.003', has 1025"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(volume_set_release) struct volume_set set = VOLUME_SET_INIT;
        struct err err = ERR_INIT;
        uint64_t size = 0;
        size_t paths = 0;
        int rc;

        for (size_t n = 0; n < COUNT_OF(cases[i].sizes); n++) {
            char path[8];

            snprintf(path, sizeof(path), "a.%03zu", n + 1);
            unlink(path);
            if (cases[i].sizes[n] > 0)
                make_volume(path, cases[i].sizes[n]);
            size += cases[i].sizes[n];
        }
        while (paths < COUNT_OF(cases[i].paths) && cases[i].paths[paths])
            paths++;
        rc = volume_set_open(&set, cases[i].paths, paths, &err);
        if (rc != (cases[i].count > 0 ? 0 : -1))
            fail_msg("%s: %d %s", cases[i].name, rc, err.msg);
        if (rc == 0 && (set.count != cases[i].count || set.volumes.size != size))
            fail_msg("%s: %zu volumes", cases[i].name, set.count);
        if (rc < 0 && !strstr(err.msg, cases[i].words))
            fail_msg("%s: '%s'", cases[i].name, err.msg);
    }
}

/* A bundle may be called what it likes. */
static void
a_file_whose_name_looks_like_a_volume(void **state)
{
    static const char *const paths[] = {"backup.2024"};
    CLEANUP(volume_set_release) struct volume_set set = VOLUME_SET_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_volume(paths[0], 3000);
    assert_int_equal(volume_set_open(&set, paths, 1, &err), 0);
    assert_int_equal(set.volumes.size, 3000);
}

/* Files that consist of holes may be of any size. */
static void
sizes_that_nobody_can_add_up(void **state)
{
    static const char *const paths[] = {"a"};
    CLEANUP(volume_set_release) struct volume_set set = VOLUME_SET_INIT;
    struct err err = ERR_INIT;
    char target[32], name[16];
    int fd = memfd_create("volume", MFD_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, INT64_MAX), 0);
    snprintf(target, sizeof(target), "/proc/self/fd/%d", fd);
    for (int i = 1; i <= 3; i++) {
        snprintf(name, sizeof(name), "a.%03d", i);
        assert_int_equal(symlink(target, name), 0);
    }
    assert_int_equal(volume_set_open(&set, paths, 1, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    close(fd);
}

static void
sizes_are_compared_with_the_signed_one(void **state)
{
    static const struct {
        uint64_t size, needed;
        const char *words;
    } cases[] = {
        {25, 25, NULL},
        {25, 24, NULL},
        {25, 26, "volume 3, the last, is missing 1 bytes"},
        {25, 31, "volume 4 is missing"},
        {25, 50, "volumes 4 to 5 are missing"},
    };
    static const int fds[] = {-1, -1, -1};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct volumes v = {
            .fds = fds, .count = 3, .cut = 10, .size = cases[i].size};
        struct err err = ERR_INIT;
        int rc = volumes_check_size(&v, cases[i].needed, &err);

        assert_int_equal(rc, cases[i].words ? -1 : 0);
        if (rc < 0 && !strstr(err.msg, cases[i].words))
            fail_msg("%d: %s", (int)i, err.msg);
    }
}

/* ---- writing ---- */

static void
volumes_appear_when_published(void **state)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names removed = SECURE_DIR_NAMES_INIT;
    static const char bytes[2500] = {1};
    struct err err = ERR_INIT;
    struct volumes v;

    (void)state;
    make_volume("b.001", 10);
    make_volume("b.004", 10); /* an older, larger set */
    assert_int_equal(output_set_open(&out, "b", 2500, 1024, false, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    output_set_release(&out);

    assert_int_equal(output_set_open(&out, "b", 2500, 1024, true, &err), 0);
    assert_int_equal(output_set_left(&out).size, 0);
    assert_int_equal(output_set_reserve(&out, &err), 0);
    v = output_set_volumes(&out);
    assert_int_equal(volumes_write(&v, bytes, sizeof(bytes), 0, &err), 0);
    output_set_keep(&out);
    output_set_release(&out); /* a run that fails */
    assert_int_equal(access("b.partial.003", F_OK), 0);

    assert_int_equal(output_set_open(&out, "b", 2500, 1024, true, &err), 0);
    assert_int_equal(output_set_left(&out).size, 2500);
    assert_int_equal(output_set_publish(&out, &removed, &err), 0);
    assert_int_equal(access("b.003", F_OK), 0);
    assert_int_equal(access("b.004", F_OK), -1); /* it would not belong to the set */
    assert_int_equal(removed.count, 1);
    assert_string_equal(removed.items[0], "b.004");
    assert_int_equal(count_files(), 3);
}

/* Of 2500 bytes in volumes of 1024: what may be there, and how it is called if not. */
static void
nothing_else_may_be_read_as_a_volume(void **state)
{
    static const struct {
        const char *name, *others, *removed; /* NULL: no conflict */
    } cases[] = {
        {"b.004", "'b.004' exists and", "b.004"},
        {"b.003", "'b.003' exists", NULL}, /* which is replaced */
        {"b.0003", "'b.0003' exists and", "b.0003"},
        {"b.999", "'b.999' exists and", "b.999"},
        {"b.9999", "'b.9999' exists and", "b.9999"},
        {"b.000", NULL, NULL},
        {"b.04", NULL, NULL},
        {"b.00004", NULL, NULL},
        {"b.004.txt", NULL, NULL},
        {"bb.004", NULL, NULL},
        {"b.partial.004.txt", NULL, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
        CLEANUP(secure_dir_names_release)
        struct secure_dir_names removed = SECURE_DIR_NAMES_INIT;
        struct err err = ERR_INIT;

        make_volume(cases[i].name, 10);
        assert_int_equal(output_set_check_volumes("b", 2500, 1024, false, &err),
                         cases[i].others ? -1 : 0);
        assert_int_equal(output_set_check_volumes("b", 2500, 0, false, &err), 0);
        if (cases[i].others) {
            assert_int_equal(output_set_open(&out, "b", 2500, 1024, false, &err), -1);
            assert_int_equal(err.kind, ERR_CONFLICT);
            assert_non_null(strstr(err.msg, cases[i].others));
            assert_int_equal(count_files(), 1);
            output_set_release(&out);
        }
        assert_int_equal(output_set_open(&out, "b", 2500, 1024, true, &err), 0);
        assert_int_equal(access(cases[i].name, F_OK), 0); /* until the end */
        assert_int_equal(output_set_publish(&out, &removed, &err), 0);
        assert_int_equal(removed.count, cases[i].removed ? 1 : 0);
        if (cases[i].removed)
            assert_string_equal(removed.items[0], cases[i].removed);
        assert_int_equal(access(cases[i].name, F_OK), cases[i].removed ? -1 : 0);
        leave_folder(state);
        enter_folder(state);
    }
}

/* Nothing was asked to be replaced, and nothing is: not at the last moment either. */
static void
what_appears_meanwhile_stays(void **state)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names removed = SECURE_DIR_NAMES_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(output_set_open(&out, "b", 2500, 1024, false, &err), 0);
    make_volume("b.005", 10);
    assert_int_equal(output_set_publish(&out, &removed, &err), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    output_set_release(&out);
    assert_int_equal(access("b.005", F_OK), 0);
    assert_int_equal(count_files(), 1);
}

/* Volumes that have their names beside an unfinished first one: of a killed run, or not?
 */
static void
only_a_halfway_set_is_taken_back(void **state)
{
    static const struct {
        const char *unfinished[4], *named[4];
        uint64_t size, last; /* bytes of the named ones, and of the last of them */
        bool is_ours;
    } cases[] = {
        {{"b.partial.001"}, {"b.002", "b.003"}, 1024, 452, true},
        {{"b.partial.001", "b.partial.002"}, {"b.003"}, 1024, 452, true},
        {{"b.partial.new.001"}, {"b.002"}, 1024, 1024, true}, /* of a smaller bundle */
        {{"b.partial.001"},
         {"b.002", "b.003", "b.004"},
         1024,
         1,
         true}, /* a larger one */
        {{"b.partial.001"}, {"b.003"}, 1024, 452, false},
        {{"b.partial.001", "b.partial.002"}, {"b.002", "b.003"}, 1024, 452, false},
        {{"b.partial.001"}, {"b.002", "b.003"}, 1000, 452, false},
        {{"b.partial.001"}, {"b.002", "b.003"}, 1024, 1025, false},
        {{"b.partial.001", "b.partial.003"}, {"b.004"}, 1024, 452, false},
        {{"b.partial.002"}, {"b.003"}, 1024, 452, false},
        {{NULL}, {"b.002"}, 1024, 452, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
        struct err err = ERR_INIT;
        size_t n = 0, files = 0;

        for (; cases[i].unfinished[files]; files++)
            make_volume(cases[i].unfinished[files], 1024);
        for (; cases[i].named[n]; n++)
            make_volume(cases[i].named[n],
                        cases[i].named[n + 1] ? cases[i].size : cases[i].last);
        if (output_set_open(&out, "b", 2500, 1024, false, &err) !=
            (cases[i].is_ours ? 0 : -1))
            fail_msg("%d: %s", (int)i, err.msg);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(access(cases[i].named[k], F_OK), cases[i].is_ours ? -1 : 0);
        if (!cases[i].is_ours) {
            assert_int_equal(err.kind, ERR_CONFLICT);
            assert_int_equal(count_files(), (int)(n + files));
        }
        output_set_discard(&out);
        output_set_release(&out);
        leave_folder(state);
        enter_folder(state);
    }
}

static void
other_volumes_are_not_gone_on_with(void **state)
{
    CLEANUP(output_set_release) struct output_set out = OUTPUT_SET_INIT;
    struct err err = ERR_INIT;

    (void)state;
    make_volume("b.partial.001", 1024);
    make_volume("b.partial.002", 1000);
    make_volume("b.partial.003", 452);
    assert_int_equal(output_set_open(&out, "b", 2500, 1024, false, &err), 0);
    assert_int_equal(output_set_left(&out).size, 0);
    assert_int_equal(output_set_restart(&out, &err), 0);
    output_set_release(&out);
    assert_int_equal(count_files(), 0);
    assert_int_equal(output_set_open(&out, "b", 100000, 1, false, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
}

int
main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(sets_are_found_and_judged),
        IN_FOLDER(a_file_whose_name_looks_like_a_volume),
        IN_FOLDER(sizes_that_nobody_can_add_up),
        IN_FOLDER(sizes_are_compared_with_the_signed_one),
        IN_FOLDER(volumes_appear_when_published),
        IN_FOLDER(nothing_else_may_be_read_as_a_volume),
        IN_FOLDER(what_appears_meanwhile_stays),
        IN_FOLDER(only_a_halfway_set_is_taken_back),
        IN_FOLDER(other_volumes_are_not_gone_on_with),
    };

    return cmocka_run_group_tests_name("volume_set", tests, NULL, NULL);
}
