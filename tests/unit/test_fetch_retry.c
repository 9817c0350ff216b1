/* What is asked again, and after how long. */
#include "support/unit.h"

#include "fetch/fetch_retry.h"
#include "fetch/http_reason.h"

#include <string.h>

static void codes_worth_another_attempt(void **state)
{
    for (long code = 100; code < 700; code++) {
        const bool due = code == 408 || code == 425 || code == 429 ||
                         (code >= 500 && code < 600 && code != 501 && code != 505 && code != 511);
        assert_int_equal(sp_fetch_retry_code(code), due);
    }
}

static void waits_double_within_a_quarter(void **state)
{
    static const uint32_t middles[] = {0, 0, 500, 1000, 2000, 4000, 8000, 8000};
    uint64_t chance = 1;
    for (unsigned attempt = 2; attempt < 8; attempt++) {
        uint32_t least = UINT32_MAX;
        uint32_t most = 0;
        for (int i = 0; i < 1000; i++) {
            const uint32_t wait = sp_fetch_retry_delay_ms(attempt, 0, &chance);
            least = wait < least ? wait : least;
            most = wait > most ? wait : most;
        }
        const uint32_t middle = middles[attempt];
        assert_in_range(least, middle - middle / 4, middle - middle / 5);
        assert_in_range(most, middle + middle / 5, middle + middle / 4);
    }
}

static void waits_are_the_same_every_time(void **state)
{
    uint64_t one = 99;
    uint64_t other = 99;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(sp_fetch_retry_delay_ms(2 + i % 5, 0, &one),
                         sp_fetch_retry_delay_ms(2 + i % 5, 0, &other));
}

static void a_server_may_ask_for_more(void **state)
{
    uint64_t chance = 5;
    assert_int_equal(sp_fetch_retry_delay_ms(2, 7000, &chance), 7000);
    assert_int_equal(sp_fetch_retry_delay_ms(2, SP_FETCH_RETRY_AFTER_MAX_MS, &chance),
                     SP_FETCH_RETRY_AFTER_MAX_MS);
    assert_in_range(sp_fetch_retry_delay_ms(2, 1, &chance), 375, 625);
}

static void reasons(void **state)
{
    assert_string_equal(sp_http_reason(404), "Not Found");
    assert_string_equal(sp_http_reason(429), "Too Many Requests");
    assert_string_equal(sp_http_reason(503), "Service Unavailable");
    assert_string_equal(sp_http_reason(0), "");
    assert_string_equal(sp_http_reason(999), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_worth_another_attempt),
        cmocka_unit_test(waits_double_within_a_quarter),
        cmocka_unit_test(waits_are_the_same_every_time),
        cmocka_unit_test(a_server_may_ask_for_more),
        cmocka_unit_test(reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
