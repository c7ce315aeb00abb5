// A histogram of durations: 64 linear sub-buckets per power of two (error under 1.6 %).
#pragma once
#include <stdint.h>

typedef uint64_t u64;
#define SUB 64
#define NB (SUB * 42)
typedef struct { u64 n, sum, max, b[NB]; } hist;
static inline int hidx(u64 v) {
  if (v < SUB) return (int)v;
  int e = 63 - __builtin_clzll(v);
  int i = (e - 5) * SUB + (int)((v >> (e - 6)) & (SUB - 1));
  return i < NB ? i : NB - 1;
}
static u64 hval(int i) {
  if (i < SUB) return (u64)i;
  int e = i / SUB + 5;
  return (1ULL << e) + ((u64)(i % SUB) << (e - 6));
}
static inline void hadd(hist *h, u64 v) { h->n++; h->sum += v; if (v > h->max) h->max = v; h->b[hidx(v)]++; }
static u64 hpct(const hist *h, double q) {
  if (!h->n) return 0;
  u64 want = (u64)(q * (double)h->n + 0.999999), c = 0;
  if (!want) want = 1;
  for (int i = 0; i < NB; i++) { c += h->b[i]; if (c >= want) return hval(i); }
  return h->max;
}
static void hmerge(hist *a, const hist *b) {
  a->n += b->n; a->sum += b->sum; if (b->max > a->max) a->max = b->max;
  for (int i = 0; i < NB; i++) a->b[i] += b->b[i];
}
