/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "tests/unit/unit.h"

#include "ops/doctor/doctor_machine.h"
#include "ops/doctor/findings.h"

static void
the_worst_is_the_first_of_the_most_serious(void **state)
{
    static const struct {
        enum finding_state states[4];
        size_t count, worst;
    } cases[] = {
        {{FINDING_OK}, 1, 0},
        {{FINDING_OK, FINDING_NOTE, FINDING_NOTE}, 3, 1},
        {{FINDING_NOTE, FINDING_WARNING, FINDING_OK, FINDING_WARNING}, 4, 1},
        {{FINDING_WARNING, FINDING_ERROR, FINDING_ERROR, FINDING_OK}, 4, 1},
    };
    CLEANUP(findings_release) struct findings none = FINDINGS_INIT;

    (void)state;
    assert_null(findings_worst(&none));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

        for (size_t k = 0; k < cases[i].count; k++)
            findings_say(&f, "clock", cases[i].states[k], "%zu", k);
        assert_ptr_equal(findings_worst(&f), &f.items[cases[i].worst]);
    }
}

static void
findings_have_a_declared_maximum(void **state)
{
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

    (void)state;
    for (size_t i = 0; i < FINDINGS_MAX + 2; i++)
        findings_say(&f, "settings", FINDING_OK, "%zu", i);
    assert_int_equal(f.count, FINDINGS_MAX);
    assert_non_null(strstr(f.items[FINDINGS_MAX - 1].err.msg, "more than"));
}

static void
texts_are_made_safe(void **state)
{
    CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

    (void)state;
    findings_say(&f, "login", FINDING_OK, "%s", "a\033[2Jb\nc");
    assert_null(strpbrk(f.items[0].err.msg, "\033\n"));
}

static void
a_clock_before_this_code_is_wrong(void **state)
{
    static const struct {
        uint64_t now;
        enum finding_state state;
    } cases[] = {
        {0, FINDING_ERROR},
        {DOCTOR_TIME_MIN - 1, FINDING_ERROR},
        {DOCTOR_TIME_MIN, FINDING_OK},
        {UINT64_C(253402300799), FINDING_OK},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(findings_release) struct findings f = FINDINGS_INIT;

        doctor_look_at_clock(&f, cases[i].now);
        assert_int_equal(f.count, 1);
        assert_int_equal(f.items[0].state, cases[i].state);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_is_the_first_of_the_most_serious),
        cmocka_unit_test(findings_have_a_declared_maximum),
        cmocka_unit_test(texts_are_made_safe),
        cmocka_unit_test(a_clock_before_this_code_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
