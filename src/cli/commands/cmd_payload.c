/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "bundle/reader/head.h"
#include "io/crypto/hash.h"
#include "io/json/json_write.h"
#include "ops/sign/sign.h"

struct payload_command {
    struct common_options common;
};

static const struct opt table[] = {
    COMMON_OPTIONS(struct payload_command),
    {.kind = OPT_END},
};

static int
run_payload(const void *options, char **operands, size_t count, struct runtime *rt,
            struct result *r, struct err *err)
{
    CLEANUP(signable_release) struct signable bundle = SIGNABLE_INIT;
    CLEANUP(buf_release) struct buf base64 = BUF_INIT(2 * BUNDLE_INDEX_MAX);
    const void *raw;
    size_t len;

    (void)options;
    (void)rt;
    if (signable_open(&bundle, (const char *const *)operands, count, false, err) < 0)
        return -1;
    raw = bundle_raw_index(bundle.head, &len);
    if (buf_add(&r->text, raw, len) < 0 || base64_encode(raw, len, &base64) < 0)
        return err_set(err, ERR_INTERNAL, "not enough space for index.json");
    jsout_put_text(r->json, "bundle", operands[0]);
    result_put_digest(r->json, "index", &bundle.index);
    jsout_put_text(r->json, "payload", base64.data);
    return 0;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    files_add_operands(f, FILE_READ_BUNDLE, "BUNDLE", operands, 0, count);
}

const struct command cmd_payload = {
    .name = "payload",
    .group = COMMAND_SIGN,
    .operands = "BUNDLE...",
    .summary = "write the bytes to be signed to standard output",
    .about = "Write index.json of BUNDLE, byte for byte, to standard output.  A "
             "signature of\nthese bytes, wherever the key is kept, is a signature of the "
             "whole bundle, and\n'sealift attach' adds it.",
    .examples =
        {
            {"Write the bytes for a key service to sign",
             "sealift payload images.tar >index.json"},
            {"Write them in base64, within JSON", "sealift payload --json images.tar"},
        },
    .table = table,
    .options_size = sizeof(struct payload_command),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .files = files,
    .run = run_payload,
};
