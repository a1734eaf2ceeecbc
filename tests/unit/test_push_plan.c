/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/graph_world.h"

#include "ops/push/push_plan.h"

enum { NAMES_MAX = 5, PLACES_MAX = 12 };

/* Two images that share a layer, an index of both, and what belongs to the first. */
enum { CONFIG_BLOB, SHARED, OWN, ONE, TWO, BOTH, SIGNATURE };

struct planned {
    struct world w;
    struct image_set set;
    struct push_plan plan;
};

static size_t
put_referrer(struct world *w, size_t config, size_t subject)
{
    CLEANUP(buf_release) struct buf b = BUF_INIT(1U << 20);

    assert_int_equal(buf_addf(&b, "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":",
                              MEDIA_OCI_MANIFEST),
                     0);
    add_descriptor(w, &b, config, CONFIG, "");
    assert_int_equal(buf_add_text(&b, ",\"layers\":[],\"subject\":"), 0);
    add_descriptor(w, &b, subject, MEDIA_OCI_MANIFEST, "");
    assert_int_equal(buf_add_text(&b, "}"), 0);
    return put(w, buf_steal(&b));
}

/* "THING NAME", where THING is 1, 2 (an image), b (the index of both) or s. */
static void
make_planned(struct planned *p, const char *const *entries)
{
    static const char things[] = "12bs";
    struct err err = ERR_INIT;

    *p = (struct planned){.set = {.graph = graph_new(ERR_PROTOCOL)},
                          .plan = PUSH_PLAN_INIT};
    put_text(&p->w, "{}");
    put_text(&p->w, "a shared layer");
    put_text(&p->w, "its own");
    put_image(&p->w, CONFIG_BLOB, (const size_t[]){SHARED, SIZE_MAX});
    put_image(&p->w, CONFIG_BLOB, (const size_t[]){SHARED, OWN, SIZE_MAX});
    put_index(&p->w,
              (const struct child[]){{ONE, MEDIA_OCI_MANIFEST, NULL},
                                     {TWO, MEDIA_OCI_MANIFEST, NULL}},
              2);
    put_referrer(&p->w, CONFIG_BLOB, ONE);
    while (entries[p->set.count]) {
        size_t thing =
            ONE + (size_t)(strchr(things, entries[p->set.count++][0]) - things);

        assert_int_equal(add_root(p->set.graph, &p->w, thing,
                                  thing == BOTH ? MEDIA_OCI_INDEX : MEDIA_OCI_MANIFEST,
                                  &err),
                         0);
    }
    assert_complete(p->set.graph, &p->w, false);
    p->set.entries = xcalloc(p->set.count, sizeof(*p->set.entries));
    for (size_t i = 0; i < p->set.count; i++) {
        struct reference ref;

        assert_int_equal(reference_parse_name(&ref, entries[i] + 2, ERR_USAGE, &err), 0);
        image_set_describe(&p->set, i, &ref);
    }
}

static void
release_planned(struct planned *p)
{
    push_plan_release(&p->plan);
    image_set_release(&p->set);
    world_release(&p->w);
}

static int
map_names(struct planned *p, bool strip_host, struct err *err)
{
    const struct mapping mapping = {.target = {.host = "reg.test", .prefix = "in"},
                                    .strip_host = strip_host};
    static const struct events unheard = {.emit = NULL};

    return push_plan_map(&p->plan, &p->set, &mapping, &unheard, err);
}

/* ---- names ---- */

static void
names_share_repositories(void **state)
{
    static const struct {
        const char *entries[NAMES_MAX];
        bool strip_host;
        const char *repos[NAMES_MAX]; /* of each name */
        size_t count;                 /* different ones */
    } table[] = {
        {{"1 a.test/x:1"}, false, {"in/a.test/x"}, 1},
        {{"1 a.test/x:1", "2 a.test/x:2"}, false, {"in/a.test/x", "in/a.test/x"}, 1},
        {{"1 b.test/x:1", "2 a.test/x:1"}, false, {"in/b.test/x", "in/a.test/x"}, 2},
        {{"1 a.test/y:1", "2 a.test/x:1", "b a.test/y:2"},
         true,
         {"in/y", "in/x", "in/y"},
         2},
        /* the same image under one name is not a collision */
        {{"1 a.test/x:1", "1 b.test/x:1"}, true, {"in/x", "in/x"}, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_planned) struct planned p;
        struct err err = ERR_INIT;
        size_t n = 0;

        make_planned(&p, table[i].entries);
        assert_int_equal(map_names(&p, table[i].strip_host, &err), 0);
        assert_int_equal(p.plan.repo_count, table[i].count);
        for (; table[i].repos[n]; n++) {
            assert_string_equal(p.plan.repos[p.plan.names[n].repo], table[i].repos[n]);
            assert_string_equal(p.plan.names[n].to.path, table[i].repos[n]);
            assert_string_equal(p.plan.names[n].to.host, "reg.test");
        }
        assert_int_equal(p.plan.name_count, n);
    }
}

static void
refuses_two_images_under_one_name(void **state)
{
    static const struct {
        const char *entries[NAMES_MAX];
        bool collides;
    } table[] = {
        {{"1 a.test/x:1", "2 b.test/x:1"}, true},
        {{"1 a.test/x:1", "1 c.test/y:1", "2 b.test/x:1"}, true},
        {{"1 a.test/x:1", "2 b.test/x:2"}, false},
        {{"1 a.test/x:1", "1 b.test/x:1"}, false},
        {{"1 a.test/x@sha256:" /* completed below */, "2 b.test/x@sha256:"}, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_planned) struct planned p;
        struct err err = ERR_INIT;
        char names[2][128];
        const char *entries[NAMES_MAX];

        memcpy(entries, table[i].entries, sizeof(entries));
        for (size_t n = 0; strchr(table[i].entries[0], '@') && n < 2; n++) {
            snprintf(names[n], sizeof(names[n]), "%s%064zu", table[i].entries[n], n);
            entries[n] = names[n];
        }
        make_planned(&p, entries);
        assert_int_equal(map_names(&p, true, &err), table[i].collides ? -1 : 0);
        assert_int_equal(err.reason, table[i].collides ? REASON_COLLISION : 0);
    }
}

static void
policy_lists_targets(void **state)
{
    static const struct {
        const char *targets[3];
        enum err_reason reason;
    } table[] = {
        {{NULL}, 0}, /* none listed: anywhere */
        {{"reg.test/in/*"}, 0},
        {{"reg.test/in/a.test/x", "reg.test/in/b.test/*"}, 0},
        {{"reg.test/in/a.test/x"}, REASON_TARGET},
        {{"reg.test/out/*"}, REASON_TARGET},
    };
    static const char *const entries[] = {"1 a.test/x:1", "2 b.test/y:1", NULL};
    CLEANUP(release_planned) struct planned p;
    struct err ignored = ERR_INIT;

    (void)state;
    make_planned(&p, entries);
    assert_int_equal(map_names(&p, false, &ignored), 0);
    assert_int_equal(push_plan_check_targets(&p.plan, NULL, "s", &ignored), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char *items[3];
        struct policy_stream rule = {.targets = {.items = items}};
        struct err err = ERR_INIT;

        for (; table[i].targets[rule.targets.count]; rule.targets.count++)
            items[rule.targets.count] =
                (char *)(uintptr_t)table[i].targets[rule.targets.count];
        assert_int_equal(push_plan_check_targets(&p.plan, &rule, "s", &err),
                         table[i].reason ? -1 : 0);
        assert_int_equal(err.reason, table[i].reason);
    }
}

/* ---- placements ---- */

/* Bit i: name i is wanted. */
static bool
is_wanted(void *ctx, size_t name)
{
    const unsigned *wanted = ctx;

    return (*wanted >> name & 1) != 0;
}

/* Thing and repository of a placement. */
struct place {
    size_t thing;
    uint32_t repo;
};

static void
assert_placed(const struct planned *p, const struct placement *got, size_t count,
              const struct place *expected, bool in_order)
{
    size_t n = 0;

    for (; expected[n].thing != SIZE_MAX; n++) {
        const struct digest *want = &p->w.things[expected[n].thing].digest;
        uint32_t object = graph_find(p->set.graph, want);
        size_t found = 0;

        assert_true(n < count);
        for (size_t i = 0; i < count; i++)
            found += got[i].object == object && got[i].repo == expected[n].repo;
        assert_int_equal(found, 1);
        if (in_order)
            assert_int_equal(got[n].object, object);
    }
    assert_int_equal(count, n);
}

static void
places_each_object_once_in_each_repository(void **state)
{
    static const struct {
        const char *entries[NAMES_MAX];
        unsigned wanted;
        struct place blobs[PLACES_MAX];
        struct place documents[PLACES_MAX];
    } table[] = {
        {{"1 a.test/x:1"},
         1,
         {{CONFIG_BLOB, 0}, {SHARED, 0}, {SIZE_MAX, 0}},
         {{ONE, 0}, {SIZE_MAX, 0}}},
        /* two names of one repository, what they share */
        {{"1 a.test/x:1", "2 a.test/x:2"},
         3,
         {{CONFIG_BLOB, 0}, {SHARED, 0}, {OWN, 0}, {SIZE_MAX, 0}},
         {{ONE, 0}, {TWO, 0}, {SIZE_MAX, 0}}},
        /* in two repositories */
        {{"1 a.test/x:1", "1 b.test/x:1"},
         3,
         {{CONFIG_BLOB, 0}, {CONFIG_BLOB, 1}, {SHARED, 0}, {SHARED, 1}, {SIZE_MAX, 0}},
         {{ONE, 0}, {ONE, 1}, {SIZE_MAX, 0}}},
        /* only one of them is wanted */
        {{"1 a.test/x:1", "2 b.test/x:1"},
         2,
         {{CONFIG_BLOB, 1}, {SHARED, 1}, {OWN, 1}, {SIZE_MAX, 0}},
         {{TWO, 1}, {SIZE_MAX, 0}}},
        {{"1 a.test/x:1"}, 0, {{SIZE_MAX, 0}}, {{SIZE_MAX, 0}}},
        {{"b a.test/x:1", "1 a.test/x:2"},
         3,
         {{CONFIG_BLOB, 0}, {SHARED, 0}, {OWN, 0}, {SIZE_MAX, 0}},
         {{ONE, 0}, {TWO, 0}, {BOTH, 0}, {SIZE_MAX, 0}}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(release_planned) struct planned p;
        unsigned wanted = table[i].wanted;
        struct err err = ERR_INIT;

        make_planned(&p, table[i].entries);
        assert_int_equal(map_names(&p, false, &err), 0);
        assert_int_equal(push_plan_place(&p.plan, is_wanted, &wanted, &err), 0);
        assert_placed(&p, p.plan.blobs, p.plan.blob_count, table[i].blobs, false);
        assert_placed(&p, p.plan.documents, p.plan.document_count, table[i].documents,
                      false);
    }
}

static void
children_and_subjects_come_before_what_needs_them(void **state)
{
    /* In whatever order names are given. */
    static const char *const orders[][NAMES_MAX] = {
        {"b a.test/x:1", "s a.test/x:2"},
        {"s a.test/x:2", "b a.test/x:1"},
        {"s a.test/x:2", "1 a.test/x:3", "b a.test/x:1"},
    };
    static const size_t heights[][2] = {{ONE, 0}, {TWO, 0}, {SIGNATURE, 1}, {BOTH, 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        CLEANUP(release_planned) struct planned p;
        unsigned wanted = 7;
        struct err err = ERR_INIT;

        make_planned(&p, orders[i]);
        assert_int_equal(map_names(&p, false, &err), 0);
        assert_int_equal(push_plan_place(&p.plan, is_wanted, &wanted, &err), 0);
        for (size_t h = 0; h < COUNT_OF(heights); h++) {
            uint32_t id = graph_find(p.set.graph, &p.w.things[heights[h][0]].digest);
            const struct placement *place = push_plan_find(&p.plan, id, 0, true);

            assert_non_null(place);
            assert_int_equal(place->height, heights[h][1]);
        }
        for (size_t d = 1; d < p.plan.document_count; d++)
            assert_true(p.plan.documents[d - 1].height <= p.plan.documents[d].height);
    }
}

static void
finds_an_object_where_it_is_placed(void **state)
{
    static const char *const entries[] = {"1 a.test/x:1", "2 b.test/x:1", NULL};
    static const struct {
        size_t thing;
        uint32_t repo;
        bool as_document, is_there;
    } table[] = {
        {ONE, 0, true, true},     {ONE, 1, true, false},    {ONE, 0, false, false},
        {SHARED, 0, false, true}, {SHARED, 1, false, true}, {SHARED, 0, true, false},
        {OWN, 0, false, false},   {OWN, 1, false, true},    {TWO, 1, true, true},
    };
    CLEANUP(release_planned) struct planned p;
    unsigned wanted = 3;
    struct err err = ERR_INIT;

    (void)state;
    make_planned(&p, entries);
    assert_int_equal(map_names(&p, false, &err), 0);
    assert_int_equal(push_plan_place(&p.plan, is_wanted, &wanted, &err), 0);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        uint32_t id = graph_find(p.set.graph, &p.w.things[table[i].thing].digest);
        const struct placement *got =
            push_plan_find(&p.plan, id, table[i].repo, table[i].as_document);

        assert_int_equal(got != NULL, table[i].is_there);
        if (got) {
            assert_int_equal(got->object, id);
            assert_int_equal(got->repo, table[i].repo);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_share_repositories),
        cmocka_unit_test(refuses_two_images_under_one_name),
        cmocka_unit_test(policy_lists_targets),
        cmocka_unit_test(places_each_object_once_in_each_repository),
        cmocka_unit_test(children_and_subjects_come_before_what_needs_them),
        cmocka_unit_test(finds_an_object_where_it_is_placed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
