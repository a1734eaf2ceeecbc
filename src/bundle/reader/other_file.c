/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "bundle/reader/other_file.h"

#include "base/text.h"
#include "base/text_safe.h"
#include "bundle/reader/other_archive.h"
#include "io/archive/tar.h"
#include "oci/reference.h"

#include <string.h>

enum {
    SAMPLE = 4096, /* bytes examined */
    ISO_AT = 32769,
    BOOT_AT = 510,
    BASE64_LINE = 60, /* length of a first line that is not a word */
    DER_MAX = 64 << 10,
};

/* The beginning of a file. */
struct sample {
    const struct volumes *file;
    char bytes[SAMPLE + 1];
    size_t len;
};

static int
explain_as(struct err *err, enum err_reason reason, const char *what)
{
    return err_because(err, ERR_INTEGRITY, reason, "%s, not a sealift bundle", what);
}

/* ---- magic numbers ---- */

struct magic {
    const char *bytes;
    size_t len;
    const char *name;
};

#define MAGIC(bytes, name)                                                               \
    {                                                                                    \
        bytes, sizeof(bytes) - 1, name                                                   \
    }

static const char *
find_magic(const struct sample *s, const struct magic *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (s->len >= known[i].len && memcmp(s->bytes, known[i].bytes, known[i].len) == 0)
            return known[i].name;
    }
    return NULL;
}

static int
explain_packed(const struct sample *s, struct err *err)
{
    static const struct magic compressed[] = {
        MAGIC("\x1f\x8b", "gzip"),     MAGIC("\x28\xb5\x2f\xfd", "zstd"),
        MAGIC("BZh", "bzip2"),         MAGIC("\xfd\x37zXZ", "xz"),
        MAGIC("\x04\x22M\x18", "lz4"),
    };
    static const struct magic archives[] = {
        MAGIC("PK\x03\x04", "zip"),
        MAGIC("PK\x05\x06", "zip"),
        MAGIC("7z\xbc\xaf\x27\x1c", "7z"),
        MAGIC("Rar!\x1a\x07", "rar"),
        MAGIC("MSCF", "cab"),
        MAGIC("070701", "cpio"),
        MAGIC("!<arch>\n", "ar or Debian"),
    };
    const char *name = find_magic(s, compressed, COUNT_OF(compressed));

    if (name) {
        err_because(err, ERR_INTEGRITY, REASON_OTHER_FILE,
                    "a compressed file (%s), not a sealift bundle", name);
        return err_hint(err, "a bundle is not compressed: decompress the file");
    }
    name = find_magic(s, archives, COUNT_OF(archives));
    if (!name)
        return 0;
    err_because(err, ERR_INTEGRITY, REASON_OTHER_FILE,
                "an archive (%s), not a sealift bundle", name);
    return err_hint(err, "if it contains the bundle, extract it");
}

static bool
has_at(const struct sample *s, uint64_t at, const char *word, size_t len)
{
    char bytes[8];

    return len <= sizeof(bytes) &&
           volumes_read(s->file, bytes, len, at, err_ignored()) == (ssize_t)len &&
           memcmp(bytes, word, len) == 0;
}

static int
explain_disk(const struct sample *s, struct err *err)
{
    static const struct magic images[] = {
        MAGIC("hsqs", "a squashfs image"),
        MAGIC("QFI\xfb", "a qcow2 disk image"),
    };
    const char *name = find_magic(s, images, COUNT_OF(images));

    if (!name && has_at(s, ISO_AT, "CD001", 5))
        name = "an ISO 9660 image";
    if (!name && has_at(s, BOOT_AT, "\x55\xaa", 2))
        name = "an image of a disk or a file system";
    if (!name)
        return 0;
    explain_as(err, REASON_OTHER_FILE, name);
    return err_hint(err, "if it contains the bundle, mount it or extract it");
}

/* Keys and signatures in binary form: one DER sequence, as long as the file. */
static int
explain_der(const struct sample *s, struct err *err)
{
    const unsigned char *b = (const unsigned char *)s->bytes;

    if (s->file->size > DER_MAX || s->len < 4 || b[0] != 0x30 || b[1] != 0x82 ||
        s->file->size != 4 + (uint64_t)(b[2] << 8 | b[3]))
        return 0;
    return explain_as(err, REASON_SIGNATURE_FILE,
                      "a DER file, such as a signature or a certificate");
}

/* ---- text ---- */

/* No control characters; bytes above 127 may be UTF-8. */
static bool
is_text(const struct sample *s)
{
    for (size_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->bytes[i];

        if ((c < ' ' && !strchr("\t\r\n\f", c)) || c == '\0' || c == 0x7f)
            return false;
    }
    return true;
}

static int
explain_pem(const struct sample *s, struct err *err)
{
    static const char begin[] = "-----BEGIN ";
    const char *label = strstr(s->bytes, begin), *end;
    char safe[TEXT_SAFE_MAX];

    if (!label || (label != s->bytes && label[-1] != '\n'))
        return 0;
    label += strlen(begin);
    end = strstr(label, "-----");
    if (!end || memchr(label, '\n', (size_t)(end - label)))
        return 0;
    text_safe(safe, label, (size_t)(end - label));
    return err_because(err, ERR_INTEGRITY,
                       strcmp(safe, "PUBLIC KEY") == 0 ? REASON_PUBLIC_KEY_FILE
                                                       : REASON_OTHER_FILE,
                       "a PEM file (%s), not a sealift bundle", safe);
}

static int
explain_json(const struct sample *s, struct err *err)
{
    static const struct {
        const char *word, *what;
        enum err_reason reason;
    } kinds[] = {
        {"application/vnd.dev.sigstore.bundle", "a signature (sigstore bundle)",
         REASON_SIGNATURE_FILE},
        {"application/vnd.sealift.receipt", "a receipt of an import",
         REASON_RECEIPT_FILE},
        {"application/vnd.sealift.trust", "an update of a trust store",
         REASON_UPDATE_FILE},
        {"imageLayoutVersion", "the oci-layout of an image layout", REASON_OTHER_FILE},
        {"\"manifests\"", "an image index", REASON_OTHER_FILE},
        {"\"layers\"", "an image manifest", REASON_OTHER_FILE},
    };

    if (s->bytes[strspn(s->bytes, " \t\r\n")] != '{')
        return 0;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strstr(s->bytes, kinds[i].word))
            return explain_as(err, kinds[i].reason, kinds[i].what);
    }
    return explain_as(err, REASON_OTHER_FILE, "a JSON file");
}

static bool
is_base64(const struct sample *s)
{
    size_t line = strcspn(s->bytes, "\r\n");

    for (size_t i = 0; i < s->len; i++) {
        if (!text_is_alnum(s->bytes[i]) && !strchr("+/=\r\n", s->bytes[i]))
            return false;
    }
    return line >= BASE64_LINE;
}

/* Whether the first significant line is a reference with a tag or a host. */
static bool
is_list(const struct sample *s)
{
    const char *line = s->bytes;
    struct reference ignored;
    size_t len;

    for (; *line != '\0'; line += len + (line[len] != '\0')) {
        len = strcspn(line, "\n");
        while (len > 0 && strchr(" \t\r", line[len - 1]))
            len--;
        if (len > 0 && line[0] != '#')
            return (memchr(line, '/', len) || memchr(line, ':', len)) &&
                   reference_parse(&ignored, line, len, err_ignored()) == 0;
        len = strcspn(line, "\n");
    }
    return false;
}

static int
explain_text(const struct sample *s, struct err *err)
{
    if (!is_text(s))
        return 0;
    if (explain_pem(s, err) < 0 || explain_json(s, err) < 0)
        return -1;
    if (text_contains_nocase(s->bytes, "<html") ||
        text_contains_nocase(s->bytes, "<!doctype html")) {
        explain_as(err, REASON_OTHER_FILE, "a web page");
        return err_hint(err, "the download returned a page instead of the file");
    }
    if (is_base64(s)) {
        explain_as(err, REASON_OTHER_FILE, "text in base64");
        return err_hint(err, "if it is a bundle, decode it with base64 -d");
    }
    if (text_starts(s->bytes, "age-encryption.org/"))
        return explain_as(err, REASON_OTHER_FILE, "a file encrypted with age");
    if (is_list(s))
        return explain_as(err, REASON_LIST_FILE, "a list of references");
    return explain_as(err, REASON_OTHER_FILE, "a text file");
}

/* ---- all kinds ---- */

static int
explain_empty(const struct sample *s, struct err *err)
{
    if (s->file->size > 0)
        return 0;
    explain_as(err, REASON_TRUNCATED, "an empty file");
    return err_hint(err, "copy the bundle again");
}

/* Whether the file may be a bundle truncated within its first header, or with all bytes
 * lost but its size kept. */
static bool
is_cut_header(const struct sample *s)
{
    static const char first[] = "oci-layout";
    size_t len = s->len < sizeof(first) ? s->len : sizeof(first);

    return s->len > 0 && s->len < TAR_BLOCK &&
           (memcmp(s->bytes, first, len) == 0 || tar_is_zero(s->bytes, s->len));
}

static int
explain_short(const struct sample *s, struct err *err)
{
    if (s->len >= TAR_BLOCK)
        return 0;
    return err_because(err, ERR_INTEGRITY, REASON_OTHER_FILE,
                       "a file of %zu bytes, not a sealift bundle", s->len);
}

int
other_file_explain(const struct volumes *file, struct err *err)
{
    struct sample s = {.file = file};
    ssize_t n = volumes_read(file, s.bytes, SAMPLE, 0, err_ignored());

    if (n < 0)
        return 0;
    s.len = (size_t)n;
    if (is_cut_header(&s))
        return 0;
    if (explain_empty(&s, err) < 0 || explain_text(&s, err) < 0 ||
        explain_packed(&s, err) < 0 || explain_disk(&s, err) < 0 ||
        explain_der(&s, err) < 0 || explain_short(&s, err) < 0)
        return -1;
    return other_archive_explain(file, err);
}

bool
other_file_is_why(const struct err *err)
{
    static const enum err_reason reasons[] = {
        REASON_OTHER_FILE,      REASON_IMAGE_ARCHIVE,  REASON_REPACKED,
        REASON_PUBLIC_KEY_FILE, REASON_SIGNATURE_FILE, REASON_RECEIPT_FILE,
        REASON_UPDATE_FILE,     REASON_LIST_FILE,
    };

    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (err->reason == reasons[i])
            return true;
    }
    return false;
}
