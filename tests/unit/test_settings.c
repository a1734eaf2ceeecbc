/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "cli/settings.h"
#include "cli/settings_file.h"

#include <stdlib.h>

static int
add(struct settings *s, enum opt_source source, const char *text, struct err *err)
{
    return settings_add_file(s, source, source == OPT_SYSTEM ? "/sys" : "/user", text,
                             strlen(text), err);
}

/* ---- files ---- */

static void
reads_the_lines_of_a_file(void **state)
{
    static const char text[] = "# comment\n\n  jobs\t=  8 \r\nprogress=plain\n"
                               "[ import ]\nmap = a=b # c\nmap = d=e\n"
                               "[export]\nstream = [prod]";
    static const struct {
        const char *place, *command, *name, *value;
    } expected[] = {
        {"/user:3", NULL, "jobs", "8"},
        {"/user:4", NULL, "progress", "plain"},
        {"/user:6", "import", "map", "a=b # c"},
        {"/user:7", "import", "map", "d=e"},
        {"/user:9", "export", "stream", "[prod]"},
    };
    CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(add(&s, OPT_USER, text, &err), 0);
    assert_int_equal(s.count, COUNT_OF(expected));
    for (size_t i = 0; i < s.count; i++) {
        const struct command *c = s.items[i].command;

        assert_string_equal(s.items[i].place, expected[i].place);
        assert_string_equal(s.items[i].name, expected[i].name);
        assert_string_equal(s.items[i].value, expected[i].value);
        assert_string_equal(c ? c->name : "",
                            expected[i].command ? expected[i].command : "");
    }
}

/* The system's file may have these, that of a user may not. */
#define OF_SYSTEM "may only be given on the command line or in /etc/sealift/sealift.conf"
#define OF_LINE   "may only be given on the command line"

static const struct {
    const char *text, *why, *hint; /* of the user's file; hint NULL: any */
    bool is_right_for_system;
} wrong[] = {
    {"jobs", "/user:1: expected OPTION = VALUE", "", false},
    {"= 8", "expected OPTION = VALUE", "", false},
    {"jobs =", "'jobs' has no value", "", false},
    {"jobs = \t", "'jobs' has no value", "", false},
    {"\n[import", "/user:2: a section is [COMMAND]", "", false},
    {"[", "a section is [COMMAND]", "", false},
    {"[]", "unknown command ''", NULL, false},
    {"[imports]\n", "unknown command 'imports'", "did you mean 'import'?", false},
    {"jobs = 8\a", "control character", "", false},
    {"jobs = 65", "requires a number from 0 to 64", "", false},
    {"jobs = many", "requires a number", "", false},
    {"quiet = maybe", "requires yes or no", "", false},
    {"verbose = 10", "requires a number from 0 to 9", "", false},
    {"\n\njobbs = 8", "/user:3: 'jobbs' is not an option", "did you mean 'jobs'?", false},
    {"--jobs = 8", "'--jobs' is not an option", NULL, false},
    {"[verify]\nstrem = a", "'strem' is not an option of verify", "", false},
    {"[export]\nstrem = a", "'strem' is not an option of export",
     "did you mean 'stream'?", false},
    {"[verify]\nmap = a=b", "'map' is not an option of verify", "", false},
    {"jobs = 8\njobs = 9", "/user:2: 'jobs' is given twice, first at /user:1", "", false},
    {"[export]\njobs = 8\n[import]\n[export]\njobs = 8", "given twice", "", false},
    {"key = /k", "different things to different commands", "", false},
    {"help = yes", OF_LINE, "", false},
    {"force = yes", OF_LINE, "", false},
    {"[export]\nforce = yes", OF_LINE, "", false},
    {"[export]\nunsigned = yes", OF_LINE, "", false},
    {"[export]\nallow-incomplete = yes", OF_LINE, "", false},
    {"insecure-skip-verify = yes", OF_LINE, "", false},
    {"[keygen]\nno-passphrase = yes", OF_LINE, "", false},
    {"allow-rollback = yes", OF_LINE, "", false},
    {"allow-expired = why", OF_LINE, "", false},
    {"[verify]\nkey = /k.pub", OF_SYSTEM, "", true},
    {"[import]\nkey = /k.pub", OF_SYSTEM, "", true},
    {"[verify-receipt]\nkey = /k.pub", OF_SYSTEM, "", true},
    {"trust = /etc/trust", OF_SYSTEM, "", true},
    {"source-key = /k.pub", OF_SYSTEM, "", true},
    {"on-existing = skip", OF_SYSTEM, "", true},
    {"foreign-layers = yes", OF_SYSTEM, "", true},
    {"plain-http = registry.corp:5000", OF_SYSTEM, "", true},
    {"trust-realm = auth.corp", OF_SYSTEM, "", true},
    {"passphrase = hush", "settings must not contain secrets",
     "passphrase-file names a file with a passphrase, and authfile one with credentials",
     false},
    {"[import]\ncreds = alice:hush", "settings must not contain secrets", NULL, false},
    {"proxy = http://alice:hush@proxy.corp:3128", "'proxy' contains a secret", "", false},
    {"[sign]\nkey = pkcs11:token=a?pin-value=1234", "'key' contains a secret", "", false},
    {"ca-file = corp.pem", "'ca-file' requires an absolute path", "", false},
    {"[export]\nreuse = ./last.tar", "'reuse' requires an absolute path", "", false},
    {"report = ~/report.json", "'report' requires an absolute path", "", false},
};

static void
rejects_what_is_wrong_in_a_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        for (int source = OPT_SYSTEM; source <= OPT_USER; source++) {
            CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
            struct err err = ERR_INIT;
            bool is_right = source == OPT_SYSTEM && wrong[i].is_right_for_system;
            int rc = add(&s, (enum opt_source)source, wrong[i].text, &err);

            print_message("# %d: %s: %s\n", source, wrong[i].text, err.msg);
            assert_int_equal(rc, is_right ? 0 : -1);
            if (is_right)
                continue;
            assert_int_equal(err.kind, ERR_USAGE);
            assert_null(strstr(err.msg, "hush"));
            if (source == OPT_SYSTEM)
                continue;
            assert_non_null(strstr(err.msg, wrong[i].why));
            if (wrong[i].hint)
                assert_string_equal(err.hint, wrong[i].hint);
        }
    }
}

static void
accepts_what_is_right_in_a_file(void **state)
{
    static const char *const right[] = {
        "",
        "\n",
        "#",
        "jobs = 8",
        "[export]\nkey = pkcs11:token=a;object=b",
        "[export]\nkey = /team.key\n[sign]\nkey = /team.key\n[trust]\nkey = /root.key",
        "[export]\nfrom = -",
        "[import]\ntarget = registry.corp:5000/mirror\nreceipt = /host.key",
        "report = /var/log/sealift.json",
        "passphrase-file = /run/secrets/passphrase",
        "proxy = http://proxy.corp:3128",
        "authfile = /run/auth.json",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
        struct err err = ERR_INIT;

        if (add(&s, OPT_USER, right[i], &err) < 0)
            fail_msg("%s: %s", right[i], err.msg);
    }
}

static void
lines_have_a_declared_maximum(void **state)
{
    (void)state;
    for (size_t len = SETTINGS_LINE_MAX - 1; len <= SETTINGS_LINE_MAX; len++) {
        CLEANUP(settings_release) struct settings s = SETTINGS_INIT;
        CLEANUP(mem_free_string) char *line = xasprintf("progress = %*s", 0, "");
        CLEANUP(mem_free_string) char *text = xmalloc(len + 1);
        struct err err = ERR_INIT;

        memset(text, 'x', len);
        memcpy(text, line, strlen(line));
        text[len] = '\0';
        assert_int_equal(add(&s, OPT_USER, text, &err), len < SETTINGS_LINE_MAX ? 0 : -1);
        assert_int_equal(err.kind, len < SETTINGS_LINE_MAX ? ERR_NONE : ERR_LIMIT);
    }
}

/* ---- which value prevails ---- */

/* The fixture has a system's file, a user's file, variables and a command line; the value
 * that an option gets in the end. */
static const struct {
    const char *name;
    const struct command *command;
    const char *system, *user;
    const char *variables[2][2];
    const char *line[3];
    const char *option, *value; /* NULL: none; of a list, separated by blanks */
} cases[] = {
    {.name = "nothing", .command = &cmd_export, .option = "stream"},
    {"the system's",
     &cmd_export,
     "[export]\nstream = s",
     "",
     {{NULL}},
     {NULL},
     "stream",
     "s"},
    {"the user's prevails",
     &cmd_export,
     "[export]\nstream = s",
     "[export]\nstream = u",
     {{NULL}},
     {NULL},
     "stream",
     "u"},
    {"a variable prevails",
     &cmd_export,
     "[export]\nstream = s",
     "[export]\nstream = u",
     {{"SEALIFT_STREAM", "v"}},
     {NULL},
     "stream",
     "v"},
    {"the command line prevails",
     &cmd_export,
     "[export]\nstream = s",
     "[export]\nstream = u",
     {{"SEALIFT_STREAM", "v"}},
     {"--stream=l"},
     "stream",
     "l"},
    {"a section prevails over what is before it",
     &cmd_export,
     "progress = json",
     "progress = "
     "tty\n[export]\nprogress = plain",
     {{NULL}},
     {NULL},
     "progress",
     "plain"},
    {"a section of another command is not used",
     &cmd_verify,
     "",
     "progress = tty\n[export]\n"
     "progress = plain",
     {{NULL}},
     {NULL},
     "progress",
     "tty"},
    {"the user's, though the system has a section",
     &cmd_verify,
     "[verify]\nprogress = json",
     "progress = plain",
     {{NULL}},
     {NULL},
     "progress",
     "plain"},
    {"an empty variable is not set",
     &cmd_verify,
     "",
     "progress = plain",
     {{"SEALIFT_PROGRESS", ""}},
     {NULL},
     "progress",
     "plain"},
    {"dashes are underscores",
     &cmd_export,
     "",
     "",
     {{"SEALIFT_LIMIT_RATE", "2M"}},
     {NULL},
     "limit-rate",
     "2M"},
    {"lines of a file are a list",
     &cmd_import,
     "map = a=b\nmap = c=d",
     "",
     {{NULL}},
     {NULL},
     "map",
     "a=b c=d"},
    {"lines of a variable are a list",
     &cmd_import,
     "",
     "",
     {{"SEALIFT_MAP", "a=b\n\nc=d\n"}},
     {NULL},
     "map",
     "a=b c=d"},
    {"lists are not joined",
     &cmd_import,
     "map = a=b",
     "map = c=d",
     {{NULL}},
     {"--map=e=f"},
     "map",
     "e=f"},
    {"a flag",
     &cmd_export,
     "",
     "[export]\nkeep-going = yes",
     {{NULL}},
     {NULL},
     "keep-going",
     "yes"},
    {"a flag off",
     &cmd_export,
     "keep-going = yes",
     "keep-going = no",
     {{NULL}},
     {NULL},
     "keep-going",
     "no"},
    {"a flag off by a variable",
     &cmd_export,
     "",
     "keep-going = yes",
     {{"SEALIFT_KEEP_GOING", "0"}},
     {NULL},
     "keep-going",
     "no"},
    {"a flag off on the command line",
     &cmd_export,
     "",
     "",
     {{"SEALIFT_KEEP_GOING", "1"}},
     {"--keep-going=no"},
     "keep-going",
     "no"},
    {"a key in the system's file",
     &cmd_verify,
     "[verify]\nkey = /a.pub",
     "",
     {{NULL}},
     {NULL},
     "key",
     "/a.pub"},
    {"another key on the command line",
     &cmd_verify,
     "[verify]\nkey = /a.pub",
     "",
     {{NULL}},
     {"--key=b.pub"},
     "key",
     "b.pub"},
    {"a trust store instead of the key",
     &cmd_verify,
     "[verify]\nkey = /a.pub",
     "",
     {{NULL}},
     {"--trust=dir"},
     "key",
     NULL},
    {"no check instead of the key",
     &cmd_verify,
     "[verify]\nkey = /a.pub",
     "",
     {{NULL}},
     {"--insecure-skip-verify"},
     "key",
     NULL},
    {"a variable hides the kin of files",
     &cmd_export,
     "",
     "[export]\ntags = a.*",
     {{"SEALIFT_ALL_TAGS", "yes"}},
     {NULL},
     "tags",
     NULL},
    {"the target of a copy",
     &cmd_copy,
     "",
     "[copy]\ntarget = registry.corp/a",
     {{NULL}},
     {NULL},
     "target",
     "registry.corp/a"},
    {"an exact name instead of it",
     &cmd_copy,
     "",
     "[copy]\ntarget = registry.corp/a",
     {{NULL}},
     {"--as=registry.corp/b:1"},
     "target",
     NULL},
    {"what needs another option, without it",
     &cmd_export,
     "",
     "[export]\nplatform-missing = skip",
     {{NULL}},
     {NULL},
     "platform-missing",
     NULL},
    {"what needs another option, with it",
     &cmd_export,
     "",
     "[export]\nplatform-missing = skip",
     {{NULL}},
     {"--platform=linux/amd64"},
     "platform-missing",
     "skip"},
    {"what needs an option of a lesser source",
     &cmd_export,
     "[export]\nplatform = linux/amd64",
     "[export]\nplatform-missing = skip",
     {{NULL}},
     {NULL},
     "platform-missing",
     "skip"},
    {"a chain of needs",
     &cmd_sign,
     "[sign]\nkey = /k",
     "[sign]\nsign-cert = /c",
     {{"SEALIFT_SIGN_CHAIN", "chain"}},
     {NULL},
     "sign-chain",
     "chain"},
    {"a broken chain of needs",
     &cmd_sign,
     "",
     "[sign]\nsign-cert = /c",
     {{"SEALIFT_SIGN_CHAIN", "chain"}},
     {NULL},
     "sign-chain",
     NULL},
    {"a certificate of another key",
     &cmd_sign,
     "",
     "[sign]\nkey = /k\nsign-cert = /c",
     {{NULL}},
     {"--key=other.key"},
     "sign-cert",
     NULL},
    {"a file for a signature, without one",
     &cmd_export,
     "",
     "[export]\nkey = /k\nsig-out = /s",
     {{NULL}},
     {"--unsigned"},
     "sig-out",
     NULL},
    {"a dry run of an import with a receipt",
     &cmd_import,
     "",
     "[import]\nreceipt = /host.key",
     {{NULL}},
     {"--dry-run"},
     "receipt",
     NULL},
    {"the target of an import",
     &cmd_import,
     "",
     "[import]\ntarget = registry.corp/a",
     {{NULL}},
     {NULL},
     "target",
     "registry.corp/a"},
    {"a trust store outside of sections",
     &cmd_status,
     "trust = /store",
     "",
     {{NULL}},
     {NULL},
     "trust",
     "/store"},
    {"what only some may take is for these",
     &cmd_export,
     "",
     "",
     {{"SEALIFT_KEY", "team.key"}},
     {NULL},
     "key",
     "team.key"},
};

static char *
value_of(const struct opt *o, const void *options)
{
    const void *at = (const char *)options + o->at;
    const struct opt_list *list = at;
    char *all = xstrdup("");

    if (o->kind == OPT_FLAG) {
        free(all);
        return xstrdup(*(const bool *)at ? "yes" : "no");
    }
    if (o->kind == OPT_TEXT) {
        free(all);
        return *(const char *const *)at ? xstrdup(*(const char *const *)at) : NULL;
    }
    assert_int_equal(o->kind, OPT_LIST);
    for (size_t i = 0; i < list->count; i++) {
        char *longer = xasprintf("%s%s%s", all, i > 0 ? " " : "", list->items[i]);

        free(all);
        all = longer;
    }
    if (list->count > 0)
        return all;
    free(all);
    return NULL;
}

/* A command line with settings, up to the options of the command. */
struct trial {
    const struct command *command;
    struct settings settings;
    void *options;
    unsigned char *sources;
};

static int
try(struct trial *t, const char *const *line, const char *system, const char *user,
    struct err *err)
{
    const char *argv[4] = {NULL};
    int argc = 0;

    for (; line[argc]; argc++)
        argv[argc] = line[argc];
    t->settings = (struct settings)SETTINGS_INIT;
    t->options = xcalloc(1, t->command->options_size);
    t->sources = opt_sources_new(t->command->table);
    assert_true(opt_parse(t->command->table, t->options, t->sources, argc,
                          (char **)(void *)argv, err) >= 0);
    assert_int_equal(add(&t->settings, OPT_SYSTEM, system ? system : "", err), 0);
    assert_int_equal(add(&t->settings, OPT_USER, user ? user : "", err), 0);
    if (settings_add_variables(&t->settings, t->command, err) < 0)
        return -1;
    return settings_apply(&t->settings, t->command, t->options, t->sources, err);
}

static void
end_trial(struct trial *t)
{
    opt_release(t->command->table, t->options);
    free(t->options);
    free(t->sources);
    settings_release(&t->settings);
}

static void
the_nearest_source_prevails(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trial t = {.command = cases[i].command};
        const struct opt *o =
            opt_find(t.command->table, cases[i].option, strlen(cases[i].option));
        CLEANUP(mem_free_string) char *value = NULL;
        struct err err = ERR_INIT;
        int rc;

        print_message("# %s\n", cases[i].name);
        for (size_t k = 0; k < 2 && cases[i].variables[k][0]; k++)
            setenv(cases[i].variables[k][0], cases[i].variables[k][1], 1);
        rc = try(&t, cases[i].line, cases[i].system, cases[i].user, &err);
        for (size_t k = 0; k < 2 && cases[i].variables[k][0]; k++)
            unsetenv(cases[i].variables[k][0]);
        assert_int_equal(rc, 0);
        value = value_of(o, t.options);
        if (cases[i].value) {
            assert_non_null(value);
            assert_string_equal(value, cases[i].value);
        } else {
            assert_null(value);
        }
        end_trial(&t);
    }
}

static void
rejects_variables_that_are_not_settings(void **state)
{
    static const struct {
        const struct command *command;
        const char *variable, *value, *why;
        const char *line[2]; /* with it, the variable does not matter */
    } variables[] = {
        {&cmd_export,
         "SEALIFT_FORCE",
         "yes",
         "SEALIFT_FORCE: 'force' " OF_LINE,
         {"--force"}},
        {&cmd_verify,
         "SEALIFT_KEY",
         "a.pub",
         "SEALIFT_KEY: 'key' of verify " OF_SYSTEM,
         {"--key=b.pub"}},
        {&cmd_import,
         "SEALIFT_TRUST",
         "dir",
         "'trust' of import " OF_SYSTEM,
         {"--key=b.pub"}},
        {&cmd_verify, "SEALIFT_ALLOW_ROLLBACK", "1", OF_LINE, {"--allow-rollback"}},
        {&cmd_import, "SEALIFT_PLAIN_HTTP", "h", OF_SYSTEM, {"--plain-http=a"}},
        {&cmd_import, "SEALIFT_ON_EXISTING", "skip", OF_SYSTEM, {"--on-existing=skip"}},
        {&cmd_verify,
         "SEALIFT_JOBS",
         "x",
         "SEALIFT_JOBS: option '--jobs' requires a number",
         {"-j4"}},
        {&cmd_verify,
         "SEALIFT_PROGRESS_INTERVAL",
         "3601",
         "requires a number from 0 to 3600",
         {"--progress-interval=5"}},
        {&cmd_verify,
         "SEALIFT_PROGRESS_INTERVAL",
         "1.5",
         "requires a number from 0 to 3600",
         {"--progress-interval=5"}},
        {&cmd_verify,
         "SEALIFT_JSON",
         "x",
         "SEALIFT_JSON: option '--json' requires yes or no",
         {"--json"}},
        {&cmd_import,
         "SEALIFT_PROXY",
         "http://a:hush@p",
         "'proxy' contains a secret",
         {"--proxy=env"}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        static const char *const none[] = {NULL};

        print_message("# %s\n", variables[i].variable);
        setenv(variables[i].variable, variables[i].value, 1);
        for (int given = 0; given < 2; given++) {
            struct trial t = {.command = variables[i].command};
            struct err err = ERR_INIT;

            assert_int_equal(try(&t, given ? variables[i].line : none, NULL, NULL, &err),
                             given ? 0 : -1);
            if (!given) {
                assert_int_equal(err.kind, ERR_USAGE);
                assert_non_null(strstr(err.msg, variables[i].why));
            }
            end_trial(&t);
        }
        unsetenv(variables[i].variable);
    }
}

static void
says_which_setting_an_error_is_about(void **state)
{
    static const struct {
        const char *message, *hint, *expected;
    } errors[] = {
        {"--limit-rate requires at least 1K", "", "limit-rate is set by /user:1"},
        {"option '--limit-rate': too small", "do so",
         "limit-rate is set by /user:1; do so"},
        {"--limit-rates requires more", "", ""},
        {"--limit-rate-x requires more", "", ""},
        {"--stream is not valid", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        struct trial t = {.command = &cmd_export};
        static const char *const line[] = {"--stream=x", NULL};
        struct err err = ERR_INIT;

        assert_int_equal(
            try(&t, line, NULL, "limit-rate = 1\n[export]\nstream = y", &err), 0);
        err_set(&err, ERR_USAGE, "%s", errors[i].message);
        err_hint(&err, "%s", errors[i].hint);
        settings_explain(&t.settings, &err);
        assert_string_equal(err.hint, errors[i].expected);
        end_trial(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_lines_of_a_file),
        cmocka_unit_test(rejects_what_is_wrong_in_a_file),
        cmocka_unit_test(accepts_what_is_right_in_a_file),
        cmocka_unit_test(lines_have_a_declared_maximum),
        cmocka_unit_test(the_nearest_source_prevails),
        cmocka_unit_test(rejects_variables_that_are_not_settings),
        cmocka_unit_test(says_which_setting_an_error_is_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
