/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/policy_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* ---- signers ---- */

static int
read_spki(const struct js *obj, struct policy_x509 *out, struct err *err)
{
    char text[sizeof("sha256:") + 2 * DIGEST_RAW_MAX];
    const char *hex;
    int rc = js_string(obj, "spki_sha256", &hex);

    if (rc == 0)
        return 0;
    if (rc < 0 || strlen(hex) > 2 * (size_t)DIGEST_RAW_MAX)
        return policy_error(err, "\"spki_sha256\" is not 64 hex digits");
    snprintf(text, sizeof(text), "sha256:%s", hex);
    if (digest_parse(&out->spki, text, strlen(text), ERR_USAGE, err) < 0)
        return policy_error(err, "\"spki_sha256\" is not 64 hex digits");
    out->has_spki = true;
    return 0;
}

static int
read_x509(const struct js *obj, struct policy_x509 *out, struct err *err)
{
    static const char *const known[] = {"ca",  "subject", "san", "spki_sha256",
                                        "crl", "time",    NULL};
    static const char *const times[] = {"created", "now", "none", NULL};
    static const char *const crls[] = {"require-if-present", "require", NULL};
    const char *subject;
    int rc, time, crl;

    if (policy_check_keys(obj, known, err) < 0 ||
        policy_read_texts(obj, "ca", policy_is_name, &out->anchors, err) < 0 ||
        policy_read_texts(obj, "san", policy_is_text, &out->sans, err) < 0 ||
        read_spki(obj, out, err) < 0 ||
        policy_read_word(obj, "crl", crls, 0, &crl, err) < 0 ||
        policy_read_word(obj, "time", times, POLICY_TIME_CREATED, &time, err) < 0)
        return -1;
    rc = js_string(obj, "subject", &subject);
    if (rc < 0 || (rc == 1 && !policy_is_text(subject)))
        return policy_error(err, "\"subject\" is not a text");
    if (rc == 1)
        out->subject = xstrdup(subject);
    out->requires_crl = crl == 1;
    out->time = (enum policy_time)time;
    if (out->anchors.count == 0)
        return policy_error(err, "\"x509\" names no \"ca\"");
    if (!out->subject && out->sans.count == 0 && !out->has_spki)
        return policy_error(err, "\"x509\" without \"subject\", \"san\" or "
                                 "\"spki_sha256\" would trust everybody below that CA");
    return 0;
}

static int
read_signer(const struct js *obj, struct policy_signer *out, struct err *err)
{
    static const char *const known[] = {"keys", "x509", "not_after", NULL};
    const struct js *x509;
    const char *end;
    int rc;

    if (policy_check_keys(obj, known, err) < 0 ||
        policy_read_texts(obj, "keys", policy_is_name, &out->keys, err) < 0)
        return -1;
    rc = js_object(obj, "x509", &x509);
    out->is_x509 = rc == 1;
    if (rc < 0 || out->is_x509 == (out->keys.count > 0))
        return policy_error(err, "wants either \"keys\" or \"x509\"");
    if (out->is_x509 && read_x509(x509, &out->x509, err) < 0)
        return -1;
    rc = js_string(obj, "not_after", &end);
    out->has_not_after = rc == 1;
    if (rc < 0 || (rc == 1 && clock_parse(end, &out->not_after) < 0))
        return policy_error(err, "\"not_after\" is not a time like 2028-01-31T00:00:00Z");
    return 0;
}

int
policy_read_signer(const char *key, const struct js *value, void *ctx)
{
    const struct policy_visit *v = ctx;
    struct policy *p = v->policy;
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, key, strlen(key));
    if (p->signer_count == POLICY_LIST_MAX)
        return policy_error(v->err, "more than %d signers", POLICY_LIST_MAX);
    if (!policy_is_name(key) || !js_is_object(value))
        return policy_error(v->err, "signer '%s' is not a name and an object", safe);
    p->signers =
        xreallocarray(p->signers, p->signer_count + 1, sizeof(struct policy_signer));
    p->signers[p->signer_count] = (struct policy_signer){.name = ""};
    snprintf(p->signers[p->signer_count].name, POLICY_NAME_MAX + 1, "%s", key);
    if (read_signer(value, &p->signers[p->signer_count++], v->err) < 0)
        return err_wrap(v->err, "signer '%s'", safe);
    return 0;
}

int
policy_check_keys_differ(const struct policy *p, struct err *err)
{
    for (size_t i = 0; i < p->signer_count; i++) {
        for (size_t k = 0; k < p->signers[i].keys.count; k++) {
            for (size_t j = 0; j < i; j++) {
                for (size_t l = 0; l < p->signers[j].keys.count; l++) {
                    if (strcmp(p->signers[i].keys.items[k],
                               p->signers[j].keys.items[l]) == 0)
                        return policy_error(err,
                                            "'%s' is a key of two signers, %s and %s",
                                            p->signers[i].keys.items[k],
                                            p->signers[j].name, p->signers[i].name);
                }
            }
        }
    }
    return 0;
}
