/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "cli/key_form.h"
#include "cli/passphrase.h"
#include "io/json/json_write.h"
#include "ops/sign/keygen.h"

#include <string.h>

struct keygen_command {
    struct common_options common;
    struct passphrase_options passphrase;
    const char *type;
    struct key_form_options form;
};

#define T struct keygen_command
static const struct opt table[] = {
    GROUP("Key"),
    TEXT(T, type, 0, "type", "TYPE", "ecdsa (P-256, default), ed25519 or rsa3072",
         .choices = "ecdsa ed25519 rsa3072"),
    PASSPHRASE_OPTIONS(T),
    KEY_FORM_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

static int
read_type(const char *text, enum pki_type *out, struct err *err)
{
    static const struct {
        const char *name;
        enum pki_type type;
    } types[] = {
        {"ecdsa", PKI_ECDSA_P256},
        {"ed25519", PKI_ED25519},
        {"rsa3072", PKI_RSA},
    };

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (strcmp(types[i].name, text) == 0) {
            *out = types[i].type;
            return 0;
        }
    }
    return err_set(err, ERR_USAGE, "--type must be one of ecdsa, ed25519, rsa3072");
}

static void
put_keygen_result(struct result *r, const struct keygen_result *k)
{
    char hex[2 * DIGEST_RAW_MAX + 1];

    digest_hex(&k->key_id, hex);
    jsout_put_text(r->json, "privateKey", k->key_path);
    jsout_put_text(r->json, "publicKey", k->pub_path);
    jsout_put_text(r->json, "type", pki_type_name(k->type));
    jsout_put_text(r->json, "keyId", hex);
    result_say(r, "private key  %s (stays here)\n", k->key_path);
    result_say(r, "public key   %s (for the importing side)\n", k->pub_path);
    result_say(r, "type         %s\n", pki_type_name(k->type));
    result_say(r, "key id       %s\n", hex);
}

static int
run_keygen(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct keygen_command *o = options;
    CLEANUP(secret_release) struct secret passphrase = SECRET_INIT;
    struct keygen_options keygen = {.name = operands[0], .type = PKI_ECDSA_P256};
    struct keygen_result made;

    (void)count;
    (void)rt;
    if ((o->type && read_type(o->type, &keygen.type, err) < 0) ||
        key_form_read(&o->form, PKI_FORM_SCRYPT, &keygen.form, err) < 0)
        return -1;
    if (o->form.no_passphrase && (o->passphrase.fd.is_set || o->passphrase.file))
        return err_set(err, ERR_USAGE,
                       "--no-passphrase and a passphrase are mutually exclusive");
    if (!o->form.no_passphrase && passphrase_get(&o->passphrase, PASSPHRASE_LOCKS,
                                                 "the new key", &passphrase, err) < 0)
        return -1;
    keygen.passphrase = &passphrase;
    if (keygen_run(&made, &keygen, err) < 0)
        return -1;
    put_keygen_result(r, &made);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(mem_free_string) char *key = xasprintf("%s.key", operands[i]);
        CLEANUP(mem_free_string) char *pub = xasprintf("%s.pub", operands[i]);

        files_add(f, FILE_WRITTEN, "the private key", key);
        files_add(f, FILE_WRITTEN, "the public key", pub);
    }
}

const struct command cmd_keygen = {
    .name = "keygen",
    .group = COMMAND_SIGN,
    .operands = "NAME",
    .summary = "create a key pair for signing bundles",
    .about = "Create a key pair: NAME.key, encrypted with a passphrase, for the "
             "exporter, and\nNAME.pub for the importing side.",
    .examples =
        {
            {"Create team.key, which stays here, and team.pub for the other side",
             "sealift keygen team"},
            {"Create an Ed25519 key with a passphrase from a file",
             "sealift keygen --type ed25519 --passphrase-file pass.txt team"},
        },
    .table = table,
    .options_size = sizeof(struct keygen_command),
    .operands_min = 1,
    .operands_max = 1,
    .files = files,
    .run = run_keygen,
};
