/* base/buf: text grows, and a failed allocation is remembered. */
#include <config.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/buf.h"

int
main(void)
{
	struct exch_buf b = {0};
	struct exch_buf none = {0};
	size_t len;

	exch_buf_str(&b, "price ");
	exch_buf_dec(&b, 1800080000000, 9, 2);
	exch_buf_char(&b, ' ');
	exch_buf_uint(&b, UINT64_MAX);
	exch_buf_fmt(&b, " %s:%d", "line", 7);
	exch_buf_add(&b, "\0", 1);
	tap_ok(!b.failed, "nothing failed");
	tap_is_str(b.p, "price 1800.08 18446744073709551615 line:7", "text");
	tap_is_u64(b.len, 42, "its length with the NUL");

	b.len = 0;
	for (int i = 0; i < 100000; i++)
		exch_buf_uint(&b, 12345);
	tap_is_u64(b.len, 500000, "it grows");
	tap_ok(memcmp(b.p + 499995, "12345", 5) == 0, "and keeps its bytes");

	len = b.len;
	exch_alloc_fail_at(1);
	tap_ok(exch_buf_room(&b, b.cap) == NULL && b.failed,
	    "no room without memory");
	exch_buf_str(&b, "lost");
	exch_buf_fmt(&b, "%d", 5);
	tap_is_u64(b.len, len, "later writes do nothing");
	exch_buf_free(&b);
	tap_ok(b.p == NULL && !b.failed, "freed and fresh");

	tap_ok(exch_buf_room(&none, SIZE_MAX) == NULL && none.failed,
	    "a size that overflows");
	exch_buf_free(&none);
	tap_ok(exch_buf_room(&none, 0) != NULL, "room for nothing");
	exch_buf_free(&none);
	return tap_done();
}
