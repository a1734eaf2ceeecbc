/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "tests/unit/bundle_fixture.h"

#include "base/mem.h"
#include "bundle/format/index.h"
#include "bundle/format/sums.h"
#include "io/crypto/hash.h"
#include "io/archive/tar.h"
#include "bundle/format/index_write.h"
#include "bundle/reader/head.h"
#include "bundle/reader/member_read.h"

#include <sys/mman.h>
#include <unistd.h>

#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define INDEX    "application/vnd.oci.image.index.v1+json"
#define CONFIG   "application/vnd.oci.image.config.v1+json"
#define LAYER    "application/vnd.oci.image.layer.v1.tar"

static char name_1[] = "host.test/app:1", name_2[] = "host.test/app:2";
static char type_index[] = INDEX, type_manifest[] = MANIFEST, no_type[] = "";

/* ---- the images ---- */

struct bundle_member
fixture_blob(const char *body)
{
    struct bundle_member m = {.size = strlen(body)};
    struct err err = ERR_INIT;

    assert_int_equal(hash_bytes(DIGEST_SHA256, body, strlen(body), &m.digest, &err), 0);
    return m;
}

static void
describe(char *out, size_t size, const char *type, const char *body)
{
    struct bundle_member m = fixture_blob(body);
    char digest[DIGEST_TEXT_MAX];

    digest_text(&m.digest, digest);
    snprintf(out, size, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu}", type,
             digest, strlen(body));
}

void
fixture_parts(struct fixture_parts *p)
{
    static const char config[] = "{\"architecture\":\"amd64\",\"os\":\"linux\"}";
    static const char layer[] = "not a tar, but never unpacked", empty[] = "";
    static char manifest[1024], index[1024];
    char c[256], l[256], e[256], m[256];

    describe(c, sizeof(c), CONFIG, config);
    describe(l, sizeof(l), LAYER, layer);
    describe(e, sizeof(e), LAYER, empty);
    snprintf(manifest, sizeof(manifest),
             "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST "\",\"config\":%s,"
             "\"layers\":[%s,%s]}",
             c, l, e);
    describe(m, sizeof(m), MANIFEST, manifest);
    snprintf(index, sizeof(index),
             "{\"schemaVersion\":2,\"mediaType\":\"" INDEX "\",\"manifests\":[%s]}", m);

    *p = (struct fixture_parts){
        .meta = {.stream = "default", .serial = 7, .created = 7, .tool = "sealift/0.1.0"},
        .entry_count = 2,
        .bodies = {index, manifest, config, layer, empty},
        .blob_count = 5,
        .pad = FIXTURE_PAD,
    };
    for (size_t i = 0; i < p->blob_count; i++)
        p->blobs[i] = fixture_blob(p->bodies[i]);
    p->entries[0] = (struct image_entry){.name = name_1,
                                         .is_image = true,
                                         .media_type = type_index,
                                         .artifact_type = no_type,
                                         .digest = p->blobs[0].digest,
                                         .size = p->blobs[0].size};
    p->entries[1] = (struct image_entry){.name = name_2,
                                         .is_image = true,
                                         .media_type = type_manifest,
                                         .artifact_type = no_type,
                                         .digest = p->blobs[1].digest,
                                         .size = p->blobs[1].size};
}

/* ---- the list of members ---- */

static void
open_gap(struct fixture *f, size_t at)
{
    assert_true(f->count < FIXTURE_MEMBERS_MAX);
    memmove(&f->members[at + 1], &f->members[at],
            (f->count - at) * sizeof(f->members[0]));
    memset(&f->members[at], 0, sizeof(f->members[at]));
    f->count++;
}

static void
insert_bytes(struct fixture *f, size_t at, const char *name, const void *body, size_t len)
{
    open_gap(f, at);
    snprintf(f->members[at].name, sizeof(f->members[at].name), "%s", name);
    f->members[at].body = xcalloc(len + 1, 1);
    f->members[at].len = len;
    if (body)
        memcpy(f->members[at].body, body, len);
}

void
fixture_insert(struct fixture *f, size_t at, const char *name, const char *body)
{
    insert_bytes(f, at, name, body, strlen(body));
}

size_t
fixture_find(const struct fixture *f, const char *prefix)
{
    for (size_t i = 0; i < f->count; i++) {
        if (strncmp(f->members[i].name, prefix, strlen(prefix)) == 0)
            return i;
    }
    fail_msg("no member %s", prefix);
    return 0;
}

void
fixture_remove(struct fixture *f, size_t at)
{
    free(f->members[at].body);
    f->count--;
    memmove(&f->members[at], &f->members[at + 1],
            (f->count - at) * sizeof(f->members[0]));
}

void
fixture_copy(struct fixture *f, size_t from, size_t to)
{
    struct fixture_member m = f->members[from];

    insert_bytes(f, to, m.name, m.body, m.len);
}

void
fixture_move(struct fixture *f, size_t from, size_t to)
{
    fixture_copy(f, from, to < from ? to : to + 1);
    fixture_remove(f, to < from ? from + 1 : from);
}

/* ---- the bundle ---- */

static uint64_t
rendered_size(const struct fixture *f)
{
    uint64_t total = 1024;

    for (size_t i = 0; i < f->count; i++)
        total += 512 + (f->members[i].len + 511) / 512 * 512;
    return total;
}

static void
put_sums(struct fixture *f, const struct fixture_parts *p, struct index_pins *pins)
{
    struct buf sums = BUF_INIT(BUNDLE_SUMS_MAX);
    struct err err = ERR_INIT;

    if (p->sums)
        assert_int_equal(buf_add_text(&sums, p->sums), 0);
    else
        assert_int_equal(sums_write(&sums, p->blobs, p->blob_count, p->omitted,
                                    p->omitted_count, &err),
                         0);
    pins->sums = fixture_blob(sums.data).digest;
    pins->members = p->blob_count + 1;
    insert_bytes(f, f->count, "SHA256SUMS", sums.data, sums.len);
    buf_release(&sums);
}

struct image_set
fixture_set(struct fixture_parts *p)
{
    return (struct image_set){
        .entries = p->entries, .count = p->entry_count, .missing = p->missing};
}

/* Everything else is there: put index.json, which names the size of the whole. */
static void
put_index(struct fixture *f, const struct fixture_parts *p, struct index_pins *pins)
{
    struct fixture_parts own = *p;
    const struct image_set set = fixture_set(&own);
    struct err err = ERR_INIT;

    insert_bytes(f, 1, "index.json", NULL, 0);
    do {
        struct buf index = BUF_INIT(BUNDLE_INDEX_MAX);

        pins->bytes = rendered_size(f);
        assert_int_equal(index_write(&index, &p->meta, &set, pins, &err), 0);
        free(f->members[1].body);
        f->members[1].len = index.len;
        f->members[1].body = buf_steal(&index);
    } while (rendered_size(f) != pins->bytes);
}

void
fixture_make(struct fixture *f, const struct fixture_parts *p, size_t signatures)
{
    struct index_pins pins = {.bytes = 0};
    char name[101], body[601];

    memset(f, 0, sizeof(*f));
    memset(body, 's', 600);
    body[600] = '\0';
    fixture_insert(f, 0, "oci-layout", BUNDLE_OCI_LAYOUT);
    for (size_t i = 0; i < signatures; i++) {
        snprintf(name, sizeof(name), "signatures/%016zx.%s", 255 - i,
                 i % 2 ? "p7s" : "sigstore.json");
        fixture_insert(f, f->count, name, body);
    }
    insert_bytes(f, f->count, "signatures/.pad", NULL, p->pad);
    put_sums(f, p, &pins);
    for (size_t i = 0; i < p->blob_count; i++) {
        bundle_blob_name(&p->blobs[i].digest, name);
        fixture_insert(f, f->count, name, p->bodies[i]);
    }
    put_index(f, p, &pins);
}

void
fixture_standard(struct fixture *f, size_t signatures)
{
    struct fixture_parts parts;

    fixture_parts(&parts);
    fixture_make(f, &parts, signatures);
}

void
fixture_release(struct fixture *f)
{
    while (f->count > 0)
        fixture_remove(f, f->count - 1);
}

static void
set_type(unsigned char *block, unsigned char type)
{
    unsigned sum = 0;
    char text[8];

    block[156] = type;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += block[i];
    snprintf(text, sizeof(text), "%06o", sum);
    memcpy(block + 148, text, 7);
}

void
fixture_render(const struct fixture *f, struct buf *out)
{
    static const char zeros[1024];
    struct err err = ERR_INIT;

    buf_clear(out);
    for (size_t i = 0; i < f->count; i++) {
        const struct fixture_member *m = &f->members[i];
        unsigned char block[TAR_BLOCK];

        assert_int_equal(tar_header(block, m->name, m->len, m->mtime, &err), 0);
        if (m->type)
            set_type(block, m->type);
        assert_int_equal(buf_add(out, block, sizeof(block)), 0);
        assert_int_equal(buf_add(out, m->body, m->len), 0);
        assert_int_equal(buf_add(out, zeros, tar_padded(m->len) - m->len), 0);
    }
    assert_int_equal(buf_add(out, zeros, sizeof(zeros)), 0);
}

int
fixture_file(const void *bytes, size_t len)
{
    int fd = memfd_create("bundle", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, 0), len);
    return fd;
}

/* ---- reading ---- */

struct admission
fixture_admit(const void *index, size_t len)
{
    struct admission a = {.basis = ADMISSION_SKIPPED};
    struct err err = ERR_INIT;

    assert_int_equal(hash_bytes(DIGEST_SHA256, index, len, &a.index, &err), 0);
    return a;
}

int
fixture_read(int fd, uint64_t size, const struct admission *admission, struct err *err)
{
    CLEANUP(bundle_untrusted_release)
    struct bundle_untrusted *u = bundle_head(volumes_of_file(fd, size), err);
    CLEANUP(bundle_release) struct bundle *b = NULL;
    struct run run = RUN_INIT;
    struct admission own;
    const void *index;
    size_t len;

    if (!u)
        return -1;
    index = bundle_raw_index(u, &len);
    own = fixture_admit(index, len);
    b = bundle_open(u, admission ? admission : &own, err);
    if (!b)
        return -1;
    for (size_t i = 0; i < bundle_content(b)->member_count; i++) {
        if (bundle_check_member(bundle_content(b), i, &(struct body_check){.run = &run},
                                err) < 0)
            return -1;
    }
    return 0;
}

void
fixture_expect_bytes(const void *bytes, size_t len, const char *reason,
                     const char *case_name)
{
    struct err err = ERR_INIT;
    int fd = fixture_file(bytes, len);
    int rc = fixture_read(fd, len, NULL, &err);

    close(fd);
    if (!reason) {
        if (rc != 0)
            fail_msg("%s: %s (%s)", case_name, err.msg, err_reason_word(err.reason));
        return;
    }
    if (rc == 0 || err.kind != ERR_INTEGRITY || !err.reason ||
        strcmp(err_reason_word(err.reason), reason) != 0)
        fail_msg("%s: expected %s, got '%s' (%s)", case_name, reason, err.msg,
                 err.reason ? err_reason_word(err.reason) : "-");
}

void
fixture_expect(const struct fixture *f, const char *reason, const char *case_name)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(32 << 20);

    fixture_render(f, &bytes);
    fixture_expect_bytes(bytes.data, bytes.len, reason, case_name);
}
