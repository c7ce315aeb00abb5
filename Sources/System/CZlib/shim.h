#pragma once
// The types of the C library come from its own module, so that each has one definition for Swift.
#pragma clang module import SwiftGlibc
#include <zlib.h>
