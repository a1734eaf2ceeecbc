/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/folder.h"

#include "cli/commands/commands.h"
#include "cli/files.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Placeholders for files in help texts. */
static bool
is_file_word(const char *word)
{
    static const char *const words[] = {"FILE", "PUB",    "KEY", "CERT",
                                        "LIST", "BUNDLE", "DIR"};

    for (size_t i = 0; word && i < COUNT_OF(words); i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

static void
every_option_declares_whether_it_names_a_file(void **state)
{
    size_t seen = 0;

    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (const struct opt *o = (*c)->table; o->kind != OPT_END; o++) {
            if (is_file_word(o->arg) != (o->file != OPT_NO_FILE))
                fail_msg("%s --%s", (*c)->name, o->name);
            if (o->file == OPT_BY_COMMAND && !(*c)->files)
                fail_msg("%s --%s belongs to no file", (*c)->name, o->name);
            seen += o->file != OPT_NO_FILE;
        }
    }
    assert_true(seen > 40);
}

/* "a" and its hard link "hard", a link "soft" to it, a volume, and a folder "sub" with a
 * link "up" to this one. */
static void
make_world(void)
{
    make_file("a", "1");
    assert_int_equal(link("a", "hard"), 0);
    assert_int_equal(symlink("a", "soft"), 0);
    make_file("set.002", "2");
    assert_int_equal(link("set.002", "twin"), 0);
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(symlink("..", "sub/up"), 0);
    assert_int_equal(mkdir("store", 0700), 0);
    assert_int_equal(mkdir("store/keys", 0700), 0);
    make_file("store/keys/k.pub", "3");
    assert_int_equal(link("store/keys/k.pub", "key"), 0);
}

struct pair {
    enum file_role role;
    const char *path;
    enum file_role other_role;
    const char *other;
    bool is_refused;
};

static const struct pair pairs[] = {
    /* by name, there or not */
    {FILE_READ, "a", FILE_WRITTEN, "a", true},
    {FILE_READ, "a", FILE_WRITTEN, "b", false},
    {FILE_READ, "none", FILE_WRITTEN, "./none", true},
    {FILE_READ, "none", FILE_WRITTEN, "sub/up/none", true},
    {FILE_READ, "none", FILE_WRITTEN, "sub/none", false},
    {FILE_READ, "no/where", FILE_WRITTEN, "no/where", true},
    {FILE_READ, "no/where", FILE_WRITTEN, "where", false},
    {FILE_WRITTEN, "none", FILE_WRITTEN, "none", true},
    {FILE_READ, "none", FILE_READ, "none", false},
    /* by what is there */
    {FILE_READ, "a", FILE_WRITTEN, "hard", true},
    {FILE_READ, "hard", FILE_WRITTEN, "soft", true},
    {FILE_READ, "soft", FILE_WRITTEN, "a", true},
    {FILE_READ, "hard", FILE_READ, "soft", false},
    {FILE_READ, "sub", FILE_WRITTEN, "sub/up/a", false},
    /* what an output is at first */
    {FILE_READ, "out.partial", FILE_WRITTEN, "out", true},
    {FILE_READ, "out.partial.old", FILE_WRITTEN, "out", false},
    {FILE_READ, "out.partial.old", FILE_WRITTEN_BUNDLE, "out", true},
    {FILE_READ, "out.partial.new", FILE_WRITTEN_BUNDLE, "out", true},
    {FILE_WRITTEN, "out.partial", FILE_WRITTEN_BUNDLE, "out", true},
    {FILE_WRITTEN, "out.partial.partial", FILE_WRITTEN_BUNDLE, "out", false},
    /* volumes */
    {FILE_READ, "set.001", FILE_WRITTEN_BUNDLE, "set", false},
    {FILE_READ, "set.001", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ, "set.9999", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ, "set.000", FILE_WRITTEN_VOLUMES, "set", false},
    {FILE_READ, "set.partial.007", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ, "set.partial.new.007", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ, "set", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ, "twin", FILE_WRITTEN_VOLUMES, "set", true},
    {FILE_READ_BUNDLE, "set", FILE_WRITTEN, "set.004", true},
    {FILE_READ_BUNDLE, "set.001", FILE_WRITTEN, "set.004", true},
    {FILE_READ_BUNDLE, "set.001", FILE_WRITTEN, "set.txt", false},
    {FILE_READ_BUNDLE, "set.001", FILE_WRITTEN, "twin", true},
    {FILE_READ_BUNDLE, "set.001", FILE_WRITTEN, "sub/set.002", false},
    {FILE_CHANGED_BUNDLE, "set.001", FILE_READ, "set.002", true},
    {FILE_CHANGED_BUNDLE, "a", FILE_READ, "hard", true},
    {FILE_READ_BUNDLE, "set.001", FILE_WRITTEN_VOLUMES, "set", true},
    /* which --force replaces */
    {FILE_REUSED, "set.001", FILE_WRITTEN_VOLUMES, "set", false},
    {FILE_REUSED, "a", FILE_WRITTEN_BUNDLE, "a", false},
    {FILE_REUSED, "a", FILE_WRITTEN, "hard", true},
    /* signatures beside an update */
    {FILE_READ_UPDATE, "up", FILE_WRITTEN, "up.0123.sigstore.json", true},
    {FILE_WRITTEN_UPDATE, "up", FILE_READ, "up.0123.sigstore.json", true},
    {FILE_READ_UPDATE, "up", FILE_WRITTEN, "up.json", false},
    {FILE_READ_UPDATE, "up", FILE_WRITTEN, "upper.0123.sigstore.json", false},
    /* a trust store */
    {FILE_TRUST_STORE, "store", FILE_WRITTEN, "store/policy.json", true},
    {FILE_TRUST_STORE, "store", FILE_WRITTEN, "store/revoked", true},
    {FILE_TRUST_STORE, "store/", FILE_WRITTEN, "sub/up/store/keys/new.pub", true},
    {FILE_TRUST_STORE, "store", FILE_WRITTEN, "key", true},
    {FILE_TRUST_STORE, "store", FILE_WRITTEN, "store/report", false},
    {FILE_TRUST_STORE, ".", FILE_WRITTEN, "report", false},
    {FILE_TRUST_STORE, "store", FILE_READ, "store/keys/k.pub", false},
    {FILE_TRUST_STATE, "store", FILE_WRITTEN, "store/prod.json", true},
    {FILE_TRUST_STATE, "store", FILE_WRITTEN, "prod.json", false},
    /* no files */
    {FILE_READ, "-", FILE_WRITTEN, "-", false},
    {FILE_READ, "pkcs11:object=k", FILE_WRITTEN, "pkcs11:object=k", false},
    {FILE_READ, "", FILE_WRITTEN, "", false},
    {FILE_READ, "/dev/null", FILE_WRITTEN, "a", false},
};

static int
check(const struct pair *p, bool is_turned, const char *label, struct err *err)
{
    CLEANUP(files_release) struct files f = FILES_INIT;

    if (is_turned)
        files_add(&f, p->other_role, label, p->other);
    files_add(&f, p->role, "--one", p->path);
    if (!is_turned)
        files_add(&f, p->other_role, label, p->other);
    return files_check(&f, err);
}

static void
refuses_outputs_that_are_other_files(void **state)
{
    (void)state;
    make_world();
    for (size_t i = 0; i < 2 * COUNT_OF(pairs); i++) {
        const struct pair *p = &pairs[i / 2];
        struct err err = ERR_INIT;
        int rc = check(p, i % 2 == 1, "--other", &err);

        if (rc != (p->is_refused ? -1 : 0))
            fail_msg("'%s' and '%s': %s", p->path, p->other, err.msg);
        if (!p->is_refused)
            continue;
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.msg, "--one '"));
        assert_non_null(strstr(err.msg, "--other '"));
        assert_int_equal(check(p, i % 2 == 1, "--one", &err), 0); /* of one option */
    }
}

static void
compares_standard_streams_too(void **state)
{
    static const struct {
        int fd;
        enum file_role role;
        bool is_refused;
    } cases[] = {
        {STDIN_FILENO, FILE_READ, false},
        {STDIN_FILENO, FILE_WRITTEN, true},
        {STDOUT_FILENO, FILE_READ, true},
        {STDOUT_FILENO, FILE_WRITTEN, true},
    };

    (void)state;
    make_file("a", "1");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(files_release) struct files f = FILES_INIT;
        struct err err = ERR_INIT;
        int kept = dup(cases[i].fd), fd = open("a", O_RDWR | O_CLOEXEC), rc;

        fflush(stdout);
        assert_true(kept >= 0 && fd >= 0 && dup2(fd, cases[i].fd) >= 0);
        files_add(&f, cases[i].role, "--one", "a");
        rc = files_check(&f, &err);
        assert_true(dup2(kept, cases[i].fd) >= 0);
        close(kept);
        close(fd);
        assert_int_equal(rc, cases[i].is_refused ? -1 : 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_declares_whether_it_names_a_file),
        cmocka_unit_test_setup_teardown(refuses_outputs_that_are_other_files,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(compares_standard_streams_too, enter_folder,
                                        leave_folder),
    };

    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
