/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "render/verify_script.h"

#include "base/mem.h"
#include "bundle/reader/head.h"
#include "bundle/reader/reader.h"
#include "io/crypto/pki_sign.h"
#include "ops/verify/verify.h"

#include <string.h>

static void
quote(struct buf *out, const char *text)
{
    (void)!buf_add_text(out, "'");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            (void)!buf_add_text(out, "'\\''");
        else
            (void)!buf_add(out, text, 1);
    }
    (void)!buf_add_text(out, "'");
}

/* Quote text with control characters through printf.  $() drops trailing line ends. */
static void
quote_by_number(struct buf *out, const char *text)
{
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '\n')
        len--;
    (void)!buf_add_text(out, "\"$(printf %b '");
    for (size_t i = 0; i < len; i++)
        (void)!buf_addf(out, "\\0%03o", (unsigned)(unsigned char)text[i]);
    (void)!buf_addf(out, "')%s\"", text + len);
}

/* Print a path quoted for the shell. */
static void
say_path(struct result *r, const char *before, const char *path)
{
    CLEANUP(buf_release) struct buf text = BUF_INIT(RESULT_TEXT_MAX);
    bool is_plain = true;

    for (const char *p = path; *p != '\0'; p++)
        is_plain = is_plain && *p >= ' ' && *p <= '~';
    if (is_plain)
        quote(&text, path);
    else
        quote_by_number(&text, path);
    result_add(r, "%s%s", before, text.data);
}

/* Print the assignment of "bundle"; volumes are first concatenated into a copy. */
static void
say_bundle(struct result *r, const char *path, const struct volume_set *files)
{
    if (!files->paths) {
        say_path(r, "bundle=", path);
        result_add(r, "\n");
        return;
    }
    result_add(r, "bundle=$scratch/bundle.tar\ncat --");
    for (size_t i = 0; i < files->count; i++)
        say_path(r, " ", files->paths[i]);
    result_add(r, " >\"$bundle\"\n");
}

static void
say_head(struct result *r, const char *path, const struct volume_set *files)
{
    result_add(r, "# To check this bundle with sh, tar, sha256sum and openssl only.  "
                  "Printing this\n"
                  "# checked nothing.  Public keys must come from their owners, not with "
                  "the bundle.\n"
                  "set -eu\n"
                  "scratch=$(mktemp -d)\n"
                  "by_hand=$scratch/content\n"
                  "mkdir \"$by_hand\"\n");
    say_bundle(r, path, files);
    result_add(r,
               "\n# 1. No name occurs twice, or tools could read different things out of "
               "one file.\n"
               "test -z \"$(tar -tf - <\"$bundle\" | sort | uniq -d)\"\n\n"
               "# 2. Unpack once, and use only this copy from here on.\n"
               "tar -xf - -C \"$by_hand\" <\"$bundle\"\n"
               "test -z \"$(find \"$by_hand\" ! -type f ! -type d)\" # no links\n\n"
               "# 3. Who signed index.json?\n");
}

/* Print the public key of a finding, as a path. */
static void
say_key(struct result *r, const struct trust_finding *f, const struct trust_store *store)
{
    char hex[2 * DIGEST_RAW_MAX + 1] = "";

    if (f->has_key_id)
        digest_hex(&f->key_id, hex);
    if (!f->key_name) {
        result_add(r, "key=${KEY:?the public key%s%s}\n",
                   hex[0] != '\0' ? " with id " : "", hex);
    } else if (!store->dir) {
        say_path(r, "key=", f->key_name);
        result_add(r, "\n");
    } else {
        CLEANUP(mem_free_string)
        char *file = xasprintf("%s/keys/%s", store->dir, f->key_name);

        say_path(r, "key=", file);
        result_add(r, "\n");
    }
    if (f->has_key_id)
        result_add(r,
                   "test \"$(openssl pkey -pubin -in \"$key\" -outform DER | sha256sum | "
                   "cut -c 1-64)\" = \\\n    %s\n",
                   hex);
}

/* Print the check of a signature.  Pure Ed25519 takes the file itself; all others take
 * its digest. */
static void
say_signature(struct result *r, const struct trust_finding *f,
              const struct trust_store *store)
{
    size_t len = strlen(f->file);

    if (len > 4 && strcmp(f->file + len - 4, ".p7s") == 0) {
        result_add(
            r,
            "openssl cms -verify -binary -inform DER -purpose any \\\n"
            "    -in \"$by_hand/signatures/%s\" -content \"$by_hand/index.json\" \\\n"
            "    -CAfile \"${CA:?the CA of the signer}\" -out /dev/null\n",
            f->file);
        return;
    }
    say_key(r, f, store);
    result_add(
        r,
        "sed -n 's/.*\"signature\":\"\\([^\"]*\\)\".*/\\1/p' \\\n"
        "    \"$by_hand/signatures/%s\" |\n"
        "    openssl base64 -d -A >\"$scratch/signature\"\n"
        "if openssl pkey -pubin -in \"$key\" -noout -text | grep -q ED25519; then\n"
        "    openssl pkeyutl -verify -pubin -inkey \"$key\" -rawin \\\n"
        "        -in \"$by_hand/index.json\" -sigfile \"$scratch/signature\"\n"
        "else\n"
        "    bits=$(sed -n 's/.*\"algorithm\":\"SHA2_\\([0-9]*\\)\".*/\\1/p' \\\n"
        "        \"$by_hand/signatures/%s\")\n"
        "    openssl dgst \"-sha$bits\" -verify \"$key\" \\\n"
        "        -signature \"$scratch/signature\" \"$by_hand/index.json\"\n"
        "fi\n",
        f->file, f->file);
}

static void
say_rest(struct result *r)
{
    result_add(
        r,
        "\n# 4. index.json pins SHA256SUMS.\nsum=$(sha256sum <\"$by_hand/SHA256SUMS\" | "
        "cut -d ' ' -f 1)\ngrep -q \"\\\"dev.sealift.sums\\\":\\\"sha256:$sum\\\"\" "
        "\"$by_hand/index.json\"\n\n# 5. SHA256SUMS pins everything else, and no file "
        "exists that it does not name.\ncd \"$by_hand\"\nsha256sum -c --strict --quiet "
        "SHA256SUMS\nfind . -type f ! -path './signatures/*' ! -path ./index.json \\\n   "
        " ! -path ./SHA256SUMS | sed 's,^./,,' | sort >\"$scratch/found\"\ngrep -v '^#' "
        "SHA256SUMS | cut -c 67- | sort | diff - \"$scratch/found\"\n\n# 6. What the "
        "exporter states "
        "about it: compare stream, serial and time with the last\n#    one you took, and "
        "the names with what you expect.\ntr ',' '\\n' <index.json | grep -E "
        "'dev.sealift|ref.name'\necho \"good, in $by_hand\"\n");
}

static int
read_bundle_head(const char *const *paths, size_t count, struct verified *v,
                 const struct trust_store *store, struct err *err)
{
    struct pki_payload payload;
    const void *raw;
    size_t len;

    if (volume_set_open(&v->files, paths, count, err) < 0)
        return -1;
    v->head = bundle_head(v->files.volumes, err);
    if (!v->head)
        return err_wrap(err, "%s", paths[0]);
    raw = bundle_raw_index(v->head, &len);
    if (signature_files_gather(&v->evidence, v->head, NULL, 0, err) < 0)
        return -1;
    payload = pki_payload(raw, len);
    return signature_check(&v->signers, &payload, v->evidence.items, v->evidence.count,
                           store, err);
}

int
explain(struct result *r, const char *const *paths, size_t count,
        const struct trust_store *store, struct err *err)
{
    CLEANUP(verified_release) struct verified v = VERIFIED_INIT;

    if (read_bundle_head(paths, count, &v, store, err) < 0)
        return -1;
    say_head(r, paths[0], &v.files);
    for (size_t i = 0; i < v.signers.count; i++)
        say_signature(r, &v.signers.items[i], store);
    if (v.signers.count == 0)
        result_add(r, "echo 'not signed' >&2; exit 1\n");
    say_rest(r);
    return 0;
}
