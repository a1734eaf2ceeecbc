/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/config/certs_d.h"

#include "base/mem.h"
#include "base/secret.h"
#include "io/file/file.h"
#include "io/file/secure_dir.h"
#include "io/http/http.h"
#include "registry/config/registries_conf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
certs_d_release(struct certs_d *c)
{
    free(c->folder);
    buf_release(&c->cas);
    free(c->cert);
    free(c->key);
    *c = (struct certs_d)CERTS_D_INIT;
}

/* ---- the client certificate ---- */

int
certs_d_check_key(const char *path, struct err *err)
{
    struct buf text = BUF_INIT(CERTS_D_KEY_MAX);
    int rc = file_slurp(path, &text, err);

    if (rc == 0 && (!text.data || !strstr(text.data, "PRIVATE KEY-----")))
        rc = err_set(err, ERR_USAGE, "'%s' has no private key in PEM form", path);
    else if (rc == 0 && strstr(text.data, "ENCRYPTED")) {
        err_set(err, ERR_AUTH,
                "the private key '%s' is encrypted, which is not supported", path);
        rc = err_hint(
            err, "openssl pkey -in '%s' -out FILE writes it without a passphrase", path);
    }
    secret_wipe(text.data, text.cap);
    buf_release(&text);
    return rc;
}

/* Both files of a pair must exist. */
static int
check_pairs(const struct secure_dir_names *these, const char *suffix,
            const struct secure_dir_names *those, const char *other, struct err *err)
{
    for (size_t i = 0; i < these->count; i++) {
        size_t stem = strlen(these->items[i]) - strlen(suffix), k = 0;

        while (k < those->count && (strlen(those->items[k]) != stem + strlen(other) ||
                                    strncmp(these->items[i], those->items[k], stem) != 0))
            k++;
        if (k < those->count)
            continue;
        err_set(err, ERR_USAGE, "found '%s', but not '%.*s%s'", these->items[i],
                (int)stem, these->items[i], other);
        return err_hint(err, "NAME.cert and NAME.key are a client certificate; the file "
                             "name of a CA must be NAME.crt");
    }
    return 0;
}

static int
find_pair(const char *folder, struct certs_d *out, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names certs = SECURE_DIR_NAMES_INIT, keys = SECURE_DIR_NAMES_INIT;

    if (secure_dir_list_any(&certs, folder, ".cert", err) < 0 ||
        secure_dir_list_any(&keys, folder, ".key", err) < 0 ||
        check_pairs(&certs, ".cert", &keys, ".key", err) < 0 ||
        check_pairs(&keys, ".key", &certs, ".cert", err) < 0)
        return -1;
    if (certs.count > 1)
        return err_set(err, ERR_USAGE, "more than one client certificate: '%s' and '%s'",
                       certs.items[0], certs.items[1]);
    if (certs.count == 0)
        return 0;
    out->cert = xasprintf("%s/%s", folder, certs.items[0]);
    out->key = xasprintf("%s/%s", folder, keys.items[0]);
    return certs_d_check_key(out->key, err);
}

/* ---- authorities ---- */

static int
add_ca(const char *path, struct buf *out, struct err *err)
{
    size_t before = out->len;

    if (file_slurp(path, out, err) < 0)
        return -1;
    if (out->len == before || !strstr(out->data + before, "-----BEGIN "))
        return err_set(err, ERR_USAGE, "'%s' has no certificate in PEM form", path);
    return buf_add_text(out, "\n") < 0
               ? err_set(err, ERR_LIMIT, "more than %u bytes of CAs", CERTS_D_MAX)
               : 0;
}

static int
find_cas(const char *folder, struct certs_d *out, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;

    if (secure_dir_list_any(&names, folder, ".crt", err) < 0 ||
        (names.count > 0 && http_system_cas(&out->cas, err) < 0))
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP(mem_free_string) char *path = xasprintf("%s/%s", folder, names.items[i]);

        if (add_ca(path, &out->cas, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- finding the folder ---- */

/* 1: it exists, and *out has its content; 0: it does not exist or is not accessible;
 * -1. */
static int
read_certs_folder(const char *parent, const char *host, struct certs_d *out,
                  struct err *err)
{
    CLEANUP(mem_free_string) char *folder = xasprintf("%s/%s", parent, host);
    CLEANUP(certs_d_release) struct certs_d got = CERTS_D_INIT;

    if (access(folder, R_OK | X_OK) < 0)
        return 0;
    if (find_cas(folder, &got, err) < 0 || find_pair(folder, &got, err) < 0)
        return err_wrap(err, "%s", folder);
    *out = got;
    out->folder = folder;
    folder = NULL;
    got = (struct certs_d)CERTS_D_INIT;
    return 1;
}

int
certs_d_find(const char *host, struct certs_d *out, struct err *err)
{
    static const char *const system[] = {PLACES_SYSTEM "/certs.d", "/etc/docker/certs.d"};
    CLEANUP(mem_free_string) char *user = places_user("certs.d");
    int rc = user ? read_certs_folder(user, host, out, err) : 0;

    for (size_t i = 0; i < COUNT_OF(system) && rc == 0; i++)
        rc = read_certs_folder(system[i], host, out, err);
    return rc < 0 ? -1 : 0;
}
