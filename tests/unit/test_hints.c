/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "cli/hints.h"

#define WORD "abcdefghijklmnopqrstuvwxyz-"

/* The hint of a command for a reason, with nothing from below; options: none, or --trust.
 */
static void
hint_of(char hint[HINT_MAX], const struct command *c, enum err_reason reason,
        const char *subject, const char *trust)
{
    void *options = xcalloc(1, c->options_size);

    for (const struct opt *o = c->table; trust && o->kind != OPT_END; o++) {
        if (strcmp(o->name, "trust") == 0)
            memcpy((char *)options + o->at, &trust, sizeof(trust));
    }
    hint[0] = '\0';
    hint_add(hint, c, options, reason, subject);
    free(options);
}

static bool
has_option(const struct command *c, const char *name, size_t len)
{
    for (const struct opt *o = c->table; o->kind != OPT_END; o++) {
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return true;
    }
    return false;
}

/* The end of the other command that a hint quotes; the command is in *other. */
static const char *
quoted_command(const char *at, const struct command **other)
{
    char name[32] = "";
    const char *end = strchr(at + 1, '\'');

    at += strlen("'sealift ");
    snprintf(name, sizeof(name), "%.*s", (int)strspn(at, WORD), at);
    *other = command_find(name);
    return *other ? end : NULL;
}

static void
assert_options_exist(const char *hint, const struct command *c)
{
    const struct command *of = c;
    const char *end = NULL;

    for (const char *p = hint; *p != '\0'; p++) {
        if (p == end)
            of = c, end = NULL;
        if (!end && strncmp(p, "'sealift ", 9) == 0) {
            end = quoted_command(p, &of);
            if (!end)
                fail_msg("%s: no such command, or no end of it: %s", c->name, p);
        }
        if (!end && strncmp(p, "sealift ", 8) == 0)
            fail_msg("%s: a command without quotes: %s", c->name, hint);
        if (strncmp(p, "--", 2) == 0) {
            size_t len = strspn(p + 2, WORD);

            if (!has_option(of, p + 2, len))
                fail_msg("%s: %s has no option %.*s", hint, of->name, (int)len + 2, p);
            p += len + 1;
        }
    }
}

static void
name_only_existing_options(void **state)
{
    static const char *const subjects[] = {"", "reg.example:5000"};
    static const char *const stores[] = {NULL, "/srv/store"};
    size_t count = 0;

    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (unsigned i = 0; i < 4 * REASON_COUNT; i++) {
            char hint[HINT_MAX];

            hint_of(hint, *c, i / 4, subjects[i % 2], stores[i / 2 % 2]);
            assert_options_exist(hint, *c);
            assert_null(strpbrk(hint, "{}"));
            assert_true(strlen(hint) + 100 < HINT_MAX); /* what is below fits, too */
            count += hint[0] != '\0';
        }
    }
    assert_true(count > 100);
}

/* An error of a command and words that its hint must contain; NULL: no hint. */
#define REGISTRY_USERS "copy", "diff", "doctor", "export", "import", "list"
#define CONNECTING     REGISTRY_USERS, "login"
#define BUNDLE_READERS                                                                   \
    "verify", "import", "inspect", "sign", "attach", "payload", "digest"

static const struct {
    const char *commands[8]; /* and NULL */
    enum err_reason reason;
    const char *words;
} cases[] = {
    {{CONNECTING},
     REASON_CERTIFICATE,
     "--ca-file FILE; dates are checked against the clock"},
    {{CONNECTING}, REASON_TLS, NULL},
    {{"diff"}, REASON_IMAGE_ARCHIVE, "docker-archive:FILE"},
    {{"login"}, REASON_USER_IN_NAME, "--username USER"},
    {{"login"}, REASON_LOGIN, NULL},
    {{"list"}, REASON_NO_CATALOG, "sealift list reg.example:5000/REPOSITORY"},
    {{"list"}, REASON_TRANSPORT, "sealift inspect"},
    {{"copy", "export"}, REASON_ARCHIVE_OPERAND, "did you mean 'reg.example:5000'?"},
    {{"copy", "export"}, REASON_LIST_OPERAND, "did you mean --from"},
    {{"images"}, REASON_COMPOSE, "'docker compose config' resolves this"},
    {{"images"}, REASON_VARIABLE, "--env-file FILE"},
    {{"images"}, REASON_TEMPLATE, "'helm template NAME CHART' renders it"},
    {{"copy", "export"}, REASON_COMPOSE, "'docker compose config' resolves this"},
    {{"copy", "export"}, REASON_VARIABLE, "the file .env beside"},
    {{"copy", "export"}, REASON_TEMPLATE, "'helm template NAME CHART' renders it"},
    {{CONNECTING}, REASON_NO_CA, "--ca-file FILE"},
    {{"export"}, REASON_NOT_STATIC, "--include-tool FILE"},
    {{CONNECTING}, REASON_NOT_TLS, "--plain-http HOST"},
    {{CONNECTING}, REASON_NO_CERTIFICATE, "--tls-cert FILE --tls-key FILE"},
    {{REGISTRY_USERS},
     REASON_LOGIN,
     "'sealift login reg.example:5000', --authfile FILE or --creds-stdin reg"},
    {{REGISTRY_USERS},
     REASON_NO_LOGIN,
     "'sealift login reg.example:5000', --authfile FILE or --creds-stdin reg"},
    {{REGISTRY_USERS}, REASON_NO_HELPER, "--creds-stdin HOST or --authfile FILE"},
    {{CONNECTING},
     REASON_PLAIN_HTTP,
     "network is trusted: --plain-http reg.example:5000"},
    {{CONNECTING}, REASON_TOKEN_SERVER, "--trust-realm reg.example:5000"},
    {{REGISTRY_USERS}, REASON_USER_IN_NAME, "--authfile FILE or --creds-stdin HOST"},
    {{CONNECTING}, REASON_PROXY_PASSWORD, "https_proxy, then use --proxy env"},
    {{"copy", "diff", "export"}, REASON_TRANSPORT, "oci-archive:FILE"},
    {{"copy", "diff", "export"}, REASON_NO_NAME, "--name NAME"},
    {{"export"}, REASON_EXISTS, "--force"},
    {{BUNDLE_READERS}, REASON_REPACKED, "bundle-format.md"},
    {{BUNDLE_READERS}, REASON_IMAGE_ARCHIVE, "'sealift export'"},
    {{BUNDLE_READERS}, REASON_PUBLIC_KEY_FILE, "'sealift trust add FILE'"},
    {{BUNDLE_READERS},
     REASON_RECEIPT_FILE,
     "'sealift verify-receipt --key HOST.pub FILE'"},
    {{BUNDLE_READERS}, REASON_UPDATE_FILE, "'sealift trust apply FILE'"},
    {{BUNDLE_READERS}, REASON_LIST_FILE, "'sealift export --from FILE'"},
    {{"verify", "import"}, REASON_SIGNATURE_FILE, "--signature FILE"},
    {{"inspect", "sign", "attach", "payload", "digest"},
     REASON_SIGNATURE_FILE,
     "'sealift attach BUNDLE FILE'"},
    {{"export"}, REASON_FILE_TOO_LARGE, "--volume-size fat32"},
    {{"copy", "export"},
     REASON_FOREIGN_LAYER,
     "foreign layer, which the registry only links to: --foreign-layers"},
    {{"export"}, REASON_SPARSE_INDEX, "'sealift import --index rebuild'"},
    {{"copy", "export"}, REASON_NO_ROOM, "--work-dir DIR"},
    {{"copy", "export"}, REASON_ALSO_LAYOUT, "oci-archive:FILE"},
    {{"copy"}, REASON_ONE_PLATFORM, "--platform OS/ARCH"},
    {{"copy", "export"}, REASON_NO_PLATFORM, "--platform-missing skip"},
    {{"copy", "export"}, REASON_LACKS_PLATFORM, "without --platform-missing all"},
    {{"copy", "export"}, REASON_FEWER_PLATFORMS, "--platform-missing all"},
    {{"copy", "export"}, REASON_REFERRERS, "--no-referrers"},
    {{"export"}, REASON_DROPPED_REFERRERS, "--index keep"},
    {{"export"}, REASON_EXPIRED, "--expires TIME"},
    {{"export"}, REASON_SERIAL, "--serial N"},
    {{"export"}, REASON_INCOMPLETE, "--allow-incomplete"},
    {{"export"}, REASON_INCOMPLETE_BUNDLE, "'sealift import --allow-incomplete'"},
    {{"copy", "export"},
     REASON_INCOMPLETE_INDEX,
     "the source does not have it: --platform"},
    {{"import"}, REASON_INCOMPLETE_INDEX, "--keep-going"},
    {{"copy"}, REASON_REFUSED, "--keep-going pushes the other images"},
    {{"import"}, REASON_REFUSED, "to leave reg.example:5000 out for good"},
    {{"copy", "import"}, REASON_SPARSE_INDEX, "--index rebuild"},
    {{"copy", "import"}, REASON_COLLISION, "--map FROM=TO"},
    {{"copy", "import"}, REASON_UNTAGGED, "--tag-digests"},
    {{"import"}, REASON_UNUSED_MAP, "FROM of --map"},
    {{"copy", "diff", "import"},
     REASON_UNMAPPABLE,
     "--strip-host, or map it with --map reg.example:5000=PATH"},
    {{"copy", "import"}, REASON_EXISTS, "--on-existing=overwrite"},
    {{"verify", "import", "diff"},
     REASON_NO_TRUST,
     "'sealift trust add exporter.pub' (or use --key"},
    {{"copy", "export"}, REASON_NO_TRUST, "--source-key exporter.pub"},
    {{"copy", "export"}, REASON_UNKNOWN_KEY, "--source-key THEIR.pub"},
    {{"copy", "export"}, REASON_NO_SIGNER, "'sealift sign --key THEIR.key BUNDLE'"},
    {{"copy", "export"}, REASON_THRESHOLD, "'sealift sign --key THEIR.key BUNDLE'"},
    {{"copy"}, REASON_EXPIRED, "--allow-expired REASON"},
    {{"copy", "export"}, REASON_ROLLBACK, "--allow-rollback"},
    {{"copy", "export"}, REASON_EQUIVOCATION, "'sealift export --stream NAME'"},
    {{"copy"}, REASON_INCOMPLETE_BUNDLE, "--allow-incomplete"},
    {{"trust", "status", "doctor"}, REASON_NO_TRUST, "'sealift trust add KEY.pub'"},
    {{"verify", "import", "diff"}, REASON_UNKNOWN_KEY, "'sealift trust add THEIR.pub'"},
    {{"verify-receipt"}, REASON_UNKNOWN_KEY, "--key HOST.pub"},
    {{"trust"}, REASON_UNKNOWN_KEY, "\"root\""},
    {{"verify", "import"}, REASON_UNKNOWN_SIGNER, NULL},
    {{"verify", "import", "diff"},
     REASON_NO_SIGNER,
     "'sealift sign --key THEIR.key BUNDLE'"},
    {{"verify", "import", "diff"},
     REASON_THRESHOLD,
     "'sealift sign --key THEIR.key BUNDLE'"},
    {{"trust"}, REASON_THRESHOLD, "'sealift trust sign --key THEIR.key UPDATE'"},
    {{"trust"}, REASON_UNKNOWN_SIGNER, "'sealift trust sign --key THEIR.key UPDATE'"},
    {{"verify", "import", "diff"}, REASON_EXPIRED, "--allow-expired REASON"},
    {{"verify", "import"}, REASON_SIGNED_LATE, NULL},
    {{"verify", "import", "diff"}, REASON_ROLLBACK, "--allow-rollback"},
    {{"verify", "import", "diff"}, REASON_ROLLBACK, "'sealift export --stream NAME'"},
    {{"verify", "import", "diff"}, REASON_EQUIVOCATION, "'sealift export --stream NAME'"},
    {{"verify", "import", "diff"}, REASON_INCOMPLETE_BUNDLE, "--allow-incomplete"},
    {{"trust"}, REASON_IN_FORCE, "--update"},
    {{"trust"}, REASON_IN_USE, "'sealift trust revoke'"},
    {{"export"}, REASON_NO_SIGNING_KEY, "'sealift keygen NAME' creates a key pair"},
    {{"sign"}, REASON_NO_SIGNING_KEY, "'sealift payload BUNDLE'"},
    {{"export", "sign", "import", "copy", "trust", "keygen", "key"},
     REASON_NO_PASSPHRASE,
     "--passphrase-fd N, --passphrase-file FILE"},
    {{"key"}, REASON_NO_NEW_PASSPHRASE, "--new-passphrase-fd N"},
    {{"keygen", "key"}, REASON_EMPTY_PASSPHRASE, "--no-passphrase"},
    {{"copy", "import"}, REASON_RECEIPT, "the same command again"},
    {{"sign"}, REASON_IN_PLACE, "--sig-out FILE"},
    {{"attach"}, REASON_IN_PLACE, "'sealift verify --signature FILE'"},
    {{"sign", "attach"}, REASON_CUT_AREA, "cat BUNDLE."},
    {{"attach"}, REASON_NO_KEY, "--key PUB"},
    {{"attach"}, REASON_OTHER_BYTES, "'sealift payload BUNDLE'"},
    {{"attach"}, REASON_BAD_SIGNATURE, NULL},
};

static void
depend_on_the_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (const char *const *name = cases[i].commands; *name; name++) {
            char hint[HINT_MAX];

            hint_of(hint, command_find(*name), cases[i].reason, "reg.example:5000", NULL);
            if (!cases[i].words && hint[0] != '\0')
                fail_msg("%s, %s: %s", *name, err_reason_word(cases[i].reason), hint);
            if (cases[i].words && !strstr(hint, cases[i].words))
                fail_msg("%s, %s lacks '%s': %s", *name, err_reason_word(cases[i].reason),
                         cases[i].words, hint);
        }
    }
}

/* Every hint that there is has a case above. */
static void
exist_for_every_row(void **state)
{
    (void)state;
    for (const struct command *const *c = commands; *c; c++) {
        for (enum err_reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
            char hint[HINT_MAX];
            bool found = false;

            hint_of(hint, *c, reason, "subject", NULL);
            for (size_t i = 0; i < COUNT_OF(cases); i++) {
                for (const char *const *name = cases[i].commands; *name; name++)
                    found |= reason == cases[i].reason && strcmp(*name, (*c)->name) == 0;
            }
            if (hint[0] != '\0' && !found)
                fail_msg("%s, %s: %s", (*c)->name, err_reason_word(reason), hint);
        }
    }
}

static void
quote_the_store_that_was_given(void **state)
{
    char hint[HINT_MAX];

    (void)state;
    hint_of(hint, &cmd_import, REASON_NO_TRUST, "", "/srv/store");
    assert_non_null(strstr(hint, "'sealift trust add --trust /srv/store exporter.pub'"));
    hint_of(hint, &cmd_status, REASON_NO_TRUST, "", "/srv/\x1b[31m");
    assert_non_null(strstr(hint, "--trust /srv/\\x1b[31m KEY.pub"));
}

static void
follow_the_reason(void **state)
{
    struct import_like {
        char bytes[4096];
    } *options = xcalloc(1, sizeof(*options));
    struct err err = ERR_INIT;

    (void)state;
    assert_true(cmd_export.options_size <= sizeof(*options));
    err_because(&err, ERR_AUTH, REASON_NO_LOGIN, "refused");
    err_hint(&err, "the helper is silent");
    hint_add_to(&err, &cmd_export, options);
    assert_string_equal(err.hint, "the helper is silent"); /* it is not known for what */
    err_subject(&err, "a.example");
    hint_add_to(&err, &cmd_export, options);
    assert_string_equal(err.hint, "the helper is silent; log in with 'sealift login "
                                  "a.example', --authfile FILE or --creds-stdin "
                                  "a.example");
    err_set(&err, ERR_LOCAL, "full");
    assert_string_equal(err.subject, "");
    hint_add_to(&err, &cmd_export, options);
    assert_string_equal(err.hint, "");
    free(options);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_only_existing_options),
        cmocka_unit_test(depend_on_the_command),
        cmocka_unit_test(exist_for_every_row),
        cmocka_unit_test(quote_the_store_that_was_given),
        cmocka_unit_test(follow_the_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
