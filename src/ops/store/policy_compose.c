/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "ops/store/policy_compose.h"

#include "io/json/json_write.h"
#include "trust/policy_fields.h"

#include <string.h>

static struct jsout *
copy_object(const struct js *obj, const char *key)
{
    const struct js *there;

    return obj && js_object(obj, key, &there) == 1 ? jsout_copy(there) : jsout_object();
}

static struct jsout *
list_names(const struct policy_wish *wish, const struct policy_name *names)
{
    struct jsout *array = jsout_array();

    for (size_t i = 0; i < wish->signer_count; i++)
        jsout_append_text(array, names[i].signer);
    return array;
}

static struct jsout *
list_signers(const struct js *before, const struct policy_wish *wish,
             const struct policy_name *names)
{
    struct jsout *signers = copy_object(before, "signers");

    for (size_t i = 0; i < wish->signer_count; i++) {
        struct jsout *signer, *files;

        if (!names[i].key)
            continue;
        signer = jsout_object();
        files = jsout_array();
        jsout_append_text(files, names[i].key);
        jsout_put(signer, "keys", files);
        jsout_put(signers, names[i].signer, signer);
    }
    return signers;
}

static void
put_quorum(struct jsout *rule, const struct policy_wish *wish,
           const struct policy_name *names)
{
    jsout_put(rule, "signers", list_names(wish, names));
    jsout_put_u64(rule, "threshold", wish->threshold > 0 ? wish->threshold : 1);
}

/* What a rule has besides stays. */
static struct jsout *
list_streams(const struct js *before, const struct policy_wish *wish,
             const struct policy_name *names)
{
    struct jsout *streams = copy_object(before, "streams"), *rule;
    const struct js *there = NULL;

    if (before && js_object(before, "streams", &there) != 1)
        there = NULL;
    rule = copy_object(there, wish->stream);
    put_quorum(rule, wish, names);
    if (wish->max_age_days > 0)
        jsout_put_u64(rule, "max_age_days", wish->max_age_days);
    jsout_put(streams, wish->stream, rule);
    return streams;
}

static int
write_policy(const struct js *before, uint64_t version, const struct policy_wish *wish,
             const struct policy_name *names, struct buf *out, struct err *err)
{
    struct jsout *root = before ? jsout_copy(before) : jsout_object(), *quorum;

    jsout_put_u64(root, "version", version);
    jsout_put(root, "signers", list_signers(before, wish, names));
    jsout_put(root, "streams", list_streams(before, wish, names));
    if (!before) {
        quorum = jsout_object();
        put_quorum(quorum, wish, names);
        jsout_put(root, "root", quorum);
    }
    if (jsout_write_indented(root, out, err) < 0)
        return -1;
    return buf_add_text(out, "\n") < 0
               ? err_set(err, ERR_LIMIT, "the policy would be too large")
               : 0;
}

int
policy_compose(const char *before, const struct policy_wish *wish,
               const struct policy_name *names, struct buf *out, struct err *err)
{
    CLEANUP(js_release) struct js *root = NULL;
    CLEANUP(buf_release) struct buf same = BUF_INIT(POLICY_MAX);
    CLEANUP(buf_release) struct buf old = BUF_INIT(POLICY_MAX);
    uint64_t version;

    if (!before)
        return write_policy(NULL, 1, wish, names, out, err) < 0 ? -1 : 1;
    root = js_parse(before, strlen(before), ERR_USAGE, err);
    if (!root)
        return -1;
    if (js_u64(root, "version", &version) != 1)
        return err_set(err, ERR_USAGE, "no \"version\"");
    if (jsout_write_indented(jsout_copy(root), &old, err) < 0 ||
        write_policy(root, version, wish, names, &same, err) < 0)
        return -1;
    if (same.len == old.len + 1 && memcmp(same.data, old.data, old.len) == 0)
        return 0;
    return write_policy(root, version + 1, wish, names, out, err) < 0 ? -1 : 1;
}
