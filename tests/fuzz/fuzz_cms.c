/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in a file that may be CMS: taken apart or refused in printable words,
 * and what counts as a signature is one over the bytes that were signed.  Files of
 * certificates and revocation lists go the same way. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/digest.h"
#include "io/crypto/pki_cms.h"
#include "io/crypto/pki_chain.h"
#include "io/crypto/pki_cms_form.h"
#include "io/crypto/pki_sign.h"

#include <string.h>

/* Content signed by the seeds with a valid signature. */
static const char INDEX[] = "{\"schemaVersion\":2,\"manifests\":[]}";

/* A normalised signature is canonical, valid or not. */
static void
try_form(const struct pki_cms *cms, const char *bytes, size_t size)
{
    CLEANUP(buf_release) struct buf form = BUF_INIT(PKI_CMS_MAX);
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    CLEANUP(pki_cms_release) struct pki_cms *again = NULL;
    struct err err = ERR_INIT;

    if (pki_cms_render(cms, &form, &err) < 0) {
        assert(err.kind == ERR_TRUST && !pki_cms_is_canonical(cms, bytes, size));
        return;
    }
    again = pki_cms_open(form.data, form.len, &payload, &err);
    assert(!again || pki_cms_is_canonical(again, form.data, form.len));
    if (pki_cms_is_canonical(cms, bytes, size))
        assert(again && form.len == size && memcmp(form.data, bytes, size) == 0);
}

static void
try_cms(const char *bytes, size_t size)
{
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    struct err err = ERR_INIT;
    CLEANUP(pki_cms_release)
    struct pki_cms *cms = pki_cms_open(bytes, size, &payload, &err);
    struct pki_certs *none = pki_certs_new();
    const struct pki_authority nobody = {
        .anchors = none, .intermediates = none, .crls = none};
    struct pki_chain chain;

    if (cms) {
        assert(strlen(pki_cms_subject(cms)) < PKI_SUBJECT_MAX);
        assert(!pki_cms_has_name(cms, ""));
        assert(pki_cms_chain(cms, &nobody, &chain, &err) < 0);
        assert(pki_cms_is_one(bytes, size));
        try_form(cms, bytes, size);
    }
    assert(err.kind == ERR_TRUST);
    assert_told(err.msg);
    pki_certs_release(&none);
}

static void
try_certs(const char *bytes, size_t size)
{
    struct pki_certs *certs = pki_certs_new();
    struct err err = ERR_INIT;

    if (pki_certs_add(certs, bytes, size, "file", &err) < 0) {
        assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
        assert_told(err.msg);
    }
    err = (struct err)ERR_INIT;
    if (pki_crls_add(certs, bytes, size, "file", &err) < 0) {
        assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
        assert_told(err.msg);
    }
    pki_certs_release(&certs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size > 0 ? (const char *)data : "";

    try_cms(text, size);
    try_certs(text, size);
    return 0;
}
