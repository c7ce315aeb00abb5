// What is compressed by permessage-deflate, as the generator reads it.
#pragma once
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

// Inflates one message (RFC 7692 §7.2.2), which stands alone: no context is taken over. What it becomes stays until the next one;
// -1 for a message that does not inflate, or is longer than a mebibyte.
static int inflate_message(const char *p, size_t n, char **out) {
  static z_stream z; static char *room; static bool ready; enum { ROOM = 1 << 20 };
  if (!ready) { if (inflateInit2(&z, -15) != Z_OK) abort(); room = malloc(ROOM); ready = true; } else inflateReset(&z);
  z.next_out = (unsigned char *)room; z.avail_out = ROOM; z.next_in = (unsigned char *)p; z.avail_in = (unsigned)n;
  int e = inflate(&z, Z_SYNC_FLUSH); z.next_in = (unsigned char *)"\0\0\xff\xff"; z.avail_in = 4;
  if (e == Z_OK || e == Z_BUF_ERROR) e = inflate(&z, Z_SYNC_FLUSH);
  if ((e != Z_OK && e != Z_BUF_ERROR && e != Z_STREAM_END) || !z.avail_out) return -1;
  *out = room; return ROOM - (int)z.avail_out;
}
