/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "bundle/reader/reader.h"
#include "io/crypto/hash.h"
#include "tests/unit/bundle_fixture.h"

#include <unistd.h>

enum { BUNDLE_MAX = 1 << 20 };

/* Bundles that agree with themselves, but not with what their documents need. */

static void
expect_parts(const struct fixture_parts *parts, const char *reason, const char *case_name)
{
    struct fixture f;

    fixture_make(&f, parts, 0);
    fixture_expect(&f, reason, case_name);
    fixture_release(&f);
}

static void
drop_blob(struct fixture_parts *p, size_t at)
{
    p->blob_count--;
    for (size_t i = at; i < p->blob_count; i++) {
        p->blobs[i] = p->blobs[i + 1];
        p->bodies[i] = p->bodies[i + 1];
    }
}

static void
swap_blobs(struct fixture_parts *p, size_t a, size_t b)
{
    struct bundle_member blob = p->blobs[a];
    const char *body = p->bodies[a];

    p->blobs[a] = p->blobs[b];
    p->bodies[a] = p->bodies[b];
    p->blobs[b] = blob;
    p->bodies[b] = body;
}

static void
accepts_exactly_what_is_needed(void **state)
{
    struct fixture_parts p;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        fixture_parts(&p);
        drop_blob(&p, i);
        expect_parts(&p, "missing", "a blob less");
        for (size_t k = i + 1; k < 5; k++) {
            fixture_parts(&p);
            swap_blobs(&p, i, k);
            expect_parts(&p, "order", "two blobs swapped");
        }
    }
    fixture_parts(&p);
    p.bodies[p.blob_count] = "not needed";
    p.blobs[p.blob_count] = fixture_blob(p.bodies[p.blob_count]);
    p.blob_count++;
    expect_parts(&p, "extra", "a blob more");
    fixture_parts(&p);
    p.entry_count = 1;
    expect_parts(&p, NULL, "one name only");
    p.entries[0] = p.entries[1]; /* the manifest alone: nothing needs the index */
    expect_parts(&p, "extra", "an index that is not needed");
}

static void
entries_match_their_documents(void **state)
{
    static char docker_list[] =
        "application/vnd.docker.distribution.manifest.list.v2+json";
    static char manifest[] = "application/vnd.oci.image.manifest.v1+json";
    static char layer[] = "application/vnd.oci.image.layer.v1.tar";
    struct fixture_parts p;

    (void)state;
    fixture_parts(&p);
    p.entries[0].size++;
    expect_parts(&p, "size", "another size");
    fixture_parts(&p);
    p.entries[0].media_type = manifest;
    expect_parts(&p, "format", "an index said to be a manifest");
    fixture_parts(&p);
    p.entries[0].media_type = docker_list;
    expect_parts(&p, "format", "another type of index");
    fixture_parts(&p);
    p.entries[0].artifact_type = manifest;
    expect_parts(&p, "format", "an artifact type that is not there");
    fixture_parts(&p);
    p.entries[0].digest = p.blobs[3].digest;
    p.entries[0].size = p.blobs[3].size;
    p.entries[0].media_type = layer;
    expect_parts(&p, "json", "a layer as an image");
    fixture_parts(&p);
    p.entries[1].digest.raw[0] ^= 1;
    expect_parts(&p, "missing", "an image that is not there");
}

/* Replace a text of index.json by one as long. */
static void
edit_index(struct fixture *f, const char *from, const char *to)
{
    char *at = strstr(f->members[1].body, from);

    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
}

static void
checks_the_pinned_totals(void **state)
{
    static const struct {
        const char *from, *to, *reason;
    } cases[] = {
        {"members\":\"6\"", "members\":\"7\"", "sums"},
        {"members\":\"6\"", "members\":\"5\"", "sums"},
        {"bytes\":\"1", "bytes\":\"2", "size"},
        {"sums\":\"sha256:", "sums\":\"sha512:", "format"},
        {"{\"schema", "{\"Schema", "format"},
        {"{\"schema", " \"schema", "json"},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_standard(&f, 0);
        edit_index(&f, cases[i].from, cases[i].to);
        fixture_expect(&f, cases[i].reason, cases[i].to);
        fixture_release(&f);
    }
    fixture_standard(&f, 0);
    strstr(f.members[1].body, "sums\":\"sha256:")[20] ^= 1;
    fixture_expect(&f, "sums", "the digest of SHA256SUMS");
    fixture_release(&f);
}

/* SHA256SUMS that matches index.json and is wrong. */
static void
reads_sums_strictly(void **state)
{
    CLEANUP(buf_release) struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct fixture_parts p;
    struct fixture f;
    struct err err = ERR_INIT;
    char *text;
    int fd;

    (void)state;
    fixture_standard(&f, 0);
    text = f.members[fixture_find(&f, "SHA256SUMS")].body;
    fixture_parts(&p);
    p.sums = text;
    expect_parts(&p, NULL, "the right text");
    text[0] = text[0] == 'a' ? 'b' : 'a';
    expect_parts(&p, "sums", "different digest for oci-layout");
    fixture_release(&f);

    fixture_standard(&f, 0);
    text = xasprintf("%s#absent sha256:%064d 5\n",
                     f.members[fixture_find(&f, "SHA256SUMS")].body, 7);
    p.sums = text;
    fixture_release(&f);
    fixture_make(&f, &p, 0);
    fixture_render(&f, &bytes);
    fd = fixture_file(bytes.data, bytes.len);
    assert_int_equal(fixture_read(fd, bytes.len, NULL, &err), -1);
    assert_int_equal(err.kind, ERR_PROTOCOL);
    close(fd);
    fixture_release(&f);
    free(text);
}

/* The manifest that the index lists, and all below it, are left out. */
static void
omitting_parts(struct fixture_parts *p)
{
    fixture_parts(p);
    p->meta.omits_platforms = true;
    p->omitted[p->omitted_count++] =
        (struct bundle_omitted){p->blobs[1].digest, p->blobs[1].size, false};
    p->entry_count = 1;
    p->blob_count = 1;
}

static void
omitted_objects_are_exactly_those_listed(void **state)
{
    struct fixture_parts p, all;

    (void)state;
    fixture_parts(&all);
    omitting_parts(&p);
    expect_parts(&p, NULL, "an index without its manifest");
    p.meta.omits_platforms = false;
    expect_parts(&p, "sums", "not said in index.json");
    omitting_parts(&p);
    p.omitted_count = 0;
    expect_parts(&p, "sums", "said in index.json only");
    omitting_parts(&p);
    p.omitted[0].size++;
    expect_parts(&p, "sums", "another size");
    omitting_parts(&p);
    p.omitted[0].digest.raw[0] ^= 1;
    expect_parts(&p, "missing", "something else");
    omitting_parts(&p);
    p.omitted[p.omitted_count++] =
        (struct bundle_omitted){all.blobs[2].digest, all.blobs[2].size, false};
    expect_parts(&p, "sums", "what only the manifest needs");
    omitting_parts(&p);
    p.blob_count = 2;
    expect_parts(&p, "sums", "there and left out");
    omitting_parts(&p);
    p.blobs[1] = all.blobs[3];
    p.bodies[1] = all.bodies[3];
    p.blob_count = 2;
    expect_parts(&p, "extra", "a layer of what is left out");
    omitting_parts(&p);
    p.entry_count = 2; /* the manifest has a name of its own */
    expect_parts(&p, "missing", "an image by name");
    fixture_parts(&p);
    p.meta.omits_platforms = true;
    p.omitted[p.omitted_count++] =
        (struct bundle_omitted){p.blobs[3].digest, p.blobs[3].size, false};
    drop_blob(&p, 3);
    expect_parts(&p, "missing", "a layer");
    fixture_parts(&p);
    p.meta.omits_platforms = true;
    p.omitted[p.omitted_count++] =
        (struct bundle_omitted){p.blobs[0].digest, p.blobs[0].size, false};
    drop_blob(&p, 0);
    expect_parts(&p, "missing", "the top of an image");
}

/* The same, but the manifest is missing. */
static void
lacking_parts(struct fixture_parts *p, struct missing_name items[2], char *name)
{
    omitting_parts(p);
    p->meta.omits_platforms = false;
    p->meta.is_incomplete = true;
    items[0] = (struct missing_name){.name = name};
    p->missing = (struct missing_list){.items = items, .count = 1};
}

static void
missing_objects_are_exactly_those_listed(void **state)
{
    char other[] = "host.test/app:3", name[192], hex[DIGEST_TEXT_MAX];
    struct missing_name items[2];
    struct fixture_parts p;

    (void)state;
    omitting_parts(&p);
    digest_text(&p.omitted[0].digest, hex);
    snprintf(name, sizeof(name), "host.test/app@%s", hex);
    lacking_parts(&p, items, name);
    expect_parts(&p, NULL, "a child that is missing");
    p.meta.omits_platforms = true;
    expect_parts(&p, "sums", "no platform was left out");
    lacking_parts(&p, items, other);
    expect_parts(&p, "sums", "a child that is left out for no reason");
    p.meta.omits_platforms = true;
    expect_parts(&p, NULL, "a child by platform, and an image that is missing");
    lacking_parts(&p, items, name);
    p.omitted_count = 0;
    expect_parts(&p, "missing", "the line of the child taken out");
    fixture_parts(&p);
    p.meta.is_incomplete = true;
    items[0].name = other;
    p.missing = (struct missing_list){.items = items, .count = 1};
    expect_parts(&p, NULL, "an image that is missing whole");
    p.meta.is_incomplete = false;
    expect_parts(&p, "format", "but nothing says incomplete");
}

static void
opens_only_admitted_bundles(void **state)
{
    struct buf bytes = BUF_INIT(BUNDLE_MAX);
    struct admission a;
    struct fixture f;
    struct err err = ERR_INIT;
    int fd;

    (void)state;
    fixture_standard(&f, 1);
    fixture_render(&f, &bytes);
    fd = fixture_file(bytes.data, bytes.len);
    a = fixture_admit(f.members[1].body, f.members[1].len);
    assert_int_equal(fixture_read(fd, bytes.len, &a, &err), 0);
    a.basis = ADMISSION_SIGNED;
    assert_int_equal(fixture_read(fd, bytes.len, &a, &err), 0);
    a.basis = ADMISSION_NONE;
    assert_int_equal(fixture_read(fd, bytes.len, &a, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    a.basis = ADMISSION_SIGNED;
    a.index.raw[31] ^= 1;
    assert_int_equal(fixture_read(fd, bytes.len, &a, &err), -1);
    assert_int_equal(err.kind, ERR_INTERNAL);
    close(fd);
    buf_release(&bytes);
    fixture_release(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_exactly_what_is_needed),
        cmocka_unit_test(entries_match_their_documents),
        cmocka_unit_test(checks_the_pinned_totals),
        cmocka_unit_test(reads_sums_strictly),
        cmocka_unit_test(omitted_objects_are_exactly_those_listed),
        cmocka_unit_test(missing_objects_are_exactly_those_listed),
        cmocka_unit_test(opens_only_admitted_bundles),
    };

    return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
