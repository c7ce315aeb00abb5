// Tells the thread sanitizer what a contended Mutex of Swift's orders; to be preloaded into a program built with it.
//
// On Linux, Swift's Mutex takes an uncontended lock by atomics that are compiled into our own code, where the sanitizer sees
// them, and a contended one within libswiftSynchronization, which has no instruments: whoever had to wait for a lock then
// seems to race with whoever held it. What waited in there has seen all that came before the unlocking: that is said here.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex

// Of the sanitizer; without it (in the program that starts the tests) there is nothing to be told.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

// Synchronization._MutexHandle: _lockSlow(UInt32), _unlockSlow() and _tryLockSlow() -> Bool.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"

SWIFT void lockSlow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void unlockSlow(SELF) __asm__(UNLOCK);
SWIFT _Bool tryLockSlow(SELF) __asm__(TRY_LOCK);

SWIFT void lockSlow(uint32_t thread, SELF) {
    SWIFT void (*original)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    original(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlockSlow(SELF) {
    SWIFT void (*original)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    original(mutex);
}

SWIFT _Bool tryLockSlow(SELF) {
    SWIFT _Bool (*original)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK);
    _Bool isLocked = original(mutex);
    if (isLocked && __tsan_acquire) __tsan_acquire(mutex);
    return isLocked;
}
