/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "cli/key_form.h"
#include "cli/passphrase.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_pkcs11.h"
#include "io/file/file.h"
#include "io/file/output.h"
#include "io/json/json_write.h"
#include "ops/sign/keygen.h"

#include <string.h>

struct key_command {
    struct common_options common;
    struct passphrase_options passphrase, fresh;
    struct key_form_options form;
};

#define T struct key_command
static const struct opt table[] = {
    GROUP("Passphrase"),      PASSPHRASE_OPTIONS(T), NEW_PASSPHRASE_OPTIONS(T),
    GROUP("Format to write"), KEY_FORM_OPTIONS(T),   COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static void
put_key_info(struct result *r, const struct pki_key *key, enum pki_form form,
             const char *path)
{
    bool is_private = form != PKI_FORM_NONE;
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(pki_id(key), hex);
    jsout_put_text(r->json, "key", path);
    jsout_put_bool(r->json, "private", is_private);
    if (is_private)
        jsout_put_text(r->json, "form", pki_form_name(form));
    jsout_put_text(r->json, "type", pki_type_name(pki_type(key)));
    jsout_put_text(r->json, "keyId", hex);
    if (is_private)
        result_say(r, "key       %s: private, %s\n", path, pki_form_name(form));
    else
        result_say(r, "key       %s: public\n", path);
    result_say(r, "type      %s\n", pki_type_name(pki_type(key)));
    result_say(r, "key id    %s\n", hex);
}

/* ---- show ---- */

/* Load a private or a public key. */
static struct pki_key *
load_any(const struct key_command *o, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);
    struct pki_key *key = NULL;

    if (pki_is_token(path))
        return passphrase_load_key(&o->passphrase, path, NULL, err);
    if (file_slurp(path, &pem, err) < 0)
        return NULL;
    if (strstr(pem.data, "PRIVATE KEY-----"))
        key = passphrase_load_key(&o->passphrase, path, NULL, err);
    else
        key = pki_public(pem.data, pem.len, path, err);
    secret_wipe(pem.data, pem.cap);
    return key;
}

static int
show_key(const struct key_command *o, char **paths, struct result *r, struct err *err)
{
    CLEANUP(pki_release) struct pki_key *key = load_any(o, paths[0], err);
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_KEY_FILE_MAX);

    if (!key || pki_public_pem(key, &pem, err) < 0)
        return -1;
    put_key_info(r, key, pki_form(key), paths[0]);
    jsout_put_text(r->json, "publicKeyPem", pem.data);
    result_add(r, "\n%s", pem.data);
    return 0;
}

/* ---- passwd and convert ---- */

/* The form a key keeps unless another is requested, among those that are written. */
static enum pki_form
lasting_form(const struct pki_key *key)
{
    enum pki_form form = pki_form(key);

    return form == PKI_FORM_PBKDF2 || form == PKI_FORM_COSIGN ? form : PKI_FORM_SCRYPT;
}

/*
 * Write the key at from to path.  may_keep: without a new passphrase, it keeps the old
 * one.
 */
static int
rewrite(const struct key_command *o, const char *from, bool may_keep, const char *path,
        struct result *r, struct err *err)
{
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    CLEANUP(pki_release)
    struct pki_key *key = passphrase_load_key(&o->passphrase, from, &passphrase, err);
    bool keep = may_keep && secret_is_set(&passphrase) &&
                !passphrase_is_given(&o->fresh, PASSPHRASE_REPLACES);
    enum pki_form form;

    if (key && pki_form(key) == PKI_FORM_TOKEN)
        return err_set(err, ERR_USAGE, "'%s' cannot leave its token", from);
    if (!key || key_form_read(&o->form, lasting_form(key), &form, err) < 0)
        return -1;
    if (o->form.no_passphrase)
        secret_release(&passphrase);
    else if (!keep &&
             passphrase_get(&o->fresh, PASSPHRASE_REPLACES, path, &passphrase, err) < 0)
        return -1;
    if (key_write(key, form, &passphrase, path, strcmp(from, path) != 0, err) < 0)
        return -1;
    put_key_info(r, key, form, path);
    return 0;
}

static int
change(const struct key_command *o, char **paths, struct result *r, struct err *err)
{
    return rewrite(o, paths[0], false, paths[0], r, err);
}

static int
convert(const struct key_command *o, char **paths, struct result *r, struct err *err)
{
    if (output_check(paths[1], false, err) < 0) /* before any prompt */
        return -1;
    return rewrite(o, paths[0], true, paths[1], r, err);
}

/* ---- actions ---- */

static const char *const actions[] = {"show", "passwd", "convert", NULL};

static int
run_key(const void *options, char **operands, size_t count, struct runtime *rt,
        struct result *r, struct err *err)
{
    static const struct {
        size_t files;
        int (*run)(const struct key_command *o, char **paths, struct result *r,
                   struct err *err);
    } jobs[] = {{1, show_key}, {1, change}, {2, convert}};

    (void)rt;
    for (size_t i = 0; actions[i]; i++) {
        if (strcmp(operands[0], actions[i]) != 0)
            continue;
        if (count - 1 != jobs[i].files)
            return err_set(err, ERR_USAGE, "%s requires %s", actions[i],
                           jobs[i].files == 1 ? "one KEY" : "KEY and NEW");
        return jobs[i].run(options, operands + 1, r, err);
    }
    return err_set(err, ERR_USAGE, "the action must be one of show, passwd, convert");
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    bool is_changed = count > 0 && strcmp(operands[0], "passwd") == 0;

    (void)options;
    if (count > 1)
        files_add(f, is_changed ? FILE_WRITTEN : FILE_READ, "KEY", operands[1]);
    files_add_operands(f, FILE_WRITTEN, "NEW", operands, 2, count);
}

const struct command cmd_key = {
    .name = "key",
    .group = COMMAND_SIGN,
    .operands = "{show KEY | passwd KEY | convert KEY NEW}",
    .summary = "show a key, change its passphrase or its format",
    .about =
        "show prints type, key id and public half of a private or public key.  "
        "passwd\nchanges the passphrase of a private key in place.  convert writes a "
        "private key\nto a new file, in another format or with another passphrase.",
    .examples =
        {
            {"Show the key id of a public key, to compare it by telephone",
             "sealift key show team.pub"},
            {"Change the passphrase of a private key", "sealift key passwd team.key"},
        },
    .actions = actions,
    .table = table,
    .options_size = sizeof(struct key_command),
    .operands_min = 2,
    .operands_max = 3,
    .files = files,
    .run = run_key,
};
