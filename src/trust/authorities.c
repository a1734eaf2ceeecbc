/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/authorities.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Adds certificates, or revocation lists. */
typedef int add_fn(struct pki_certs *certs, const char *pem, size_t len, const char *name,
                   struct err *err);

static bool
is_pem(const char *name)
{
    size_t len = strlen(name);

    return len > 4 && strcmp(name + len - 4, ".pem") == 0;
}

/* A file with another name that was meant to be read, such as a revocation list NAME.crl,
 * must not be ignored silently. */
static int
add_authority_file(struct pki_certs *certs, add_fn *add, const struct store_files *files,
                   const char *folder, const char *name, struct err *err)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(PKI_CERTS_FILE_MAX);
    CLEANUP(mem_free_string) char *file = xasprintf("%s/%s", folder, name);
    CLEANUP(mem_free_string) char *path = store_files_path(files, file);

    if (!is_pem(name))
        return err_set(err, ERR_USAGE, "'%s': expected a file NAME.pem", path);
    if (store_files_read(files, file, &pem, err) < 0)
        return -1;
    return add(certs, pem.data, pem.len, path, err);
}

/* Add all files of a folder, which need not exist. */
static int
add_authority_folder(struct pki_certs *certs, add_fn *add,
                     const struct store_files *files, const char *folder, struct err *err)
{
    CLEANUP(secure_dir_names_release)
    struct secure_dir_names names = SECURE_DIR_NAMES_INIT;

    if (store_files_list(files, folder, "", &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];

        if (name[0] == '.' && !is_pem(name)) /* includes "." and ".." */
            continue;
        if (add_authority_file(certs, add, files, folder, name, err) < 0)
            return -1;
    }
    return 0;
}

static int
add_anchors(struct pki_certs *certs, const struct store_files *files,
            const struct policy_signer *signer, struct err *err)
{
    for (size_t i = 0; i < signer->x509.anchors.count; i++) {
        if (add_authority_file(certs, pki_certs_add, files, "ca",
                               signer->x509.anchors.items[i], err) < 0)
            return err_wrap(err, "signer '%s'", signer->name);
    }
    return 0;
}

int
authorities_open(struct authorities *out, const struct store_files *files,
                 const struct policy *policy, struct err *err)
{
    CLEANUP(authorities_release) struct authorities a = AUTHORITIES_INIT;
    bool is_needed = false;

    a.anchors = xcalloc(policy->signer_count, sizeof(struct pki_certs *));
    a.count = policy->signer_count;
    for (size_t i = 0; i < a.count; i++) {
        if (!policy->signers[i].is_x509)
            continue;
        is_needed = true;
        a.anchors[i] = pki_certs_new();
        if (add_anchors(a.anchors[i], files, &policy->signers[i], err) < 0)
            return -1;
    }
    if (is_needed) {
        a.intermediates = pki_certs_new();
        a.crls = pki_certs_new();
        if (add_authority_folder(a.intermediates, pki_certs_add, files,
                                 "ca/intermediates", err) < 0 ||
            add_authority_folder(a.crls, pki_crls_add, files, "crl", err) < 0)
            return -1;
    }
    *out = a;
    a = (struct authorities)AUTHORITIES_INIT;
    return 0;
}

void
authorities_release(struct authorities *a)
{
    for (size_t i = 0; i < a->count; i++)
        pki_certs_release(&a->anchors[i]);
    free(a->anchors);
    pki_certs_release(&a->intermediates);
    pki_certs_release(&a->crls);
    *a = (struct authorities)AUTHORITIES_INIT;
}
