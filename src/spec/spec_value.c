#include "base/num.h"
#include "spec/submission.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Days from 1970-01-01 back to 1899-12-30, from where workbooks count. */
#define EPOCH_DAYS 25569

/* 1 March 1900: workbooks believe in a 29 February before it. */
#define DAYS_MIN 61

/* Digits that are kept of a number: far more than a double holds. */
#define DIGITS_MAX 40

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly `count` digits. */
static bool take_digits(const char **at, unsigned count, unsigned *value)
{
    *value = 0;
    for (unsigned i = 0; i < count; i++, (*at)++) {
        if (!is_digit(**at))
            return false;
        *value = *value * 10 + (unsigned)(**at - '0');
    }
    return true;
}

static bool take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

/* Days since 1970-01-01 in the Gregorian calendar; the year begins in March, so that the day that
 * leaps is its last. */
static int64_t days_of(unsigned year, unsigned month, unsigned day)
{
    const int64_t y = (int64_t)year - (month <= 2);
    const int64_t m = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + (int64_t)day - 1 - 719468;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leaps);
}

static bool take_date(const char **at, double *days)
{
    unsigned year;
    unsigned month;
    unsigned day;
    if (!take_digits(at, 4, &year) || !take_char(at, '-') || !take_digits(at, 2, &month) ||
        !take_char(at, '-') || !take_digits(at, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return false;
    *days = (double)(days_of(year, month, day) + EPOCH_DAYS);
    return *days >= DAYS_MIN;
}

/* "09:30", "09:30:05", "09:30:05.25" as a part of a day. */
static bool take_time(const char **at, double *part)
{
    unsigned hour;
    unsigned minute;
    unsigned second = 0;
    double fraction = 0;
    if (!take_digits(at, 2, &hour) || !take_char(at, ':') || !take_digits(at, 2, &minute))
        return false;
    const bool seconds = take_char(at, ':');
    if (seconds && !take_digits(at, 2, &second))
        return false;
    if (seconds && take_char(at, '.')) {
        if (!is_digit(**at))
            return false;
        for (double unit = 0.1; is_digit(**at); unit /= 10, (*at)++)
            fraction += unit * (**at - '0');
    }
    *part = ((hour * 60.0 + minute) * 60.0 + second + fraction) / 86400.0;
    return hour < 24 && minute < 60 && second < 60;
}

/* Nothing, Z, or an offset: +02:00, +0200, +02. */
static bool take_offset(const char **at)
{
    unsigned hour;
    unsigned minute = 0;
    if (take_char(at, 'Z') || take_char(at, 'z') || **at == '\0')
        return true;
    if (!take_char(at, '+') && !take_char(at, '-'))
        return false;
    if (!take_digits(at, 2, &hour))
        return false;
    if ((take_char(at, ':') || is_digit(**at)) && !take_digits(at, 2, &minute))
        return false;
    return hour < 24 && minute < 60;
}

static bool is_date(const char *text, bool with_time, struct sp_value *value)
{
    const char *at = text;
    double days;
    double part = 0;
    if (!take_date(&at, &days))
        return false;
    const bool timed = with_time && (*at == 'T' || *at == 't' || *at == ' ');
    if (timed) {
        at++;
        if (!take_time(&at, &part) || !take_offset(&at))
            return false;
    }
    if (*at != '\0')
        return false;
    *value = (struct sp_value){
        .kind = timed ? SP_VALUE_DATETIME : SP_VALUE_DATE, .text = text, .number = days + part};
    return true;
}

/* The digits of a number without its point, and the power of ten they are to be multiplied by. */
struct digits {
    char text[DIGITS_MAX + 1];
    unsigned count;
    int power;
};

static void add_digit(struct digits *digits, char c, bool behind_point)
{
    if (digits->count == 0 && c == '0') {
        digits->power -= behind_point;
    } else if (digits->count < DIGITS_MAX) {
        digits->text[digits->count++] = c;
        digits->power -= behind_point;
    } else if (digits->power < 100000) {
        digits->power += !behind_point;
    }
}

/* "e-12"; false if there is an e and no number behind it. */
static bool take_exponent(const char **at, int *power)
{
    if (**at != 'e' && **at != 'E')
        return true;
    (*at)++;
    const bool negative = **at == '-';
    if (**at == '-' || **at == '+')
        (*at)++;
    if (!is_digit(**at))
        return false;
    int exponent = 0;
    for (; is_digit(**at); (*at)++)
        exponent = SP_MIN(exponent * 10 + (**at - '0'), 100000);
    *power += negative ? -exponent : exponent;
    return true;
}

/*
 * A number as people write it. strtod is handed digits and an exponent only, because what it takes
 * for a decimal point depends on the locale of the process.
 */
static bool is_number(const char *text, double *number)
{
    struct digits digits = {.count = 0};
    const char *at = text + strspn(text, " \t");
    const bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    const char *from = at;
    for (; is_digit(*at); at++)
        add_digit(&digits, *at, false);
    size_t seen = (size_t)(at - from);
    if (take_char(&at, '.')) {
        from = at;
        for (; is_digit(*at); at++)
            add_digit(&digits, *at, true);
        seen += (size_t)(at - from);
    }
    if (seen == 0 || !take_exponent(&at, &digits.power))
        return false;
    at += strspn(at, " \t");
    if (*at != '\0')
        return false;
    if (digits.count == 0)
        digits.text[digits.count++] = '0';
    digits.text[digits.count] = '\0';
    char plain[DIGITS_MAX + 24];
    (void)snprintf(plain, sizeof plain, "%s%se%d", negative ? "-" : "", digits.text, digits.power);
    *number = strtod(plain, NULL);
    return isfinite(*number);
}

bool sp_value_of_text(const char *text, enum sp_column_type type, struct sp_value *value)
{
    *value = (struct sp_value){.kind = *text ? SP_VALUE_TEXT : SP_VALUE_NONE, .text = text};
    double number;
    switch (type) {
    case SP_COLUMN_AUTO:
    case SP_COLUMN_TEXT:
        return true;
    case SP_COLUMN_NUMBER:
        if (!is_number(text, &number))
            return false;
        *value = (struct sp_value){.kind = SP_VALUE_NUMBER, .text = text, .number = number};
        return true;
    case SP_COLUMN_DATE:
        return is_date(text, false, value);
    case SP_COLUMN_DATETIME:
        return is_date(text, true, value);
    }
    return false;
}

bool sp_item_status_of(const char *word, enum sp_item_status *status)
{
    static const struct {
        const char *word;
        enum sp_item_status status;
    } words[] = {
        {"ok", SP_ITEM_OK},     {"pass", SP_ITEM_OK}, {"yes", SP_ITEM_OK},     {"true", SP_ITEM_OK},
        {"fail", SP_ITEM_FAIL}, {"no", SP_ITEM_FAIL}, {"false", SP_ITEM_FAIL}, {"n.a.", SP_ITEM_NA},
        {"na", SP_ITEM_NA},     {"n/a", SP_ITEM_NA},
    };
    for (size_t i = 0; i < SP_COUNT(words); i++) {
        if (strcasecmp(word, words[i].word) == 0) {
            *status = words[i].status;
            return true;
        }
    }
    return false;
}
