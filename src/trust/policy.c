/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "trust/policy.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text_safe.h"
#include "trust/policy_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t EPOCH_MAX = UINT32_MAX;
static const uint64_t AGE_DAYS_MAX = 36500;

/* The object being filled while members are visited. */
struct policy_visit {
    struct policy *policy;
    struct err *err;
};

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
        return policy_error(err, "\"subject\" is not a string");
    if (rc == 1)
        out->subject = xstrdup(subject);
    out->requires_crl = crl == 1;
    out->time = (enum policy_time)time;
    if (out->anchors.count == 0)
        return policy_error(err, "\"x509\" has no \"ca\"");
    if (!out->subject && out->sans.count == 0 && !out->has_spki)
        return policy_error(err,
                            "\"x509\" without \"subject\", \"san\" or \"spki_sha256\" "
                            "would trust every certificate of that CA");
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
        return policy_error(err, "requires either \"keys\" or \"x509\"");
    if (out->is_x509 && read_x509(x509, &out->x509, err) < 0)
        return -1;
    rc = js_string(obj, "not_after", &end);
    out->has_not_after = rc == 1;
    if (rc < 0 || (rc == 1 && clock_parse(end, &out->not_after) < 0))
        return policy_error(err, "\"not_after\" is not a time like 2028-01-31T00:00:00Z");
    return 0;
}

static int
visit_signer(const char *key, const struct js *value, void *ctx)
{
    const struct policy_visit *v = ctx;
    struct policy *p = v->policy;
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, key, strlen(key));
    if (p->signer_count == POLICY_LIST_MAX)
        return policy_error(v->err, "more than %d signers", POLICY_LIST_MAX);
    if (!policy_is_name(key) || !js_is_object(value))
        return policy_error(v->err, "signer '%s': expected a name and an object", safe);
    p->signers =
        xreallocarray(p->signers, p->signer_count + 1, sizeof(struct policy_signer));
    p->signers[p->signer_count] = (struct policy_signer){.name = ""};
    snprintf(p->signers[p->signer_count].name, POLICY_NAME_MAX + 1, "%s", key);
    if (read_signer(value, &p->signers[p->signer_count++], v->err) < 0)
        return err_wrap(v->err, "signer '%s'", safe);
    return 0;
}

/* A key shared by two signers would let one of them count as both. */
static int
check_keys_differ(const struct policy *p, struct err *err)
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

/* ---- streams ---- */

static bool
is_target(const char *text)
{
    return policy_is_pattern(text, POLICY_PATTERN_MAX);
}

static int
read_quorum(const struct policy *p, const struct js *obj, struct policy_quorum *out,
            struct err *err)
{
    struct policy_texts names = {.items = NULL};
    int rc = policy_read_texts(obj, "signers", policy_is_name, &names, err);

    out->threshold = 1;
    if (rc == 0 && names.count == 0)
        rc = policy_error(err, "no \"signers\"");
    if (rc == 0)
        out->signers = xcalloc(names.count, sizeof(*out->signers));
    for (size_t i = 0; rc == 0 && i < names.count; i++) {
        size_t s = 0;

        while (s < p->signer_count && strcmp(p->signers[s].name, names.items[i]) != 0)
            s++;
        if (s == p->signer_count)
            rc = policy_error(err, "unknown signer '%s'", names.items[i]);
        out->signers[out->count++] = s;
    }
    if (rc == 0 &&
        policy_read_number(obj, "threshold", 1, names.count, &out->threshold, err) < 0)
        rc = -1;
    policy_texts_release(&names);
    return rc;
}

static int
read_policy_stream(const struct policy *p, const struct js *obj,
                   struct policy_stream *out, struct err *err)
{
    static const char *const known[] = {
        "signers", "threshold", "max_age_days", "rollback", "targets", "epoch", NULL};
    static const char *const rollback[] = {"deny", "allow", NULL};
    int rc, back;

    if (policy_check_keys(obj, known, err) < 0 ||
        read_quorum(p, obj, &out->quorum, err) < 0 ||
        policy_read_word(obj, "rollback", rollback, 0, &back, err) < 0 ||
        policy_read_texts(obj, "targets", is_target, &out->targets, err) < 0 ||
        policy_read_number(obj, "epoch", 0, EPOCH_MAX, &out->epoch, err) < 0)
        return -1;
    rc =
        policy_read_number(obj, "max_age_days", 1, AGE_DAYS_MAX, &out->max_age_days, err);
    if (rc < 0)
        return -1;
    out->has_max_age = rc == 1;
    out->may_go_back = back == 1;
    return 0;
}

static int
visit_stream(const char *key, const struct js *value, void *ctx)
{
    const struct policy_visit *v = ctx;
    struct policy *p = v->policy;
    char safe[TEXT_SAFE_MAX];

    text_safe(safe, key, strlen(key));
    if (p->stream_count == POLICY_LIST_MAX)
        return policy_error(v->err, "more than %d streams", POLICY_LIST_MAX);
    if (!policy_is_pattern(key, POLICY_NAME_MAX) || !js_is_object(value))
        return policy_error(v->err, "stream '%s': expected a name and an object", safe);
    p->streams =
        xreallocarray(p->streams, p->stream_count + 1, sizeof(struct policy_stream));
    p->streams[p->stream_count] = (struct policy_stream){.pattern = ""};
    snprintf(p->streams[p->stream_count].pattern, POLICY_NAME_MAX + 1, "%s", key);
    if (read_policy_stream(p, value, &p->streams[p->stream_count++], v->err) < 0)
        return err_wrap(v->err, "stream '%s'", safe);
    return 0;
}

/* ---- the whole policy ---- */

static int
read_overrides(const struct js *root, struct policy *p, struct err *err)
{
    const struct js *array;
    int rc = js_array(root, "overrides", &array);

    for (size_t i = 0; rc == 1 && i < js_length(array); i++) {
        const char *text = js_text(js_at(array, i));

        if (text && strcmp(text, "rollback") == 0 && !p->may_roll_back)
            p->may_roll_back = true;
        else if (text && strcmp(text, "expired") == 0 && !p->may_be_expired)
            p->may_be_expired = true;
        else
            rc = -1;
    }
    if (rc < 0)
        return policy_error(
            err, "\"overrides\" may contain only \"rollback\" and \"expired\"");
    return 0;
}

static int
read_settings(const struct js *root, struct policy *p, struct err *err)
{
    static const char *const defaults[] = {"reject", "accept", NULL};
    static const char *const clocks[] = {"auto", "trusted", "untrusted", NULL};
    int rc = policy_read_number(root, "version", 1, EPOCH_MAX, &p->version, err), others,
        clock;

    if (rc == 0)
        return policy_error(err, "no \"version\"");
    if (rc < 0 || policy_read_word(root, "default", defaults, 0, &others, err) < 0 ||
        policy_read_word(root, "clock", clocks, POLICY_CLOCK_AUTO, &clock, err) < 0 ||
        read_overrides(root, p, err) < 0)
        return -1;
    p->accepts_other_streams = others == 1;
    p->clock = (enum policy_clock)clock;
    p->may_skip = false;
    if (js_bool(root, "allow_insecure", &p->may_skip) < 0)
        return policy_error(err, "\"allow_insecure\" is not a boolean");
    return 0;
}

/* The next version of a store contains its own authorities, which must not authorise
 * it. */
static int
check_root(const struct policy *p, struct err *err)
{
    for (size_t i = 0; i < p->root.count; i++) {
        const struct policy_signer *s = &p->signers[p->root.signers[i]];

        if (s->is_x509)
            return policy_error(err, "'%s' has no keys, only a certificate", s->name);
    }
    return 0;
}

static int
read_people(const struct js *root, struct policy *p, struct err *err)
{
    struct policy_visit v = {.policy = p, .err = err};
    const struct js *signers, *streams, *quorum;
    static const char *const known[] = {"signers", "threshold", NULL};
    int rc = js_object(root, "streams", &streams);

    if (js_object(root, "signers", &signers) != 1)
        return policy_error(err, "no \"signers\"");
    if (js_each(signers, visit_signer, &v) != 0 || check_keys_differ(p, err) < 0)
        return -1;
    if (rc < 0)
        return policy_error(err, "\"streams\" is not an object");
    if (rc == 1 && js_each(streams, visit_stream, &v) != 0)
        return -1;
    rc = js_object(root, "root", &quorum);
    if (rc == 0)
        return 0;
    if (rc < 0)
        return policy_error(err, "\"root\" is not an object");
    p->has_root = true;
    if (policy_check_keys(quorum, known, err) < 0 ||
        read_quorum(p, quorum, &p->root, err) < 0 || check_root(p, err) < 0)
        return err_wrap(err, "root");
    return 0;
}

int
policy_parse(struct policy *out, const char *text, size_t len, struct err *err)
{
    static const char *const known[] = {"version", "signers",        "streams",
                                        "default", "clock",          "overrides",
                                        "root",    "allow_insecure", NULL};
    CLEANUP(js_release) struct js *root = js_parse(text, len, ERR_USAGE, err);
    CLEANUP(policy_release) struct policy p = POLICY_INIT;

    if (!root || policy_check_keys(root, known, err) < 0 ||
        read_settings(root, &p, err) < 0 || read_people(root, &p, err) < 0)
        return -1;
    *out = p;
    p = (struct policy)POLICY_INIT;
    return 0;
}

void
policy_release(struct policy *p)
{
    for (size_t i = 0; i < p->signer_count; i++) {
        policy_texts_release(&p->signers[i].keys);
        policy_texts_release(&p->signers[i].x509.anchors);
        policy_texts_release(&p->signers[i].x509.sans);
        free(p->signers[i].x509.subject);
    }
    for (size_t i = 0; i < p->stream_count; i++) {
        policy_texts_release(&p->streams[i].targets);
        free(p->streams[i].quorum.signers);
    }
    free(p->root.signers);
    free(p->signers);
    free(p->streams);
    *p = (struct policy)POLICY_INIT;
}

/* ---- queries ---- */

bool
policy_matches(const char *pattern, const char *text)
{
    size_t len = strlen(pattern);

    if (len > 0 && pattern[len - 1] == '*')
        return strncmp(pattern, text, len - 1) == 0;
    return strcmp(pattern, text) == 0;
}

const struct policy_stream *
policy_stream_for(const struct policy *p, const char *stream)
{
    const struct policy_stream *best = NULL;

    for (size_t i = 0; i < p->stream_count; i++) {
        const struct policy_stream *s = &p->streams[i];

        if (strcmp(s->pattern, stream) == 0)
            return s;
        if (policy_matches(s->pattern, stream) &&
            (!best || strlen(s->pattern) > strlen(best->pattern)))
            best = s;
    }
    return best;
}

bool
policy_allows_target(const struct policy_stream *s, const char *target)
{
    for (size_t i = 0; i < s->targets.count; i++) {
        if (policy_matches(s->targets.items[i], target))
            return true;
    }
    return s->targets.count == 0;
}

/* ---- signers ---- */
