/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/folder.h"

#include "io/archive/tar.h"
#include "io/archive/tar_index.h"

/* ---- archives, block by block ---- */

static FILE *tape;

static void
begin(void)
{
    tape = fopen("x.tar", "w");
    assert_non_null(tape);
}

static void
end(bool with_marker)
{
    static const char zeros[2 * TAR_BLOCK];

    if (with_marker)
        assert_int_equal(fwrite(zeros, 1, sizeof(zeros), tape), sizeof(zeros));
    assert_int_equal(fclose(tape), 0);
}

static void
write_padded(const void *bytes, size_t len)
{
    static const char zeros[TAR_BLOCK];
    size_t rest = (TAR_BLOCK - len % TAR_BLOCK) % TAR_BLOCK;

    assert_int_equal(fwrite(bytes, 1, len, tape), len);
    assert_int_equal(fwrite(zeros, 1, rest, tape), rest);
}

static void
header(const char *name, char type, uint64_t size, const char *link)
{
    enum { CHECKSUM_AT = 148, TYPE_AT = 156, LINK_AT = 157 };
    unsigned char block[TAR_BLOCK];
    struct err err = ERR_INIT;
    unsigned sum = 0;
    char text[8];

    assert_int_equal(tar_header(block, name, size, 0, &err), 0);
    block[TYPE_AT] = (unsigned char)type;
    memcpy(block + LINK_AT, link, strlen(link));
    memset(block + CHECKSUM_AT, ' ', sizeof(text));
    for (size_t i = 0; i < sizeof(block); i++)
        sum += block[i];
    snprintf(text, sizeof(text), "%06o", sum);
    memcpy(block + CHECKSUM_AT, text, 7);
    write_padded(block, sizeof(block));
}

static void
file(const char *name, const char *text)
{
    header(name, '0', strlen(text), "");
    write_padded(text, strlen(text));
}

static void
pax(const char *key, const char *value)
{
    char record[1000];
    size_t len = strlen(key) + strlen(value) + 3, digits = len + 2 < 100 ? 2 : 3;

    snprintf(record, sizeof(record), "%zu %s=%s\n", len + digits, key, value);
    header("PaxHeaders/x", 'x', strlen(record), "");
    write_padded(record, strlen(record));
}

/* ---- reading ---- */

static struct run run = RUN_INIT;

static struct tar_index *
open_archive(const char *path)
{
    struct err err = ERR_INIT;
    struct tar_index *t = NULL;

    if (tar_index_open(&t, path, ".", &run, &err) < 0)
        fail_msg("%s", err.msg);
    return t;
}

static void
assert_member(const struct tar_index *t, const char *name, const char *text)
{
    const struct tar_member *m = tar_index_find(t, name);
    struct err err = ERR_INIT;
    char got[1000];

    if (!m)
        fail_msg("no member %s", name);
    assert_string_equal(m->name, name);
    assert_int_equal(m->size, strlen(text));
    assert_int_equal(tar_index_read(t, m, got, sizeof(got), 0, &err), strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static void
assert_refused(enum err_kind kind, const char *message)
{
    struct err err = ERR_INIT;
    struct tar_index *t = NULL;

    assert_int_equal(tar_index_open(&t, "x.tar", ".", &run, &err), -1);
    assert_null(t);
    assert_string_equal(err.msg, message);
    assert_int_equal(err.kind, kind);
}

static void
lists_members_by_name(void **state)
{
    struct tar_index *t;
    struct err err = ERR_INIT;
    char part[4];

    (void)state;
    begin();
    header("./", '5', 0, "");
    file("./manifest.json", "[]");
    header("blobs/", '5', 0, "");
    file("blobs/sha256/abc", "0123456789");
    file("empty", "");
    end(true);
    t = open_archive("x.tar");
    assert_int_equal(tar_index_count(t), 3);
    assert_string_equal(tar_index_at(t, 1)->name, "blobs/sha256/abc");
    assert_member(t, "manifest.json", "[]");
    assert_member(t, "empty", "");
    assert_null(tar_index_find(t, "blobs"));
    assert_null(tar_index_find(t, "manifest"));
    assert_int_equal(
        tar_index_read(t, tar_index_find(t, "blobs/sha256/abc"), part, 4, 8, &err), 2);
    assert_memory_equal(part, "89", 2);
    assert_int_equal(
        tar_index_read(t, tar_index_find(t, "blobs/sha256/abc"), part, 4, 11, &err), 0);
    tar_index_close(t);
}

static void
finds_bodies_after_long_names_and_pax_records(void **state)
{
    char name[301], gnu[252];
    struct tar_index *t;

    (void)state;
    memset(name, 'n', 300);
    memset(gnu, 'g', 251);
    name[300] = gnu[251] = '\0';
    begin();
    pax("path", name);
    file("short", "pax");
    header("././@LongLink", 'L', sizeof(gnu), "");
    write_padded(gnu, sizeof(gnu));
    file("gggg", "gnu");
    pax("mtime", "1.5");
    file("after", "text");
    pax("size", "5"); /* overrides the header, which says 0 */
    header("sized", '0', 0, "");
    write_padded("12345", 5);
    file("last", "z");
    end(true);
    t = open_archive("x.tar");
    assert_member(t, name, "pax");
    assert_member(t, gnu, "gnu");
    assert_member(t, "after", "text");
    assert_member(t, "sized", "12345");
    assert_member(t, "last", "z");
    assert_int_equal(tar_index_count(t), 5);
    tar_index_close(t);
}

static void
follows_links_to_members_only(void **state)
{
    static const char *const not_listed[] = {"out",   "absolute", "device",
                                             "../up", "/abs",     "a/../b",
                                             "loop",  "folder",   "nothing"};
    struct tar_index *t;

    (void)state;
    begin();
    header("one/layer.tar", '2', 0, "../two/layer.tar"); /* before its target */
    file("two/layer.tar", "layer");
    header("three/layer.tar", '2', 0, ".././one//layer.tar");
    header("hard", '1', 0, "two/layer.tar");
    header("dot", '1', 0, "./two/layer.tar");
    header("out", '2', 0, "../two/layer.tar");
    header("absolute", '2', 0, "/etc/passwd");
    header("loop", '2', 0, "loop");
    header("nothing", '1', 0, "missing");
    header("device", '3', 0, "");
    header("folder", '5', 0, "");
    file("../up", "up");
    file("/abs", "abs");
    file("a/../b", "b");
    end(true);
    t = open_archive("x.tar");
    assert_member(t, "one/layer.tar", "layer");
    assert_member(t, "three/layer.tar", "layer");
    assert_member(t, "hard", "layer");
    assert_int_equal(tar_index_find(t, "three/layer.tar")->body,
                     tar_index_find(t, "two/layer.tar")->body);
    assert_member(t, "dot", "layer");
    for (size_t i = 0; i < COUNT_OF(not_listed); i++)
        assert_null(tar_index_find(t, not_listed[i]));
    assert_int_equal(tar_index_count(t), 5);
    tar_index_close(t);
}

static void
reports_missing_and_doubled_members(void **state)
{
    struct err err = ERR_INIT;
    struct tar_index *t;

    (void)state;
    begin();
    file("a", "1");
    file("b", "2");
    file("./a", "3");
    header("b2", '2', 0, "b");
    header("a2", '2', 0, "a");
    end(true);
    t = open_archive("x.tar");
    assert_null(tar_index_find(t, "a"));
    assert_null(tar_index_require(t, "a", &err));
    assert_string_equal(err.msg, "the member 'a' is there more than once");
    assert_int_equal(err.reason, REASON_DUPLICATE);
    assert_null(tar_index_find(t, "a2"));
    assert_null(tar_index_require(t, "a2", &err));
    assert_string_equal(err.msg, "no member 'a2'");
    assert_int_equal(err.reason, REASON_MISSING);
    assert_ptr_equal(tar_index_require(t, "b", &err), tar_index_find(t, "b"));
    assert_member(t, "b2", "2");
    tar_index_close(t);
}

static void
rejects_what_is_not_a_whole_tar(void **state)
{
    (void)state;
    make_file("x.tar", "hello\n");
    assert_refused(ERR_INTEGRITY, "not a tar archive");
    make_file("x.tar", "");
    assert_refused(ERR_INTEGRITY, "not a tar archive");
    begin();
    file("a", "1");
    header("b", '0', 10000, "");
    end(false);
    assert_refused(ERR_INTEGRITY, "truncated: the file ends within a member");
    begin();
    file("a", "1");
    header("b", '0', UINT64_C(077777777777), "");
    end(true);
    assert_refused(ERR_INTEGRITY, "truncated: the file ends within a member");
    begin();
    file("a", "1");
    write_padded("no header", 9);
    end(true);
    assert_refused(ERR_INTEGRITY, "malformed tar: Damaged tar archive");
}

static void
accepts_an_archive_without_an_end_marker(void **state)
{
    struct tar_index *t;

    (void)state;
    begin();
    file("a", "1");
    end(false);
    t = open_archive("x.tar");
    assert_member(t, "a", "1");
    tar_index_close(t);
}

/* A list of holes costs the library ten times its bytes. */
static void
bounds_headers_of_a_member(void **state)
{
    static char names[300 << 10];

    (void)state;
    memset(names, 'n', sizeof(names));
    begin();
    file("a", "1");
    for (int i = 0; i < 4; i++) {
        header("././@LongLink", 'L', sizeof(names), "");
        write_padded(names, sizeof(names));
    }
    file("b", "2");
    end(true);
    assert_refused(ERR_LIMIT, "a member has more than 256 KiB of headers");
}

static void
reads_compressed_archives(void **state)
{
    static const char *const packers[] = {"gzip -c", "zstd -qc", "xz -c", "bzip2 -c"};

    (void)state;
    begin();
    file("a", "packed");
    end(true);
    for (size_t i = 0; i < COUNT_OF(packers); i++) {
        struct tar_index *t;
        char line[64];

        snprintf(line, sizeof(line), "%s x.tar >y", packers[i]);
        if (system(line) != 0) { /* NOLINT: a fixed command */
            print_message("not tried: %s\n", packers[i]);
            continue;
        }
        t = open_archive("y");
        assert_member(t, "a", "packed");
        assert_int_equal(count_files(), 2); /* the temporary file has no name */
        tar_index_close(t);
    }
}

static void
rejects_bombs_and_double_compression(void **state)
{
    struct err err = ERR_INIT;
    struct tar_index *t = NULL;

    (void)state;
    begin();
    file("a", "packed");
    end(true);
    assert_int_equal(system("gzip -c x.tar | gzip -c >y"), 0); /* NOLINT */
    assert_int_equal(tar_index_open(&t, "y", ".", &run, &err), -1);
    assert_string_equal(err.msg, "compressed more than once");
    if (system("head -c 100M /dev/zero | zstd -qc >y") != 0) /* NOLINT */
        skip();
    assert_int_equal(tar_index_open(&t, "y", ".", &run, &err), -1);
    assert_string_equal(err.msg, "expands to more than 1100 times its size");
    assert_int_equal(err.kind, ERR_INTEGRITY);
    /* Only the second stream asks for so much. */
    if (system("(xz -c x.tar; head -c 1K /dev/zero | xz --lzma2=dict=256MiB -c) >y") !=
        0) /* NOLINT */
        skip();
    assert_int_equal(tar_index_open(&t, "y", ".", &run, &err), -1);
    assert_string_equal(err.msg, "decompressing needs more than 160 MiB of memory");
    assert_int_equal(err.kind, ERR_LIMIT);
}

static void
stops_on_request(void **state)
{
    struct run stopped = RUN_INIT;
    struct tar_index *t = NULL;
    struct err err = ERR_INIT;

    (void)state;
    begin();
    file("a", "1");
    end(true);
    cancel_request(&stopped.cancel);
    assert_int_equal(tar_index_open(&t, "x.tar", ".", &stopped, &err), -1);
    assert_int_equal(system("gzip -kf x.tar"), 0); /* NOLINT */
    assert_int_equal(tar_index_open(&t, "x.tar.gz", ".", &stopped, &err), -1);
    assert_int_equal(tar_index_open(&t, "x.tar.gz", "missing", &run, &err), -1);
    assert_string_equal(err.msg, "'missing': no such folder for temporary files");
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

int
main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lists_members_by_name),
        IN_FOLDER(finds_bodies_after_long_names_and_pax_records),
        IN_FOLDER(follows_links_to_members_only),
        IN_FOLDER(reports_missing_and_doubled_members),
        IN_FOLDER(rejects_what_is_not_a_whole_tar),
        IN_FOLDER(accepts_an_archive_without_an_end_marker),
        IN_FOLDER(bounds_headers_of_a_member),
        IN_FOLDER(reads_compressed_archives),
        IN_FOLDER(rejects_bombs_and_double_compression),
        IN_FOLDER(stops_on_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
