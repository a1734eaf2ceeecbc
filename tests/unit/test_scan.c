/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle that is spoilt in several places, some of which cannot even be read: which
 * places are told, and which blobs are found nevertheless. */
#include "config.h"
#include "tests/unit/unit.h"

#include "bundle/scan/scan.h"
#include "io/archive/tar.h"
#include "tests/unit/bundle_fixture.h"
#include "bundle/reader/head.h"

#include <unistd.h>

enum { BUNDLE_MAX = 1 << 20, BLOCKS_MAX = 200, NOTES_MAX = 50, PLACES_MAX = 8 };

/* Members of fixture_standard(). */
enum { OCI_LAYOUT, INDEX, PAD, SUMS, ROOT, MANIFEST, CONFIG, LAYER, EMPTY, END };

/* Each block is a volume, so that one of them can be made impossible to read. */
struct spoilt {
    struct fixture f;
    struct buf bytes;
    int fds[BLOCKS_MAX];
    struct volumes file;
    size_t header[END + 1]; /* offsets */
    struct admission admission;
    struct damage notes[NOTES_MAX];
    size_t note_count;
};

static void
spoilt_make(struct spoilt *s)
{
    size_t at = 0;

    *s = (struct spoilt){.bytes = BUF_INIT(BUNDLE_MAX)};
    fixture_standard(&s->f, 0);
    assert_int_equal(s->f.count, END);
    fixture_render(&s->f, &s->bytes);
    for (size_t i = 0; i < END; i++) {
        s->header[i] = at;
        at += TAR_BLOCK + tar_padded(s->f.members[i].len);
    }
    s->header[END] = at;
    s->admission = fixture_admit(s->f.members[INDEX].body, s->f.members[INDEX].len);
}

/* From here on the bytes are fixed; bad: a block that cannot be read, or 0. */
static void
spoilt_begin(struct spoilt *s, size_t bad)
{
    size_t count = (s->bytes.len + TAR_BLOCK - 1) / TAR_BLOCK;

    assert_in_range(count, 1, BLOCKS_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t left = s->bytes.len - i * TAR_BLOCK;

        s->fds[i] = i > 0 && i == bad / TAR_BLOCK
                        ? -1
                        : fixture_file(s->bytes.data + i * TAR_BLOCK,
                                       left < TAR_BLOCK ? left : TAR_BLOCK);
    }
    s->file = (struct volumes){
        .fds = s->fds, .count = count, .cut = TAR_BLOCK, .size = s->bytes.len};
}

static void
spoilt_release(struct spoilt *s)
{
    for (size_t i = 0; i < s->file.count; i++)
        close(s->fds[i]);
    buf_release(&s->bytes);
    fixture_release(&s->f);
}

static void
take_note(void *ctx, const struct damage *d)
{
    struct spoilt *s = ctx;

    assert_true(s->note_count < NOTES_MAX);
    assert_true(d->err.kind == ERR_INTEGRITY || d->err.kind == ERR_LOCAL);
    s->notes[s->note_count++] = *d;
}

static int
survey(struct spoilt *s, struct bundle_content *out, struct err *err)
{
    CLEANUP(bundle_untrusted_release) struct bundle_untrusted *u = NULL;
    struct cancel cancel = CANCEL_INIT;
    const struct scan_options options = {take_note, s, &cancel};
    struct err ignored = ERR_INIT;

    u = bundle_head(s->file, &ignored);
    return u ? bundle_scan(out, u, &s->admission, &options, err)
             : bundle_scan_names(out, s->file, &options, NULL, err);
}

/* ---- what is told ---- */

enum what { NOTHING, HEADER, BODY, PADDING, BLOCKS, ALL };

struct place {
    enum what what;
    size_t member;
};

static void
range_of(const struct spoilt *s, struct place p, size_t *at, size_t *size)
{
    size_t len = s->f.members[p.member].len, body = s->header[p.member] + TAR_BLOCK;

    *at = p.what == HEADER || p.what == ALL ? body - TAR_BLOCK : body;
    *size = p.what == HEADER ? TAR_BLOCK : p.what == BODY ? len : tar_padded(len);
    if (p.what == ALL)
        *size += TAR_BLOCK;
    if (p.what == PADDING) {
        *at = body + len;
        *size = tar_padded(len) - len;
    }
}

struct spoilt_case {
    const char *name;
    struct place flips[PLACES_MAX]; /* one wrong byte in each */
    struct place bad;               /* its first block cannot be read */
    struct place notes[PLACES_MAX]; /* what is told, in order */
    unsigned found;                 /* blobs, as bits 1 << member */
    bool by_names;
};

#define BIT(member) (1U << (member))
#define BLOBS       (BIT(ROOT) | BIT(MANIFEST) | BIT(CONFIG) | BIT(LAYER) | BIT(EMPTY))

static void
expect_notes(const struct spoilt *s, const struct spoilt_case *c)
{
    size_t count = 0;

    for (; count < PLACES_MAX && c->notes[count].what != NOTHING; count++) {
        const struct place p = c->notes[count];
        bool is_bad = c->bad.what == p.what && c->bad.member == p.member;
        size_t at, size;

        range_of(s, p, &at, &size);
        if (count >= s->note_count)
            fail_msg("%s: note %zu is not there", c->name, count);
        if (s->notes[count].offset != at || s->notes[count].size != size)
            fail_msg("%s: note %zu is not %zu bytes at %zu, but %s", c->name, count, size,
                     at, s->notes[count].err.msg);
        assert_int_equal(s->notes[count].err.kind, is_bad ? ERR_LOCAL : ERR_INTEGRITY);
        assert_non_null(strstr(s->notes[count].err.hint, "copy volume"));
    }
    if (count < s->note_count)
        fail_msg("%s: too much: %s", c->name, s->notes[count].err.msg);
}

static void
expect_found(const struct spoilt *s, const struct bundle_content *c,
             const struct spoilt_case *expected)
{
    unsigned found = 0;

    for (size_t i = 0; i < c->member_count; i++) {
        for (size_t k = ROOT; k < END; k++) {
            if (c->members[i].offset != s->header[k] + TAR_BLOCK ||
                c->members[i].size != s->f.members[k].len)
                continue;
            found |= BIT(k);
        }
    }
    if (found != expected->found)
        fail_msg("%s: found %x instead of %x", expected->name, found, expected->found);
}

static void
reports_all_damage(void **state)
{
    static const struct spoilt_case cases[] = {
        {.name = "none", .found = BLOBS},
        {.name = "one header",
         .flips = {{HEADER, LAYER}},
         .notes = {{HEADER, LAYER}},
         .found = BLOBS},
        {.name = "one that cannot be read",
         .bad = {HEADER, CONFIG},
         .notes = {{HEADER, CONFIG}},
         .found = BLOBS},
        {.name = "headers in a row",
         .flips = {{HEADER, ROOT}, {HEADER, CONFIG}, {HEADER, LAYER}},
         .bad = {HEADER, MANIFEST},
         .notes = {{HEADER, ROOT}, {HEADER, MANIFEST}, {HEADER, CONFIG}, {HEADER, LAYER}},
         .found = BLOBS},
        {.name = "the last one, and bodies",
         .flips = {{HEADER, EMPTY}, {BODY, LAYER}, {BODY, CONFIG}},
         .notes = {{HEADER, EMPTY}},
         .found = BLOBS},
        {.name = "a document, and the header behind it",
         .flips = {{BODY, ROOT}, {HEADER, MANIFEST}},
         .notes = {{HEADER, MANIFEST}},
         .found = BLOBS},
        {.name = "a document, and a header of which only that knows",
         .flips = {{BODY, MANIFEST}, {HEADER, CONFIG}, {PADDING, LAYER}},
         .notes = {{HEADER, CONFIG}, {BLOCKS, CONFIG}},
         .found = BLOBS & ~BIT(CONFIG)},
        {.name = "a document that cannot be read",
         .flips = {{HEADER, CONFIG}},
         .bad = {BODY, MANIFEST},
         .notes = {{HEADER, CONFIG}, {BLOCKS, CONFIG}},
         .found = BLOBS & ~BIT(CONFIG)},
        {.name = "the padding of the list",
         .flips = {{PADDING, SUMS}, {HEADER, LAYER}},
         .notes = {{PADDING, SUMS}, {HEADER, LAYER}},
         .found = BLOBS},
        {.name = "the list",
         .flips = {{BODY, SUMS}, {HEADER, LAYER}},
         .notes = {{BODY, SUMS}, {ALL, LAYER}},
         .found = BLOBS & ~BIT(LAYER),
         .by_names = true},
        {.name = "the list cannot be read",
         .bad = {BODY, SUMS},
         .notes = {{BODY, SUMS}},
         .found = BLOBS,
         .by_names = true},
        {.name = "the head",
         .flips = {{BODY, OCI_LAYOUT}, {PADDING, INDEX}, {BODY, PAD}, {HEADER, SUMS}},
         .notes = {{BODY, OCI_LAYOUT}, {PADDING, INDEX}, {BODY, PAD}, {ALL, SUMS}},
         .found = BLOBS,
         .by_names = true},
        {.name = "the first header and the last",
         .flips = {{HEADER, OCI_LAYOUT}, {HEADER, LAYER}},
         .notes = {{ALL, OCI_LAYOUT}, {ALL, LAYER}},
         .found = BLOBS & ~BIT(LAYER),
         .by_names = true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct spoilt_case *c = &cases[i];
        struct bundle_content content;
        struct err err = ERR_INIT;
        size_t at, size, bad = 0;
        struct spoilt s;

        spoilt_make(&s);
        for (size_t k = 0; k < PLACES_MAX && c->flips[k].what != NOTHING; k++) {
            range_of(&s, c->flips[k], &at, &size);
            s.bytes.data[at + size / 2] ^= 1;
        }
        if (c->bad.what != NOTHING)
            range_of(&s, c->bad, &bad, &size);
        spoilt_begin(&s, bad);
        assert_int_equal(survey(&s, &content, &err), c->by_names ? 0 : 1);
        expect_notes(&s, c);
        expect_found(&s, &content, c);
        bundle_scan_release(&content);
        spoilt_release(&s);
    }
}

/* ---- what is cut off ---- */

static void
reports_truncation_in_one_line(void **state)
{
    (void)state;
    for (size_t m = ROOT; m <= END; m++) {
        struct bundle_content content;
        struct err err = ERR_INIT;
        struct spoilt s;

        spoilt_make(&s);
        s.bytes.len = s.header[m] + (m == END ? TAR_BLOCK : TAR_BLOCK / 2);
        spoilt_begin(&s, 0);
        assert_int_equal(survey(&s, &content, &err), 1);
        assert_int_equal(content.member_count, m - ROOT);
        assert_int_equal(s.note_count, 1);
        assert_int_equal(s.notes[0].offset, s.bytes.len);
        assert_int_equal(s.notes[0].offset + s.notes[0].size, s.header[END] + 1024);
        assert_string_equal(err_reason_word(s.notes[0].err.reason),
                            "missing"); /* volumes are */
        bundle_scan_release(&content);
        spoilt_release(&s);
    }
}

/* ---- members that are not what or where they should be ---- */

static void
stranger(struct fixture *f)
{
    fixture_insert(f, CONFIG, "README", "hello");
}

static void
twice(struct fixture *f)
{
    fixture_copy(f, CONFIG, EMPTY);
}

static void
swapped(struct fixture *f)
{
    fixture_move(f, CONFIG, LAYER);
}

static void
missing(struct fixture *f)
{
    fixture_remove(f, LAYER);
}

static void
finds_objects_elsewhere(void **state)
{
    static const struct {
        void (*change)(struct fixture *f);
        const char *reasons[3];
        size_t found;
    } cases[] = {
        {stranger, {"extra", "trailing", NULL}, 5},
        {twice, {"duplicate", "trailing", NULL}, 5},
        {swapped, {"order", NULL}, 5},
        {missing, {"order", "missing", NULL}, 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bundle_content content;
        struct err err = ERR_INIT;
        struct spoilt s;
        size_t k = 0;

        spoilt_make(&s);
        cases[i].change(&s.f);
        fixture_render(&s.f, &s.bytes);
        spoilt_begin(&s, 0);
        assert_int_equal(survey(&s, &content, &err), 1);
        assert_int_equal(content.member_count, cases[i].found);
        for (; cases[i].reasons[k]; k++) {
            if (k >= s.note_count ||
                strcmp(err_reason_word(s.notes[k].err.reason), cases[i].reasons[k]) != 0)
                fail_msg("case %zu: no %s, but %s", i, cases[i].reasons[k],
                         k < s.note_count ? s.notes[k].err.msg : "nothing");
        }
        assert_int_equal(s.note_count, k);
        bundle_scan_release(&content);
        spoilt_release(&s);
    }
}

/* Blocks that a copy dropped, or put in: what follows is found where it is now. */
static void
finds_moved_objects(void **state)
{
    (void)state;
    for (int moved = -1; moved <= 1; moved += 2) {
        struct bundle_content content;
        struct err err = ERR_INIT;
        struct spoilt s;
        size_t at;

        spoilt_make(&s);
        at = s.header[MANIFEST] + TAR_BLOCK; /* its second block, and one behind it */
        memmove(s.bytes.data + at + (moved > 0 ? TAR_BLOCK : 0),
                s.bytes.data + at + (moved > 0 ? 0 : TAR_BLOCK),
                s.bytes.len - at - TAR_BLOCK);
        s.bytes.len -= moved < 0 ? TAR_BLOCK : 0;
        spoilt_begin(&s, 0);
        assert_int_equal(survey(&s, &content, &err), 1);
        assert_true(content.member_count >= 4);
        assert_int_equal(content.members[content.member_count - 1].offset,
                         s.header[EMPTY] + TAR_BLOCK + (size_t)(moved * TAR_BLOCK));
        bundle_scan_release(&content);
        spoilt_release(&s);
    }
}

static void
does_not_scan_other_files(void **state)
{
    static const char zeros[4096];
    struct spoilt s = {.note_count = 0};
    struct cancel cancel = CANCEL_INIT;
    const struct scan_options options = {take_note, &s, &cancel};
    struct bundle_content content;
    struct err err = ERR_INIT;
    int fd = fixture_file(zeros, sizeof(zeros));

    (void)state;
    assert_int_equal(bundle_scan_names(&content, volumes_of_file(fd, sizeof(zeros)),
                                       &options, NULL, &err),
                     0);
    assert_int_equal(content.member_count, 0);
    assert_int_equal(s.note_count, 0);
    cancel_request(&cancel);
    assert_int_equal(bundle_scan_names(&content, volumes_of_file(fd, sizeof(zeros)),
                                       &options, NULL, &err),
                     -1);
    bundle_scan_release(&content);
    close(fd);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_all_damage),
        cmocka_unit_test(reports_truncation_in_one_line),
        cmocka_unit_test(finds_objects_elsewhere),
        cmocka_unit_test(finds_moved_objects),
        cmocka_unit_test(does_not_scan_other_files),
    };

    return cmocka_run_group_tests_name("survey", tests, NULL, NULL);
}
