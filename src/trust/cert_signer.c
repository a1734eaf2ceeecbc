/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/cert_signer.h"

#include "io/crypto/pki_chain.h"

#include <string.h>

/* Whether the certificate matches the pins of a signer. */
static bool
fits_pins(const struct policy_x509 *x, const struct pki_cms *cms)
{
    bool has_name = x->sans.count == 0;

    for (size_t i = 0; !has_name && i < x->sans.count; i++)
        has_name = pki_cms_has_name(cms, x->sans.items[i]);
    return has_name && (!x->subject || strcmp(x->subject, pki_cms_subject(cms)) == 0) &&
           (!x->has_spki || digest_equal(&x->spki, pki_cms_key_id(cms)));
}

/* Whether the store's `revoked` file lists a key or a certificate of the chain. */
static bool
is_revoked(const struct revoked *revoked, const struct pki_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        const struct pki_link *link = &chain->links[i];
        struct revoked_entry entry = {.kind = REVOKED_CERTIFICATE, .id = link->issuer_id};

        memcpy(entry.serial, link->serial, sizeof(link->serial));
        if (revoked_has(revoked, &entry) || revoked_has_key(revoked, &link->key_id))
            return true;
    }
    return false;
}

static int
try_signer(struct cert_signer *out, const struct trust_store *store, size_t index,
           const struct pki_cms *cms, struct err *err)
{
    const struct policy_signer *signer = &store->policy.signers[index];
    const struct pki_authority authority = {
        .anchors = store->authorities.anchors[index],
        .intermediates = store->authorities.intermediates,
        .crls = store->authorities.crls,
        .requires_crl = signer->x509.requires_crl,
    };
    struct pki_chain chain;

    if (pki_cms_chain(cms, &authority, &chain, err) < 0)
        return -1;
    if (is_revoked(&store->revoked, &chain))
        return err_because(err, ERR_TRUST, REASON_REVOKED,
                           "was made with a revoked certificate");
    if (!fits_pins(&signer->x509, cms))
        return err_because(
            err, ERR_TRUST, REASON_UNKNOWN_SIGNER,
            "was made with a certificate that matches no signer of the policy");
    *out = (struct cert_signer){.signer = signer->name,
                                .valid_from = chain.valid_from,
                                .valid_until = chain.valid_until,
                                .has_extras = chain.has_extras};
    return 0;
}

int
cert_signer_find(struct cert_signer *out, const struct trust_store *store,
                 const struct pki_cms *cms, struct err *err)
{
    struct err why = ERR_INIT;

    err_because(
        &why, ERR_TRUST, REASON_UNKNOWN_SIGNER,
        "was made with a certificate, but the policy has no signer by certificate");
    for (size_t i = 0; i < store->authorities.count; i++) {
        struct err this = ERR_INIT;

        if (!store->authorities.anchors[i])
            continue;
        if (try_signer(out, store, i, cms, &this) == 0)
            return 0;
        if (why.reason != REASON_REVOKED)
            why = this;
    }
    *err = why;
    return -1;
}
