/* SPDX-License-Identifier: Apache-2.0 */
/* Files that decide about trust are read only when no other user could have written them.
 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/text.h"
#include "io/file/secure_dir.h"
#include "tests/unit/folder.h"
#include "io/file/secure_open.h"

#include <fcntl.h>

/* store/keys/a.pub, and beside the store open/, which others may write to, and closed/.
 */
static int
enter_store(void **state)
{
    if (enter_folder(state) < 0)
        return -1;
    umask(022);
    for (size_t i = 0; i < 6; i++) {
        static const char *const folders[] = {"store", "store/keys", "store/sub",
                                              "open",  "open/inner", "closed"};

        assert_int_equal(mkdir(folders[i], 0755), 0);
    }
    make_file("store/keys/a.pub", "a");
    make_file("store/sub/b.pub", "b");
    make_file("open/c.pub", "c");
    make_file("open/inner/d.pub", "d");
    make_file("closed/e.pub", "e");
    assert_int_equal(symlink("closed/e.pub", "loop"), 0);
    return chmod("open", 0777);
}

static enum err_kind
slurp(const char *path, const char *expected)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(100);
    struct err err = ERR_INIT;

    if (secure_dir_slurp(path, &text, &err) == 0) {
        assert_non_null(expected);
        assert_string_equal(text.data, expected);
        return ERR_NONE;
    }
    assert_int_equal(text.len, 0);
    return err.kind;
}

/* The folder that a link is in has its own rule; all that it leads through, too. */
static void
links_lead_to_nothing_weaker(void **state)
{
    static const struct {
        const char *target; /* of store/keys/link; %s is the absolute path of here */
        enum err_kind kind;
        const char *content;
    } table[] = {
        {"a.pub", ERR_NONE, "a"},
        {"./a.pub", ERR_NONE, "a"},
        {"../sub/b.pub", ERR_NONE, "b"},
        {"../../closed/e.pub", ERR_NONE, "e"},
        {"%s/closed/e.pub", ERR_NONE, "e"}, /* through /tmp, which is sticky */
        {"../../loop", ERR_NONE, "e"},      /* a link to a link */
        {"../../open/c.pub", ERR_USAGE, NULL},
        {"%s/open/c.pub", ERR_USAGE, NULL},
        {"../../open/inner/d.pub", ERR_USAGE, NULL},
        {"../../open/link", ERR_USAGE, NULL}, /* which leads back to a good one */
        {"../../open/../closed/e.pub", ERR_USAGE, NULL},
        {"../../through/inner/d.pub", ERR_USAGE, NULL},
        {"nowhere", ERR_LOCAL, NULL},
        {"link", ERR_USAGE, NULL},
        {"../keys", ERR_USAGE, NULL},
    };

    (void)state;
    assert_int_equal(symlink("../closed/e.pub", "open/link"), 0);
    assert_int_equal(symlink("open", "through"), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_free_string) char *target = NULL;

        target = table[i].target[0] == '%'
                     ? xasprintf("%s%s", folder, table[i].target + 2)
                     : xstrdup(table[i].target);
        assert_int_equal(symlink(target, "store/keys/link"), 0);
        if (slurp("store/keys/link", table[i].content) != table[i].kind)
            fail_msg("%s", target);
        assert_int_equal(unlink("store/keys/link"), 0);
    }
}

static void
the_folder_of_a_file_counts(void **state)
{
    static const struct {
        const char *path;
        mode_t mode;
    } table[] = {
        {"store/keys", 0777},       {"store/keys", 0775},       {"store/keys", 01777},
        {"store/keys/a.pub", 0666}, {"store/keys/a.pub", 0664},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_int_equal(chmod(table[i].path, table[i].mode), 0);
        assert_int_equal(slurp("store/keys/a.pub", NULL), ERR_USAGE);
        assert_int_equal(chmod(table[i].path, 0755), 0);
        assert_int_equal(slurp("store/keys/a.pub", "a"), ERR_NONE);
    }
    /* A sticky folder may be on the way that a link takes, not hold what is read. */
    assert_int_equal(chmod("closed", 01777), 0);
    assert_int_equal(symlink("../../closed/e.pub", "store/keys/link"), 0);
    assert_int_equal(slurp("store/keys/link", NULL), ERR_USAGE);
}

static void
a_folder_that_is_a_link_counts_as_its_end(void **state)
{
    static const struct {
        const char *target;
        enum err_kind kind;
    } table[] = {
        {"store/keys", ERR_NONE}, {"open", ERR_USAGE}, {"open/inner", ERR_USAGE},
        {"nowhere", ERR_LOCAL},   {"loop", ERR_LOCAL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(secure_dir_names_release)
        struct secure_dir_names names = SECURE_DIR_NAMES_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(symlink(table[i].target, "folder"), 0);
        assert_int_equal(secure_dir_list(&names, "folder", ".pub", &err),
                         table[i].kind == ERR_NONE ? 0 : -1);
        assert_int_equal(err.kind, table[i].kind);
        assert_int_equal(names.count, table[i].kind == ERR_NONE ? 1 : 0);
        assert_int_equal(unlink("folder"), 0);
    }
}

/* Paths as users write them. */
static void
paths_of_every_form_are_opened(void **state)
{
    static const char *const there[] = {".", "store",      "./store",        "store/",
                                        "/", "store//sub", "store/../store", "/usr"};
    static const char *const absent[] = {"", "nowhere", "nowhere/sub", "store/nowhere"};
    CLEANUP(mem_free_string) char *whole = xasprintf("%s/store/keys/a.pub", folder);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(there); i++) {
        struct err err = ERR_INIT;
        int fd = secure_dir_open(there[i], 1, O_RDONLY | O_DIRECTORY, &err);

        if (fd < 0)
            fail_msg("%s: %s", there[i], err.msg);
        close(fd);
    }
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        struct err err = ERR_INIT;

        assert_int_equal(secure_dir_open(absent[i], 2, O_RDONLY, &err), -1);
        assert_int_equal(err.kind, ERR_NOT_FOUND);
    }
    assert_int_equal(slurp(whole, "a"), ERR_NONE);
    assert_int_equal(slurp("store/./keys/a.pub", "a"), ERR_NONE);
    assert_int_equal(chdir("store/keys"), 0);
    assert_int_equal(slurp("a.pub", "a"), ERR_NONE);
    assert_int_equal(slurp("../sub/b.pub", "b"), ERR_NONE);
}

/* Only root can give things away. */
static void
what_belongs_to_others_is_refused(void **state)
{
    static const char *const paths[] = {"store/keys", "store/keys/a.pub"};

    (void)state;
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        assert_int_equal(chown(paths[i], 12345, 12345), 0);
        assert_int_equal(slurp("store/keys/a.pub", NULL), ERR_USAGE);
        assert_int_equal(chown(paths[i], 0, 0), 0);
    }
    assert_int_equal(symlink("a.pub", "store/keys/link"), 0);
    assert_int_equal(slurp("store/keys/link", "a"), ERR_NONE);
    assert_int_equal(lchown("store/keys/link", 12345, 12345), 0);
    assert_int_equal(slurp("store/keys/link", NULL), ERR_USAGE);
}

#define IN_STORE(test) cmocka_unit_test_setup_teardown(test, enter_store, leave_folder)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_STORE(links_lead_to_nothing_weaker),
        IN_STORE(the_folder_of_a_file_counts),
        IN_STORE(a_folder_that_is_a_link_counts_as_its_end),
        IN_STORE(paths_of_every_form_are_opened),
        IN_STORE(what_belongs_to_others_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
