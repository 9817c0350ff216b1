#include "base/buf.h"

void sp_buf_integer(struct sp_buf *buf, int64_t number)
{
    char digits[SP_BUF_NUMBER_MAX];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        digits[--at] = '-';
    sp_buf_bytes(buf, digits + at, sizeof digits - at);
}

void sp_buf_milli(struct sp_buf *buf, int64_t thousandths)
{
    if (thousandths < 0)
        sp_buf_byte(buf, '-');
    const uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;
    sp_buf_integer(buf, (int64_t)(size / 1000));
    const unsigned fraction = (unsigned)(size % 1000);
    if (fraction == 0)
        return;
    const char digits[4] = {'.', (char)('0' + fraction / 100), (char)('0' + fraction / 10 % 10),
                            (char)('0' + fraction % 10)};
    const size_t count = fraction % 100 == 0 ? 2 : fraction % 10 == 0 ? 3 : 4;
    sp_buf_bytes(buf, digits, count);
}

void sp_buf_hex(struct sp_buf *buf, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char *room = sp_buf_room(buf, 2 * count);
    for (size_t i = 0; i < count; i++) {
        room[2 * i] = (unsigned char)digits[bytes[i] >> 4];
        room[2 * i + 1] = (unsigned char)digits[bytes[i] & 15];
    }
    buf->used += 2 * count;
}
