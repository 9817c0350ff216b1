#include "fetch/fetch_retry.h"

#include "base/check.h"
#include "base/num.h"

#define FIRST_DELAY_MS   500
#define LONGEST_DELAY_MS 8000

bool sp_fetch_retry_code(long code)
{
    if (code == 408 || code == 425 || code == 429)
        return true;
    return code >= 500 && code <= 599 && code != 501 && code != 505 && code != 511;
}

/* xorshift64 (Marsaglia 2003): chance enough for a wait. */
static uint64_t draw(uint64_t *state)
{
    SP_ASSERT(*state != 0);
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

uint32_t sp_fetch_retry_delay_ms(unsigned attempt, uint64_t asked_ms, uint64_t *state)
{
    SP_ASSERT(attempt >= 2);
    SP_ASSERT(asked_ms <= SP_FETCH_RETRY_AFTER_MAX_MS);
    uint32_t delay_ms = FIRST_DELAY_MS;
    for (unsigned i = 2; i < attempt && delay_ms < LONGEST_DELAY_MS; i++)
        delay_ms *= 2;
    delay_ms += (uint32_t)(draw(state) % (delay_ms / 2 + 1)) - delay_ms / 4;
    return (uint32_t)SP_MAX(delay_ms, asked_ms);
}
