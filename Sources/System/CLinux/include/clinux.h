// What glibc's Swift overlay hides or cannot import: epoll's packed event, accept4, the affinity mask.
#pragma once
#include <stdint.h>
#include <stddef.h>

typedef struct {
    uint32_t events;
    uint32_t reserved;
    uint64_t token;
} clinux_event;

enum {
    CLINUX_EPOLLIN = 0x001,
    CLINUX_EPOLLOUT = 0x004,
    CLINUX_EPOLLERR = 0x008,
    CLINUX_EPOLLHUP = 0x010,
    CLINUX_EPOLLRDHUP = 0x2000,
};
#define CLINUX_EPOLLET (1u << 31)

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int clinux_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token);
int clinux_epoll_remove(int epoll, int descriptor);
/// Waits at most `timeout_ms`; at most 256 events a call. Returns the count, or -1 with errno.
int clinux_epoll_wait(int epoll, clinux_event *out, int capacity, int timeout_ms);

/// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC; the peer's address is written when `address` is not NULL.
int clinux_accept(int listener, void *address, uint32_t *length);
/// A non-blocking, close-on-exec stream socket of the given family.
int clinux_stream_socket(int family);
/// send(2) with MSG_NOSIGNAL | MSG_DONTWAIT.
long clinux_send(int descriptor, const void *bytes, size_t count);

/// CPUs in this process's affinity mask; at least 1.
int clinux_allowed_cpus(void);
/// Raises the soft descriptor limit to the hard one; returns the limit now in force.
uint64_t clinux_raise_descriptor_limit(void);
/// Sets what the heap keeps for itself (mallopt(3)): from `large_bytes` on a block comes from the kernel and goes back to it, and of what
/// is free at a heap's end twice as much stays.
void clinux_bound_heap(int large_bytes);
/// Gives whole pages of the heap that are free back to the kernel (malloc_trim(3)).
void clinux_trim_heap(void);
/// Ends this process with `signal` when its parent dies (prctl PR_SET_PDEATHSIG).
int clinux_die_with_parent(int signal);
/// Whether a terminal shows what is typed; what was typed before and not read is forgotten (tcsetattr(3) TCSAFLUSH).
void clinux_show_typing(int terminal, int shows);

/// Has the first 128 bytes of an object fetched into the cache; nothing happens where there is no memory.
static inline void clinux_fetch(const void *object) {
    __builtin_prefetch(object);
    __builtin_prefetch((const char *)object + 64);
}
