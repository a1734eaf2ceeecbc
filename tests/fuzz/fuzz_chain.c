/* SPDX-License-Identifier: Apache-2.0 */
/* From a signature to an authority, with certificates and revocation lists that an
 * attacker brings: a chain begins with the holder, ends at an anchor, and is described
 * whole. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "io/crypto/pki_cms.h"
#include "io/crypto/pki_chain.h"
#include "io/crypto/pki_sign.h"

#include <string.h>

/* Content signed by the seeds with a valid signature. */
static const char INDEX[] = "{\"schemaVersion\":2,\"manifests\":[]}";

/* The input: a signature, then parts that begin with one of these; all of it DER. */
enum { ANCHOR, BETWEEN, CRL, KINDS };
static const char *const marks[KINDS] = {"=anchor=", "=between=", "=crl="};

struct part {
    const uint8_t *bytes;
    size_t len;
    int kind;
};

/* ---- DER to PEM ---- */

static void
add_base64(struct buf *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char line[65];
    size_t n = 0;

    for (size_t i = 0; i < len; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16;

        group |= i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= i + 2 < len ? bytes[i + 2] : 0;
        line[n++] = digits[group >> 18];
        line[n++] = digits[group >> 12 & 63];
        line[n++] = i + 1 < len ? digits[group >> 6 & 63] : '=';
        line[n++] = i + 2 < len ? digits[group & 63] : '=';
        if (n == 64 || i + 3 >= len) {
            line[n] = '\0';
            assert(buf_addf(out, "%s\n", line) == 0);
            n = 0;
        }
    }
}

/* True if the chain is accepted. */
static bool
add_part(struct pki_certs *certs, const struct part *part)
{
    CLEANUP(buf_release) struct buf pem = BUF_INIT(16U << 20);
    const char *type = part->kind == CRL ? "X509 CRL" : "CERTIFICATE";
    struct err err = ERR_INIT;

    assert(buf_addf(&pem, "-----BEGIN %s-----\n", type) == 0);
    add_base64(&pem, part->bytes, part->len);
    assert(buf_addf(&pem, "-----END %s-----\n", type) == 0);
    if ((part->kind == CRL ? pki_crls_add : pki_certs_add)(certs, pem.data, pem.len,
                                                           "file", &err) == 0)
        return true;
    assert(err.kind == ERR_USAGE || err.kind == ERR_LIMIT);
    return false;
}

/* ---- the input ---- */

/* Offset and kind of the next part, or the end. */
static const uint8_t *
next_mark(const uint8_t *from, const uint8_t *end, int *kind)
{
    const uint8_t *best = end;

    for (int i = 0; i < KINDS; i++) {
        const uint8_t *found =
            memmem(from, (size_t)(end - from), marks[i], strlen(marks[i]));

        if (found && found < best) {
            best = found;
            *kind = i;
        }
    }
    return best;
}

/* ---- the chain ---- */

static void
check_chain(const struct pki_cms *cms, const struct pki_chain *chain)
{
    assert(chain->count >= 1 && chain->count <= PKI_CHAIN_MAX);
    assert(digest_equal(&chain->links[0].key_id, pki_cms_key_id(cms)));
    for (size_t i = 0; i < chain->count; i++) {
        const struct pki_link *link = &chain->links[i];

        assert(strlen(link->serial) <= PKI_SERIAL_MAX);
        assert(strspn(link->serial, "-0123456789abcdef") == strlen(link->serial));
        if (i + 1 < chain->count)
            assert(digest_equal(&link->issuer_id, &link[1].key_id));
    }
}

static void
try_chain(const struct pki_cms *cms, struct pki_certs *const certs[KINDS],
          const size_t counts[KINDS], bool requires_crl)
{
    const struct pki_authority authority = {.anchors = certs[ANCHOR],
                                            .intermediates = certs[BETWEEN],
                                            .crls = certs[CRL],
                                            .requires_crl = requires_crl};
    struct pki_chain chain;
    struct err err = ERR_INIT;

    if (pki_cms_chain(cms, &authority, &chain, &err) == 0) {
        assert(counts[ANCHOR] > 0 && (!requires_crl || counts[CRL] > 0));
        check_chain(cms, &chain);
        return;
    }
    assert(err.kind == ERR_TRUST && err.reason && err.msg[0] != '\0');
    assert(strcmp(err_reason_word(err.reason), "revoked") != 0 || counts[CRL] > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? data + size : (const uint8_t *)"", *at;
    struct pki_certs *certs[KINDS] = {pki_certs_new(), pki_certs_new(), pki_certs_new()};
    size_t counts[KINDS] = {0};
    struct part part = {.bytes = size > 0 ? data : end, .kind = 0};
    struct pki_payload payload = pki_payload(INDEX, strlen(INDEX));
    struct err err = ERR_INIT;
    struct pki_cms *cms;

    at = next_mark(part.bytes, end, &part.kind);
    cms = pki_cms_open(part.bytes, (size_t)(at - part.bytes), &payload, &err);
    while (at < end) {
        int next = 0;

        part.bytes = at + strlen(marks[part.kind]);
        at = next_mark(part.bytes, end, &next);
        part.len = (size_t)(at - part.bytes);
        counts[part.kind] += add_part(certs[part.kind], &part);
        part.kind = next;
    }
    for (int i = 0; cms && i < 2; i++)
        try_chain(cms, certs, counts, i == 1);
    pki_cms_free(cms);
    for (size_t i = 0; i < KINDS; i++)
        pki_certs_release(&certs[i]);
    return 0;
}
