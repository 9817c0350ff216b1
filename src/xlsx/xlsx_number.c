#include "xlsx/xlsx_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Decimals that are tried by division: money, measures and times have no more. */
#define PLACES 6

/* Integers up to here are doubles, each of them. */
#define EXACT 9007199254740992.0

/* Appends `scaled` with a point before its last `places` digits. */
static void write_scaled(struct sp_buf *buf, int64_t scaled, int places)
{
    static const int64_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    if (scaled < 0)
        sp_buf_byte(buf, '-');
    const int64_t size = scaled < 0 ? -scaled : scaled;
    sp_buf_integer(buf, size / power[places]);
    if (places == 0)
        return;
    sp_buf_byte(buf, '.');
    for (int place = places - 1; place >= 0; place--)
        sp_buf_byte(buf, (unsigned char)('0' + size / power[place] % 10));
}

/* Whatever the rest is: 15 digits if they do, 17 always do. */
static void write_long(struct sp_buf *buf, double number)
{
    char text[SP_XLSX_NUMBER_MAX];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    sp_buf_bytes(buf, text, strlen(text));
}

void sp_xlsx_number_write(struct sp_buf *buf, double number)
{
    SP_ASSERT(isfinite(number));
    double power = 1;
    /*
     * The scaled number and the power of ten are both exact, so their quotient is the double that
     * the decimal is nearest to: if it is the number, reading the decimal gives the number.
     */
    for (int places = 0; places <= PLACES; places++) {
        const double scaled = nearbyint(number * power);
        if (fabs(scaled) >= EXACT)
            break;
        if (scaled / power == number) {
            write_scaled(buf, (int64_t)scaled, places);
            return;
        }
        power *= 10;
    }
    write_long(buf, number);
}
