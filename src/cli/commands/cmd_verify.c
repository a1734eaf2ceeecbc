/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/text.h"
#include "io/json/json_write.h"
#include "ops/verify/check_layers.h"
#include "ops/verify/verify.h"
#include "render/render_omitted.h"
#include "render/verify_script.h"

#include <inttypes.h>
#include <string.h>

struct verify_command {
    struct common_options common;
    struct trust_options trust;
    bool explain, layers;
};

static const struct opt table[] = {
    GROUP("Checks"),
    FLAG(struct verify_command, layers, 0, "layers",
         "also unpack every layer and compare it with its image config"),
    FLAG(struct verify_command, explain, 0, "explain",
         "check nothing: print how to check this bundle with openssl and tar"),
    TRUST_OPTIONS(struct verify_command),
    COMMON_OPTIONS(struct verify_command),
    {.kind = OPT_END},
};

/* "layers    12 unpacked, 3 not: 2 of artifacts, 1 of a type other than tar" */
static void
put_layers(struct result *r, const struct bundle_content *c)
{
    struct jsout *layers = jsout_object(), *others = jsout_object();
    struct layer_counts n;
    size_t not_unpacked;
    const char *mark = ":";

    check_count_layers(c, &n);
    not_unpacked = n.artifact + n.other_type + n.absent;
    result_say(r, "layers    %zu unpacked, %zu not", n.unpacked, not_unpacked);
    const struct {
        const char *key, *text;
        size_t count;
    } reasons[] = {
        {"artifact", "of artifacts", n.artifact},
        {"otherType", "of a type other than tar", n.other_type},
        {"absent", "not in the bundle", n.absent},
    };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        jsout_put_u64(others, reasons[i].key, reasons[i].count);
        if (reasons[i].count == 0)
            continue;
        result_say(r, "%s %zu %s", mark, reasons[i].count, reasons[i].text);
        mark = ",";
    }
    result_say(r, "\n");
    jsout_put_u64(layers, "unpacked", n.unpacked);
    jsout_put(layers, "notUnpacked", others);
    jsout_put(r->json, "layers", layers);
}

/* What is printed depends on how far the check got. */
static void
put_verify_result(struct result *r, const char *path, const struct verified *v,
                  const struct verify_options *o, const struct err *err)
{
    const struct bundle_content *c;
    struct jsout *images;
    char size[TEXT_HUMAN_MAX], left_out[TEXT_COUNT_MAX];
    size_t by_platform;

    jsout_put_text(r->json, "bundle", path);
    jsout_put_bool(r->json, "signatureSkipped", o->skip_signature);
    if (v->bundle)
        result_say(r, "bundle    %s: %s\n", path,
                   text_human(size, bundle_content(v->bundle)->total));
    else
        result_say(r, "bundle    %s\n", path);
    result_signers(r, &v->signers);
    if (v->has_meta) {
        result_verdict(r, &v->verdict, &o->wishes);
        result_missing(r, &v->missing);
    }
    result_damage(r, &v->files.volumes, &v->damage, err);
    if (!v->bundle)
        return;
    c = bundle_content(v->bundle);
    result_put_digest(r->json, "index", &v->admission.index);
    result_put_meta(r->json, &c->meta);
    images = jsout_array();
    for (size_t i = 0; i < c->set.count; i++)
        jsout_append(images, result_entry(&c->set, &c->set.entries[i]));
    jsout_put(r->json, "images", images);
    result_say_meta(r, &c->meta);
    result_contents(r, c, "");
    by_platform = image_set_unwanted(&c->set);
    if (by_platform > 0)
        result_say(r, "left out  %s, by platform\n",
                   text_count(left_out, by_platform, "child of an index",
                              "children of indexes"));
}

/* Keys are used if available, but not required. */
static int
explain_it(const struct verify_command *o, const char *const *paths, size_t count,
           struct runtime *rt, struct result *r, struct err *err)
{
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    struct err why = ERR_INIT;

    if (trust_options_load(&o->trust, &store, &rt->run.events, &why) < 0 &&
        (why.reason != REASON_NO_TRUST)) {
        *err = why;
        return -1;
    }
    return explain(r, paths, count, &store, err);
}

static int
run_verify(const void *options, char **operands, size_t count, struct runtime *rt,
           struct result *r, struct err *err)
{
    const struct verify_command *o = options;
    CLEANUP(trust_store_release) struct trust_store store = TRUST_STORE_INIT;
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;
    struct verify_options verify = {
        .paths = (const char *const *)operands,
        .path_count = count,
        .store = &store,
        .skip_signature = o->trust.skip,
        .wishes = trust_options_wishes(&o->trust),
        .signatures = o->trust.signatures.items,
        .signature_count = o->trust.signatures.count,
        .layers = o->layers,
        .run = &rt->run,
    };
    int rc;

    if (o->explain)
        return explain_it(o, verify.paths, count, rt, r, err);
    if (trust_options_load(&o->trust, &store, &rt->run.events, err) < 0)
        return -1;
    rc = verify_run(&v, &verify, err);
    put_verify_result(r, operands[0], &v, &verify,
                      rc < 0 ? err : &(const struct err)ERR_INIT);
    if (rc < 0)
        return -1;
    if (o->layers)
        put_layers(r, bundle_content(v.bundle));
    if (o->trust.skip)
        result_say(r,
                   "UNVERIFIED: every digest is right, but no signature was checked\n");
    else
        result_say(r, "OK: the signature and every digest are right%s\n",
                   v.missing.count > 0 ? ", but the bundle is INCOMPLETE" : "");
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    const struct verify_command *o = options;

    trust_options_files(&o->trust, f);
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0, count);
}

const struct command cmd_verify = {
    .name = "verify",
    .group = COMMAND_CARRY,
    .operands = "BUNDLE...",
    .summary = "check the signature and every byte of a bundle",
    .about = "Check that a trusted key signed BUNDLE, that nothing is missing or extra, "
             "and\nthat every byte matches its digest.  Needs no network.",
    .examples =
        {
            {"Check a bundle with the keys and the policy of this machine",
             "sealift verify images.tar"},
            {"Check a bundle in volumes with one public key, and unpack its layers",
             "sealift verify --key team.pub --layers images.tar.001"},
        },
    .table = table,
    .options_size = sizeof(struct verify_command),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_verify,
};
